-- figure:     decisions
-- title:      Decisions and actions
-- question:   What did we decide and promise, and what of it is late?
-- curriculum: M8.1, M8.2, M8.7
-- source:     domain §0.10, §3
-- grain:      one row per decision or action that is open, or was finished since the period began
-- parameters:
--   period_start  date   what was finished before it is not shown
--   as_of         date   late as of this day
--   known_at      instant?  what was written after this instant is not seen
-- columns:
--   record        id     the record
--   title         text   what it is about
--   status        state  overdue, open, done, dropped. A decision is done when its outcome is written, an action
--                        when somebody did it and, where it expects something of a figure, that was read again
--   due_on        date   action: due, once it is done to be looked at again; decision: to be looked at again,
--                        while proposed to take effect
--   owner         text   who answers for it; NULL: nobody yet
--   expected      text   of the metric, from and to; NULL: nothing of a figure
--   measured      number  the metric on the day to look again, as the program read it; NULL: not
--                         measured yet, or the metric is in words
--   reached       flag   it is where it should be; NULL: nothing is measured, or no way from one to another is
--                        expected
--   days_overdue  days   days past it; NULL: in time, or finished
--   kind          text   decision or action
--   state         state  state of the record
--   metric        text   what should change
--   expected_by   date   by when
--   about         id     the record it follows from or changes; NULL: none
--   changes       text   action: the kind of thing it changes
--   quarter       text   decision: of which review
--   result        text   what came of it; NULL: nothing is written yet
--   since         date   in this state since
-- private:    owner
-- opens:      decision title=title record=record

WITH decisions AS (
    SELECT
        record_id,
        'decision' AS kind,
        title,
        owner,
        state,
        CASE
            WHEN state = 'superseded' THEN 'dropped'
            WHEN state = 'decided' AND outcome IS NOT NULL THEN 'done'
        END AS finished,
        CASE WHEN state = 'proposed' THEN effective_on ELSE review_on END AS due_on,
        link AS about,
        NULL AS changes,
        quarter,
        metric,
        expected_from,
        expected_to,
        expected_by,
        reading_value,
        outcome AS result,
        CAST(updated_at AS DATE) AS updated_on
    FROM record_decision
),

actions AS (
    SELECT
        record_id,
        'action' AS kind,
        title,
        owner,
        state,
        CASE
            WHEN state = 'dropped' THEN 'dropped'
            WHEN state = 'done' AND (metric_figure IS NULL OR review_on IS NULL OR reading IS NOT NULL) THEN 'done'
        END AS finished,
        CASE WHEN state = 'done' AND metric_figure IS NOT NULL THEN coalesce(review_on, due_on) ELSE due_on END
            AS due_on,
        about,
        artefact AS changes,
        NULL AS quarter,
        metric,
        expected_from,
        expected_to,
        expected_by,
        reading_value,
        result,
        CAST(updated_at AS DATE) AS updated_on
    FROM record_action
),

register AS (
    SELECT * FROM decisions
    UNION ALL BY NAME
    SELECT * FROM actions
),

judged AS (
    SELECT
        *,
        CASE WHEN metric IS NOT NULL THEN nullif(concat_ws(
            ' ',
            format('{:g}', expected_from),
            'to ' || format('{:g}', expected_to)
        ), '') END AS expected,
        -- A hair's breadth below is a rounding of the last digit.
        CASE
            WHEN expected_to > expected_from THEN reading_value >= expected_to - 1e-9
            WHEN expected_to < expected_from THEN reading_value <= expected_to + 1e-9
        END AS reached,
        coalesce(finished, CASE WHEN as_of() > due_on THEN 'overdue' ELSE 'open' END) AS status
    FROM register
    WHERE finished IS NULL
        OR updated_on >= period_start()
)

SELECT
    judged.record_id AS record,
    judged.title,
    judged.status,
    judged.due_on,
    judged.owner,
    judged.expected,
    judged.reading_value AS measured,
    judged.reached,
    CASE WHEN judged.status = 'overdue' THEN as_of() - judged.due_on END AS days_overdue,
    judged.kind,
    judged.state,
    judged.metric,
    judged.expected_by,
    judged.about,
    judged.changes,
    judged.quarter,
    judged.result,
    states.since
FROM judged
LEFT JOIN record_states() AS states ON states.record_id = judged.record_id
ORDER BY
    list_position(['overdue', 'open', 'done', 'dropped'], judged.status),
    judged.due_on NULLS LAST,
    judged.record_id
