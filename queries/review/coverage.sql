-- figure:     coverage
-- title:      Coverage by week
-- question:   Is there as much pipeline for what is still missing as in the quarters before at this point?
-- curriculum: M8.1
-- source:     domain M8.1 Coverage: open in the quarter / (goal - booked); a quarter that is over is told by
--             what it won in the end, the one under review by its target
-- grain:      one row per fiscal quarter (that of the period's end and the four before) and week with an
--             export
-- needs:      opportunities
-- parameters:
--   period_start  date   a target is told when the period is one quarter
--   period_end    date   the newest quarter is the one of this day
--   as_of         date   no export after this day, and all money at its plan rates
-- columns:
--   quarter       text              fiscal quarter
--   week          count             week of it, by its first day; the first is 1
--   taken_on      date "Export"     newest export in the seven days up to that day
--   open          money             open and due between the export and the end of the quarter
--   booked        money             won in the quarter by then
--   goal          money             target, or what was won in the end; NULL: none is set
--   missing       money             goal - booked
--   coverage      number            open / missing; NULL when less than 10,000 is missing
--   usual         number            mean of the quarters before in the same week; NULL: none had an export
--   implied_rate  share "Needed"    missing / open: the part of the pipeline that has to be won
--   basis         state             target, or won in the end
-- chart:      line x=week y=coverage series=quarter reference=usual

WITH quarters AS (
    SELECT DISTINCT quarter, quarter_start, quarter_end
    FROM settings.fiscal_month
    WHERE quarter_start <= period_end()
    ORDER BY quarter_start DESC
    LIMIT 5
),

weeks AS (
    SELECT
        quarters.*,
        week,
        max(snapshot.taken_on) AS taken_on
    FROM quarters
    CROSS JOIN unnest(range(1, 15)) AS weeks (week)
    INNER JOIN facts.snapshot AS snapshot
        ON snapshot.taken_on <= quarters.quarter_start + CAST(7 * (week - 1) AS INTEGER)
        AND snapshot.taken_on > quarters.quarter_start + CAST(7 * (week - 2) AS INTEGER)
    WHERE quarters.quarter_start + CAST(7 * (week - 1) AS INTEGER)
        <= least(quarters.quarter_end, as_of())
        AND snapshot.taken_on <= as_of()
    GROUP BY quarters.quarter, quarters.quarter_start, quarters.quarter_end, week
),

pipeline AS (
    SELECT
        weeks.quarter,
        weeks.week,
        sum(deal.amount) FILTER (
            deal.state = 'open'
            AND deal.category IS DISTINCT FROM 'omitted'
            AND deal.close_date >= greatest(weeks.taken_on, weeks.quarter_start)
        ) AS open,
        sum(deal.amount) FILTER (deal.state = 'won' AND deal.close_date >= weeks.quarter_start)
            AS booked
    FROM weeks
    INNER JOIN deal_versions(as_of(), false) AS deal
        ON deal.within_scope
        AND deal.valid_from <= weeks.taken_on
        AND (deal.valid_to IS NULL OR deal.valid_to > weeks.taken_on)
        AND deal.close_date BETWEEN weeks.quarter_start AND weeks.quarter_end
    GROUP BY weeks.quarter, weeks.week
),

won AS (
    SELECT
        quarters.quarter,
        sum(deal.amount) AS amount
    FROM quarters
    INNER JOIN deal_versions(as_of(), false) AS deal
        ON deal.within_scope
        AND deal.close_date BETWEEN quarters.quarter_start AND quarters.quarter_end
        AND deal.valid_from <= as_of()
        AND (deal.valid_to IS NULL OR deal.valid_to > as_of())
    WHERE deal.state = 'won'
        AND quarters.quarter_end < period_start()
    GROUP BY quarters.quarter
),

goals AS (
    SELECT
        quarters.quarter,
        CASE
            WHEN quarters.quarter_end < period_start() THEN coalesce(won.amount, 0)
            WHEN quarters.quarter_start = period_start() AND quarters.quarter_end = period_end()
                THEN (SELECT sum(amount) FROM review_targets())
        END AS goal,
        CASE WHEN quarters.quarter_end < period_start() THEN 'won in the end' ELSE 'target' END
            AS basis
    FROM quarters
    LEFT JOIN won ON won.quarter = quarters.quarter
),

compared AS (
    SELECT
        weeks.quarter,
        weeks.quarter_start,
        weeks.week,
        weeks.taken_on,
        coalesce(pipeline.open, 0) AS open,
        coalesce(pipeline.booked, 0) AS booked,
        goals.goal,
        goals.goal - coalesce(pipeline.booked, 0) AS missing,
        goals.basis
    FROM weeks
    INNER JOIN goals ON goals.quarter = weeks.quarter
    LEFT JOIN pipeline ON pipeline.quarter = weeks.quarter AND pipeline.week = weeks.week
),

covered AS (
    SELECT
        *,
        CASE
            WHEN missing > coalesce(assumption('coverage_min_missing', '*', as_of()), 10000)
                THEN share_of(open, missing)
        END AS coverage
    FROM compared
)

SELECT
    quarter,
    week,
    taken_on,
    CAST(open AS DECIMAL(18, 2)) AS open,
    CAST(booked AS DECIMAL(18, 2)) AS booked,
    CAST(goal AS DECIMAL(18, 2)) AS goal,
    CAST(missing AS DECIMAL(18, 2)) AS missing,
    coverage,
    avg(coverage) OVER (
        PARTITION BY week ORDER BY quarter_start ROWS BETWEEN 4 PRECEDING AND 1 PRECEDING
    ) AS usual,
    CASE WHEN missing > 0 THEN share_of(missing, open) END AS implied_rate,
    basis
FROM covered
ORDER BY quarter_start DESC, week
