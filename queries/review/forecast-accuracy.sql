-- figure:     forecast-accuracy
-- title:      Accuracy by week
-- question:   How early in the quarter did the calls come near what was won, and was that usual?
-- curriculum: M8.1
-- source:     domain M8.1 Accuracy set, by snapshot week; the call that stood at the end of each week
-- grain:      one row per value of the dimension and week of the periods of calls
-- needs:      opportunities, forecasts
-- parameters:
--   period_start  date   first day of the period under review
--   period_end    date   last day of it; a period of calls that is not over has no actual and is left out
--   as_of         date   bookings by what is known on this day, and all money at its plan rates
--   by            text   calls are made by owners: by segment and by product there are none
--   slice         text?  one value of the dimension only
-- columns:
--   slice          text             value of the dimension
--   week           count            week of the period of calls, the first is 1
--   callers        count            owners with a call by then
--   call           money            their calls, closed included
--   actual         money            what they won in the whole period
--   wape           share "WAPE"     sum of the owners' errors, sizes only / sum of their actuals
--   bias           share            (call - actual) / actual; above zero: called too much
--   usual_wape     share "WAPE before"  the same week in the four quarters before; NULL: no calls then
--   usual_bias     share "Bias before"  the same for the bias
--   quarters       count "Quarters"     of those quarters, how many have calls
--   mape           share "MAPE"     mean of the owners' errors in percent of their actuals
--   mape_excluded  count "No MAPE"  owners with a call and no actual, left out of it
--   call_index     number "Index"   call / actual x 100; 85 to 115 is good
--   within         flag "Within 10%"  the slice's call is within 10 % of its actual
--   settled        flag             and stays within it to the last week
-- chart:      line x=week y=wape series=slice

WITH submissions AS (
    SELECT
        *,
        period_start >= period_start() AS in_review
    FROM measured_calls(quarters_before(4), period_end())
    WHERE period_start >= period_start()
        OR period_end < period_start()
),

-- The call that stands in a week is the newest up to its last day.
weeks AS (
    SELECT DISTINCT
        period_start,
        period_end,
        unnest(range(1, (period_end - period_start) // 7 + 2)) AS week
    FROM submissions
),

errors AS (
    SELECT
        weeks.week,
        submissions.in_review,
        submissions.period_start,
        submissions.owner_id,
        submissions.slice,
        submissions.amount AS call,
        submissions.actual,
        submissions.error
    FROM weeks
    INNER JOIN submissions
        ON submissions.period_start = weeks.period_start
        AND submissions.period_end = weeks.period_end
        AND submissions.submitted_on < weeks.period_start + CAST(7 * weeks.week AS INTEGER)
    QUALIFY row_number() OVER (
        PARTITION BY weeks.week, submissions.owner_id, weeks.period_start, weeks.period_end
        ORDER BY submissions.submitted_on DESC
    ) = 1
),

reviewed AS (
    SELECT
        slice,
        week,
        count(DISTINCT owner_id) AS callers,
        CAST(sum(call) AS DECIMAL(18, 2)) AS call,
        CAST(sum(actual) AS DECIMAL(18, 2)) AS actual,
        wape_of(error, actual) AS wape,
        mape_of(error, actual) AS mape,
        count(*) FILTER (actual = 0) AS mape_excluded
    FROM errors
    WHERE in_review
    GROUP BY slice, week
),

usual AS (
    SELECT
        slice,
        week,
        wape_of(error, actual) AS wape,
        bias_of(call, actual) AS bias,
        count(DISTINCT period_start) AS quarters
    FROM errors
    WHERE NOT in_review
    GROUP BY slice, week
),

judged AS (
    SELECT
        *,
        is_hit(call, actual) AS within
    FROM reviewed
)

SELECT
    judged.slice,
    judged.week,
    judged.callers,
    judged.call,
    judged.actual,
    judged.wape,
    share_of(judged.call - judged.actual, judged.actual) AS bias,
    usual.wape AS usual_wape,
    usual.bias AS usual_bias,
    coalesce(usual.quarters, 0) AS quarters,
    judged.mape,
    judged.mape_excluded,
    100 * share_of(judged.call, judged.actual) AS call_index,
    judged.within,
    bool_and(judged.within) OVER (
        PARTITION BY judged.slice ORDER BY judged.week
        ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
    ) AS settled
FROM judged
LEFT JOIN usual ON usual.slice = judged.slice AND usual.week = judged.week
WHERE getvariable('slice') IS NULL OR judged.slice = getvariable('slice')
ORDER BY judged.slice = not_set(), judged.slice, judged.week
