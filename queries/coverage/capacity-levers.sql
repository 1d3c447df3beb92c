-- figure:     capacity-levers
-- title:      What moves the plan most
-- question:   Which lever is worth pulling: attrition, ramp, win rate, hiring or pipeline?
-- curriculum: M8.6
-- source:     domain M8.6 Scenarios: each lever by a usual step to either side, everything else as it is
-- grain:      one row per lever, the one that moves most first
-- needs:      opportunities, targets, people
-- parameters:
--   as_of  date  the four quarters that begin after this day, together
-- columns:
--   lever        text    what is changed
--   step         text    by how much, to either side
--   low          money "Worst"  change of the plan, the smaller of people and pipeline in each quarter
--   high         money "Best"   likewise to the better side
--   swing        money   between the two
--   people_low   money "People, worst"    change of what people can sell, whether or not it binds
--   people_high  money "People, best"     likewise to the better side
--   supply_low   money "Pipeline, worst"  change of what the pipeline can bring
--   supply_high  money "Pipeline, best"   likewise
-- chart:      tornado label=lever low=low high=high

WITH cases AS (
    SELECT * FROM capacity_cases('lever')
),

-- All slices together: a plan is limited where the whole company is.
quarters AS (
    SELECT
        case_id,
        quarter,
        sum(people) AS people,
        sum(supply) AS supply
    FROM capacity('lever')
    GROUP BY case_id, quarter
),

totals AS (
    SELECT
        case_id,
        sum(CASE WHEN people IS NOT NULL AND supply IS NOT NULL THEN least(people, supply) END) AS plan,
        sum(people) AS people,
        sum(supply) AS supply
    FROM quarters
    GROUP BY case_id
),

changes AS (
    SELECT
        cases.title,
        any_value(CASE
            WHEN abs(cases.attrition) > 0
                THEN CAST(round(abs(cases.attrition) * 100, 1) AS VARCHAR) || ' points a year'
            WHEN abs(cases.ramp) > 0 THEN CAST(abs(cases.ramp) AS VARCHAR) || ' months'
            WHEN abs(cases.win_rate) > 0
                THEN CAST(round(abs(cases.win_rate) * 100, 1) AS VARCHAR) || ' points'
            WHEN abs(cases.fill_days) > 0 THEN CAST(abs(cases.fill_days) AS VARCHAR) || ' days'
            ELSE CAST(round(abs(cases.pipeline) * 100, 1) AS VARCHAR) || ' %'
        END) AS step,
        min(other.plan - now.plan) AS low,
        max(other.plan - now.plan) AS high,
        min(other.people - now.people) AS people_low,
        max(other.people - now.people) AS people_high,
        min(other.supply - now.supply) AS supply_low,
        max(other.supply - now.supply) AS supply_high
    FROM cases
    INNER JOIN totals AS other ON other.case_id = cases.case_id
    CROSS JOIN (SELECT * FROM totals WHERE case_id = 'now') AS now
    WHERE cases.kind = 'lever'
    GROUP BY cases.title
)

SELECT
    title AS lever,
    step,
    CAST(low AS DECIMAL(18, 2)) AS low,
    CAST(high AS DECIMAL(18, 2)) AS high,
    CAST(CAST(high AS DECIMAL(18, 2)) - CAST(low AS DECIMAL(18, 2)) AS DECIMAL(18, 2)) AS swing,
    CAST(people_low AS DECIMAL(18, 2)) AS people_low,
    CAST(people_high AS DECIMAL(18, 2)) AS people_high,
    CAST(supply_low AS DECIMAL(18, 2)) AS supply_low,
    CAST(supply_high AS DECIMAL(18, 2)) AS supply_high
FROM changes
ORDER BY swing DESC NULLS LAST, lever
