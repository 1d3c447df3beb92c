-- figure:     forecast-record
-- title:      Who forecasts how
-- question:   Whose calls lean to one side quarter after quarter, and is it optimism or sandbagging?
-- curriculum: M8.1, M6.6
-- source:     domain M8.1 Accuracy set: bias, WAPE, MAPE, hits, tracking signal; the first commit of
--             each quarter
-- grain:      one row per value of the dimension that called in one of the last eight quarters
-- needs:      opportunities, forecasts
-- parameters:
--   period_start  date   first day of the period under review
--   period_end    date   last day of it: its quarters and those before it, eight in all, are told
--   as_of         date   bookings by what is known on this day; no quarter that is not over
--   by            text   calls are made by owners: by segment and by product there are none
-- columns:
--   slice            text             value of the dimension
--   verdict          state            sandbagging: calls too little, and the target of the review is
--                                     reached; calls low, calls high: leans to that side; steady: no bias
--                                     beyond the limit; short: fewer than four periods
--   bias             share            sum of errors / sum of actuals; above zero: called too much
--   wape             share "WAPE"     sum of the owners' errors, sizes only / sum of their actuals
--   tracking_signal  number "Signal"  sum of errors / mean size of an error, by periods; beyond 4 or -4
--                                     it is no chance; NULL: fewer than four periods
--   periods          count            periods of calls with a call, and over
--   call             money            sum of the calls
--   actual           money            sum of what was won
--   hits             count            periods in which the call was within 10 % of the actual
--   hit_rate         rate(hits/periods) "Within 10%"  how often
--   mape             share "MAPE"     mean of the owners' errors in percent of their actuals
--   mape_excluded    count "No MAPE"  calls of owners without an actual, left out of it
--   call_index       number "Index"   call / actual x 100; 85 to 115 is good
--   target           money            targets of the review; NULL: none
--   attainment       share            actual of the review / its target: a bias means something else at 120 %
-- chart:      bar label=slice value=bias
-- drill:      forecast-accuracy slice=slice

WITH errors AS (
    SELECT
        slice,
        owner_id,
        period_start,
        amount AS call,
        actual,
        error
    FROM measured_calls(quarters_before(7), period_end())
    WHERE is_the_call
),

-- A slice's own error of a quarter, for what leans to one side over time.
by_period AS (
    SELECT
        slice,
        period_start,
        sum(call) AS call,
        sum(actual) AS actual,
        CAST(sum(call) - sum(actual) AS DOUBLE) AS error
    FROM errors
    GROUP BY slice, period_start
),

over_time AS (
    SELECT
        slice,
        count(*) AS periods,
        CASE WHEN count(*) >= 4 THEN sum(error) / nullif(avg(abs(error)), 0) END AS tracking_signal,
        count(*) FILTER (
            is_hit(call, actual)
        ) AS hits
    FROM by_period
    GROUP BY slice
),

summed AS (
    SELECT
        slice,
        CAST(sum(call) AS DECIMAL(18, 2)) AS call,
        CAST(sum(actual) AS DECIMAL(18, 2)) AS actual,
        wape_of(error, actual) AS wape,
        mape_of(error, actual) AS mape,
        count(*) FILTER (actual = 0) AS mape_excluded
    FROM errors
    GROUP BY slice
),

targets AS (
    SELECT slice, CAST(sum(amount) AS DECIMAL(18, 2)) AS target
    FROM review_targets()
    GROUP BY slice
),

booked AS (
    SELECT slice, sum(amount) AS actual
    FROM bookings()
    GROUP BY slice
)

SELECT
    summed.slice,
    CASE
        WHEN over_time.periods < 4 THEN 'short'
        WHEN over_time.tracking_signal > 4 THEN 'calls high'
        WHEN over_time.tracking_signal < -4 AND booked.actual >= targets.target THEN 'sandbagging'
        WHEN over_time.tracking_signal < -4 THEN 'calls low'
        ELSE 'steady'
    END AS verdict,
    share_of(summed.call - summed.actual, summed.actual) AS bias,
    summed.wape,
    over_time.tracking_signal,
    over_time.periods,
    summed.call,
    summed.actual,
    over_time.hits,
    rate_of(over_time.hits, over_time.periods) AS hit_rate,
    summed.mape,
    summed.mape_excluded,
    100 * share_of(summed.call, summed.actual) AS call_index,
    targets.target,
    share_of(coalesce(booked.actual, 0), targets.target) AS attainment
FROM summed
INNER JOIN over_time ON over_time.slice = summed.slice
LEFT JOIN targets ON targets.slice = summed.slice
LEFT JOIN booked ON booked.slice = summed.slice
ORDER BY
    list_position(['sandbagging', 'calls low', 'calls high', 'steady', 'short'], verdict),
    abs(over_time.tracking_signal) DESC NULLS LAST,
    summed.slice
