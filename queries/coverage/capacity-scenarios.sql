-- figure:     capacity-scenarios
-- title:      Scenarios side by side
-- question:   What would people, pipeline and the plan be if we did it?
-- curriculum: M8.6
-- source:     domain M8.6 Scenarios: the same sum with what a scenario changes
-- grain:      one row per fiscal quarter of the next four and scenario, as it is first
-- needs:      opportunities, targets, people
-- parameters:
--   as_of     date      the four quarters that begin after this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   quarter   text   fiscal quarter
--   scenario  text   by its title; as it is: nothing is changed
--   binding   state  people, pipeline; none: the plan reaches the target; unknown
--   target    money  NULL: none is set
--   plan      money  the smaller of people and pipeline
--   gap       money  target - plan
--   gain      money "Against now"  plan - the plan as it is
--   people    money "People can"    what people can sell
--   supply    money "Pipeline can"  what the pipeline can bring
--   heads     number "Sellers"  expected
--   record    id     the scenario; NULL: as it is
-- opens:      capacity-scenario record=record

WITH cases AS (
    SELECT * FROM capacity_cases('scenario')
),

sums AS (
    SELECT
        case_id,
        quarter,
        quarter_start,
        sum(target) AS target,
        sum(people) AS people,
        sum(supply) AS supply,
        sum(heads) AS heads
    FROM capacity('scenario')
    GROUP BY case_id, quarter, quarter_start
),

planned AS (
    SELECT
        *,
        CASE WHEN people IS NOT NULL AND supply IS NOT NULL THEN least(people, supply) END AS plan
    FROM sums
)

SELECT
    planned.quarter,
    cases.title AS scenario,
    CASE
        WHEN planned.plan IS NULL THEN 'unknown'
        WHEN planned.plan >= planned.target THEN 'none'
        WHEN planned.people < planned.supply THEN 'people'
        ELSE 'pipeline'
    END AS binding,
    CAST(planned.target AS DECIMAL(18, 2)) AS target,
    CAST(planned.plan AS DECIMAL(18, 2)) AS plan,
    CAST(planned.target - CAST(planned.plan AS DECIMAL(18, 2)) AS DECIMAL(18, 2)) AS gap,
    CAST(planned.plan - now.plan AS DECIMAL(18, 2)) AS gain,
    CAST(planned.people AS DECIMAL(18, 2)) AS people,
    CAST(planned.supply AS DECIMAL(18, 2)) AS supply,
    planned.heads,
    CASE WHEN cases.kind = 'scenario' THEN cases.case_id END AS record
FROM planned
INNER JOIN cases ON cases.case_id = planned.case_id
LEFT JOIN planned AS now ON now.case_id = 'now' AND now.quarter = planned.quarter
ORDER BY planned.quarter_start, record NULLS FIRST
