-- figure:     attainment
-- title:      Attainment
-- question:   Did we win what we had set out to win, and can the open pipeline still close the gap?
-- curriculum: M1.1, M8.1
-- source:     domain M8.1; attainment = actual / target, coverage = open pipeline / (target - actual)
-- grain:      one row per value of the dimension
-- needs:      opportunities, targets
-- parameters:
--   period_start  date   first day of the period under review
--   period_end    date   last day of it
--   as_of         date   bookings and pipeline as they stood on this day
-- columns:
--   slice       text                 value of the dimension
--   target      money                part of the targets that falls in the period; NULL: none is set
--                                    for this slice
--   actual      money                amount of the deals won with a close date in the period
--   attainment  share                actual / target; NULL without a positive target
--   gap         money                actual - target; below zero: still missing
--   won         count "Deals won"    deals behind the actual
--   open        money "Open in period"  pipeline that is to close between the as-of day and the end
--   overdue     money                open with a close date that has passed: no pipeline for anything
--   due         money "Due by now"   target x the linearity up to the as-of day; NULL: none is in force, or the period is no
--                                    single quarter
--   pace        share                actual / due
--   coverage    number               open / what is missing; NULL when (almost) nothing is missing
-- chart:      bar label=slice value=actual reference=target
-- drill:      deals slice=slice

WITH targets AS (
    SELECT
        slice,
        sum(amount) AS target
    FROM review_targets()
    GROUP BY slice
),

booked AS (
    SELECT
        slice,
        count(*) AS won,
        sum(amount) AS actual
    FROM bookings()
    GROUP BY slice
),

pipeline AS (
    SELECT
        slice,
        sum(amount) FILTER (close_date BETWEEN as_of() AND period_end()
            AND close_date >= period_start()) AS open,
        sum(amount) FILTER (close_date < as_of()) AS overdue
    FROM sliced_deals_at(as_of(), as_of())
    WHERE state = 'open'
        AND category IS DISTINCT FROM 'omitted'
    GROUP BY slice
),

slices AS (
    SELECT slice FROM targets
    UNION
    SELECT slice FROM booked
    UNION
    SELECT slice FROM pipeline WHERE open IS NOT NULL OR overdue IS NOT NULL
),

-- How much of a quarter is usually won by now: whole months, and of the one that runs its days so far. A month
-- beyond the third shares with it.
usual AS (
    SELECT
        slice,
        CASE WHEN bool_and(value IS NOT NULL) THEN sum(value * gone / months) END AS due
    FROM (
        SELECT
            slices.slice,
            CAST(coalesce(own.value, general.value) AS DOUBLE) AS value,
            least(1, greatest(0, as_of() - month.month_start + 1) / (month.month_end - month.month_start + 1)) AS gone,
            count(*) OVER (PARTITION BY slices.slice, month.part) AS months
        FROM slices
        CROSS JOIN (
            SELECT *, least(3, month_in_quarter) AS part
            FROM settings.fiscal_month
            WHERE quarter_start = period_start() AND quarter_end = period_end()
        ) AS month
        LEFT JOIN assumption_history() AS own
            ON own.name = 'linearity'
            AND own.scope = slices.slice || ':' || month.part
            AND as_of() >= own.effective_from
            AND as_of() < own.effective_to
        LEFT JOIN assumption_history() AS general
            ON general.name = 'linearity'
            AND general.scope = '*:' || month.part
            AND as_of() >= general.effective_from
            AND as_of() < general.effective_to
    )
    GROUP BY slice
),

compared AS (
    SELECT
        slices.slice,
        CAST(targets.target * usual.due AS DECIMAL(18, 2)) AS due,
        CAST(targets.target AS DECIMAL(18, 2)) AS target,
        CAST(coalesce(booked.actual, 0) AS DECIMAL(18, 2)) AS actual,
        coalesce(booked.won, 0) AS won,
        CAST(coalesce(pipeline.open, 0) AS DECIMAL(18, 2)) AS open,
        CAST(coalesce(pipeline.overdue, 0) AS DECIMAL(18, 2)) AS overdue
    FROM slices
    LEFT JOIN targets ON targets.slice = slices.slice
    LEFT JOIN booked ON booked.slice = slices.slice
    LEFT JOIN pipeline ON pipeline.slice = slices.slice
    LEFT JOIN usual ON usual.slice = slices.slice
)

SELECT
    slice,
    target,
    actual,
    share_of(actual, target) AS attainment,
    CAST(actual - target AS DECIMAL(18, 2)) AS gap,
    won,
    open,
    overdue,
    due,
    share_of(actual, due) AS pace,
    -- A remainder too small to matter would make any pipeline look abundant.
    CASE
        WHEN target > 0 AND target - actual > target * coalesce(assumption('materiality_share', '*', as_of()), 0)
            THEN share_of(open, target - actual)
    END AS coverage
FROM compared
ORDER BY slice = not_set(), slice
