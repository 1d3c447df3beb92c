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
--   plays         count  plays that cite it as evidence
--   owner         text   who keeps it
--   in_state      days   days in this state
-- opens:      criterion record=record

WITH cited AS (
    SELECT
        record_id,
        count(DISTINCT record) AS cases,
        count(DISTINCT record) FILTER (record LIKE 'PM-%') AS post_mortems
    FROM record_criterion_cases
    GROUP BY record_id
),

taken_up AS (
    SELECT
        evidence.record,
        count(DISTINCT evidence.record_id) AS plays
    FROM record_play_evidence AS evidence
    GROUP BY evidence.record
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
    criterion.owner,
    as_of() - states.since AS in_state
FROM record_criterion AS criterion
INNER JOIN record_states() AS states ON states.record_id = criterion.record_id
LEFT JOIN cited ON cited.record_id = criterion.record_id
LEFT JOIN taken_up ON taken_up.record = criterion.record_id
WHERE criterion.state <> 'retired'
    OR states.since >= period_start()
ORDER BY
    overdue DESC,
    list_position(['in-review', 'in-force', 'draft', 'retired'], criterion.state),
    criterion.record_id
