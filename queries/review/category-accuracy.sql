-- figure:     category-accuracy
-- title:      Accuracy by category
-- question:   How near did commit, best case and pipeline calls come to what was won, week by week?
-- curriculum: M8.1
-- source:     domain M8.1 Accuracy set, by category and snapshot week; every call with what stands above it
--             and what was closed, so that all compare with the same actual (§6.6)
-- grain:      one row per forecast category and week of the periods of calls
-- needs:      opportunities, forecasts
-- parameters:
--   period_start  date   first day of the period under review
--   period_end    date   last day of it; a period of calls that is not over has no actual and is left out
--   as_of         date   bookings by what is known on this day, and all money at its plan rates
-- columns:
--   category       text             commit, best case or pipeline
--   week           count            week of the period of calls, the first is 1
--   callers        count            owners with such a call by then
--   call           money            their calls of the category, those above it and closed included
--   actual         money            what they won in the whole period
--   wape           share "WAPE"     sum of the owners' errors, sizes only / sum of their actuals
--   bias           share            (call - actual) / actual; above zero: called too much
--   usual_wape     share "WAPE before"  the same week in the four quarters before; NULL: no calls then
--   usual_bias     share "Bias before"  the same for the bias
--   quarters       count "Quarters"     of those quarters, how many have calls
--   mape           share "MAPE"     mean of the owners' errors in percent of their actuals
--   mape_excluded  count "No MAPE"  owners with a call and no actual, left out of it
--   call_index     number "Index"   call / actual x 100; 85 to 115 is good
--   incomplete     count "Left out" owners whose call of the category stands alone: nothing above it was
--                                   called by then, so it tells no sum for the period
-- chart:      line x=week y=wape series=category

WITH submissions AS (
    SELECT
        *,
        period_start >= period_start() AS in_review
    FROM measured_category_calls(quarters_before(4), period_end())
    WHERE period_start >= period_start()
        OR period_end < period_start()
),

-- The call that stands in a week is the newest up to its last day.
standing AS (
    SELECT
        weeks.week,
        submissions.*
    FROM submissions
    CROSS JOIN unnest(range(1, (submissions.period_end - submissions.period_start) // 7 + 2)) AS weeks (week)
    WHERE submissions.submitted_on < submissions.period_start + CAST(7 * weeks.week AS INTEGER)
    QUALIFY row_number() OVER (
        PARTITION BY weeks.week, category, owner_id, period_start, period_end ORDER BY submitted_on DESC
    ) = 1
),

measured AS (
    SELECT
        category,
        week,
        in_review,
        count(DISTINCT owner_id) FILTER (amount IS NOT NULL) AS callers,
        sum(amount) AS call,
        sum(actual) FILTER (amount IS NOT NULL) AS actual,
        wape_of(error, CASE WHEN amount IS NOT NULL THEN actual END) AS wape,
        mape_of(error, actual) AS mape,
        count(*) FILTER (actual = 0 AND amount IS NOT NULL) AS mape_excluded,
        count(DISTINCT owner_id) FILTER (amount IS NULL) AS incomplete,
        count(DISTINCT period_start) FILTER (amount IS NOT NULL) AS quarters
    FROM standing
    GROUP BY category, week, in_review
)

SELECT
    now.category,
    now.week,
    now.callers,
    CAST(now.call AS DECIMAL(18, 2)) AS call,
    CAST(now.actual AS DECIMAL(18, 2)) AS actual,
    now.wape,
    share_of(now.call - now.actual, now.actual) AS bias,
    before.wape AS usual_wape,
    share_of(before.call - before.actual, before.actual) AS usual_bias,
    coalesce(before.quarters, 0) AS quarters,
    now.mape,
    now.mape_excluded,
    100 * share_of(now.call, now.actual) AS call_index,
    now.incomplete
FROM measured AS now
LEFT JOIN measured AS before
    ON before.category = now.category
    AND before.week = now.week
    AND NOT before.in_review
WHERE now.in_review
ORDER BY list_position(['commit', 'best case', 'pipeline'], now.category), now.week
