-- figure:     plays
-- title:      Playbook
-- question:   Which plays are changing, on what evidence, and what are they waiting for?
-- curriculum: M8.5
-- source:     domain M8.5
-- grain:      one row per play
-- parameters:
--   period_start  date   plays retired before it are not shown
--   as_of         date   days are counted to this one
--   known_at      instant?  what was written after this instant is not seen
-- columns:
--   play           id                       the record
--   title          text                     what it is called
--   state          state                    proposed, in-review, pilot, approved, published, rolled-back or
--                                           retired
--   waiting_for    text                     next step; NULL: nothing
--   days_waiting   days                     days in this state; NULL when nothing is awaited
--   owner          text                     who keeps it
--   playbook       text                     the book it belongs to
--   segment        text                     whom it is for; NULL: all
--   version        text                     version of the text; NULL: never published
--   since          date                     in this state since
--   pilot_ends     date                     when the pilot has run its weeks; NULL: no pilot
--   evidence       count                    records that it rests on
--   clauses        count                    steps of it
--   reasoned       count                    of them, those that name the record that made them
--   traced         rate(reasoned/clauses)   NULL: it has no step yet
--   feedback       count                    feedback of customers accepted for it
--   told_back      count                    of it, told back to the customer
--   loop_closed    rate(told_back/feedback)  NULL when none was accepted
--   change         text                     what changes and why
--   effective_from  date                    in force from; NULL: not yet
--   review_on      date                     to be read again; NULL: no day is set
-- private:    owner
-- opens:      play title=title record=play

WITH plays AS (
    SELECT
        play.*,
        states.since
    FROM record_play AS play
    LEFT JOIN record_states() AS states ON states.record_id = play.record_id
),

evidence AS (
    SELECT
        record_id,
        count(DISTINCT record) AS records
    FROM record_play_evidence
    GROUP BY record_id
),

feedback AS (
    SELECT
        play,
        count(*) AS accepted,
        count(*) FILTER (state = 'told-back') AS told_back
    FROM record_feedback
    WHERE state IN ('accepted', 'shipped', 'told-back')
        AND decline_reason IS NULL
    GROUP BY play
),

clauses AS (
    SELECT
        record_id,
        count(*) AS clauses,
        count(because) AS reasoned
    FROM record_play_steps
    GROUP BY record_id
),

judged AS (
    SELECT
        plays.*,
        CASE plays.state
            WHEN 'proposed' THEN 'sending to review'
            WHEN 'in-review' THEN 'review'
            WHEN 'pilot' THEN 'end of pilot'
            WHEN 'approved' THEN 'publication'
            WHEN 'rolled-back' THEN 'change'
            WHEN 'published' THEN CASE WHEN plays.review_on <= as_of() THEN 'review of its effect' END
        END AS waiting_for,
        CASE WHEN plays.state = 'pilot' THEN plays.since + CAST(7 * plays.pilot_weeks AS INTEGER) END
            AS pilot_ends
    FROM plays
    WHERE plays.state <> 'retired'
        OR plays.since >= period_start()
)

SELECT
    judged.record_id AS play,
    judged.title,
    judged.state,
    judged.waiting_for,
    CASE WHEN judged.waiting_for IS NOT NULL THEN as_of() - judged.since END AS days_waiting,
    judged.owner,
    judged.playbook,
    judged.segment,
    judged.version,
    judged.since,
    judged.pilot_ends,
    coalesce(evidence.records, 0) AS evidence,
    coalesce(clauses.clauses, 0) AS clauses,
    coalesce(clauses.reasoned, 0) AS reasoned,
    rate_of(clauses.reasoned, clauses.clauses) AS traced,
    coalesce(feedback.accepted, 0) AS feedback,
    coalesce(feedback.told_back, 0) AS told_back,
    rate_of(feedback.told_back, feedback.accepted) AS loop_closed,
    judged.change,
    judged.effective_from,
    judged.review_on
FROM judged
LEFT JOIN clauses ON clauses.record_id = judged.record_id
LEFT JOIN evidence ON evidence.record_id = judged.record_id
LEFT JOIN feedback ON feedback.play = judged.record_id
ORDER BY
    list_position(['in-review', 'pilot', 'rolled-back', 'proposed', 'approved', 'published', 'retired'], judged.state),
    judged.since,
    judged.record_id
