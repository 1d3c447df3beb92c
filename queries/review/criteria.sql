-- figure:     criteria
-- title:      Targeting and qualification criteria
-- question:   Which rules hold for whom we go after and what a deal must show, and which cases made them?
-- curriculum: M8.7, M8.5
-- source:     domain M8.7, criteria version: rule text, evidence, effective date
-- grain:      one row per criterion that is not retired, or was retired since the period began
-- parameters:
--   period_start  date      what was retired before this day is not shown
--   as_of         date      what is due by this day
--   known_at      instant?  what was written after this instant is not seen
-- columns:
--   record        id     criterion
--   kind          state  targeting or qualification
--   title         text   the rule in a line
--   state         state  draft, in-review, in-force or retired
--   segment       text   whom it holds for; NULL: all
--   stage         text   before the stage; NULL: none named
--   effective_on  date   in force from
--   review_on     date   the day to look again
--   overdue       flag   in force, and that day has passed
--   cases         count  records that it cites
--   post_mortems  count  post-mortems among them
--   plays         count  plays that rest on it: as evidence, or in a clause
--   versions      count  how often it was put in force: 1 is its first text
--   approvers     list   who agreed to the newest of them
--   evidence      list   the records that it cites
--   rule          text   its words
--   owner         text   who keeps it
--   in_state      days   days in this state
-- private:    approvers, owner
-- opens:      criterion record=record

WITH cited AS (
    SELECT
        record_id,
        count(DISTINCT record) AS cases,
        count(DISTINCT record) FILTER (record LIKE 'PM-%') AS post_mortems,
        list(DISTINCT record ORDER BY record) AS evidence
    FROM record_criterion_cases
    GROUP BY record_id
),

taken_up AS (
    SELECT
        record,
        count(DISTINCT record_id) AS plays
    FROM (
        SELECT record_id, record FROM record_play_evidence
        UNION
        SELECT record_id, because AS record FROM record_play_steps
    )
    GROUP BY record
),

steps AS (
    SELECT
        *,
        lag(state) OVER (PARTITION BY record_id ORDER BY seq) AS state_before
    FROM ledger.revision
    WHERE kind = 'criterion'
        AND (known_at() IS NULL OR "at" <= known_at())
),

versions AS (
    SELECT
        record_id,
        count(*) AS versions,
        max(seq) AS newest
    FROM steps
    WHERE state = 'in-force'
        AND state_before IS DISTINCT FROM 'in-force'
    GROUP BY record_id
),

-- Those who approved it in its last review, the one who moved it among them.
approvers AS (
    SELECT
        steps.record_id,
        list(DISTINCT steps.author ORDER BY steps.author) AS approvers
    FROM steps
    INNER JOIN versions ON versions.record_id = steps.record_id
    WHERE (steps.action = 'approve' AND steps.toward = 'in-force' AND steps.seq < versions.newest
            AND steps.seq > coalesce((
                SELECT max(sent.seq)
                FROM steps AS sent
                WHERE sent.record_id = steps.record_id
                    AND sent.state = 'in-review'
                    AND sent.state_before IS DISTINCT FROM 'in-review'
                    AND sent.seq < versions.newest
            ), 0))
        OR steps.seq = versions.newest
    GROUP BY steps.record_id
)

SELECT
    criterion.record_id AS record,
    criterion.kind,
    criterion.title,
    criterion.state,
    criterion.segment,
    criterion.stage,
    criterion.effective_on,
    criterion.review_on,
    coalesce(criterion.state = 'in-force' AND criterion.review_on < as_of(), false) AS overdue,
    coalesce(cited.cases, 0) AS cases,
    coalesce(cited.post_mortems, 0) AS post_mortems,
    coalesce(taken_up.plays, 0) AS plays,
    coalesce(versions.versions, 0) AS versions,
    approvers.approvers,
    cited.evidence,
    criterion.rule,
    criterion.owner,
    as_of() - states.since AS in_state
FROM record_criterion AS criterion
INNER JOIN record_states() AS states ON states.record_id = criterion.record_id
LEFT JOIN cited ON cited.record_id = criterion.record_id
LEFT JOIN taken_up ON taken_up.record = criterion.record_id
LEFT JOIN versions ON versions.record_id = criterion.record_id
LEFT JOIN approvers ON approvers.record_id = criterion.record_id
WHERE criterion.state <> 'retired'
    OR states.since >= period_start()
ORDER BY
    overdue DESC,
    list_position(['in-review', 'in-force', 'draft', 'retired'], criterion.state),
    criterion.record_id
