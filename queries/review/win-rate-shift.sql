-- figure:     win-rate-shift
-- title:      What moved the win rate
-- question:   Did we win less of the same deals, or did we get other deals, and is it a few people?
-- curriculum: M8.2
-- source:     domain M8.2, decomposition: change = sum of w0 x (r1 - r0) + sum of r1 x (w1 - w0), exact
-- grain:      one row per value of the dimension that closed deals in the period or the year before it
-- needs:      opportunities
-- parameters:
--   period_start  date   first day of the period under review
--   period_end    date   last day of it
--   as_of         date   closings as they stood on this day
-- columns:
--   slice          text               value of the dimension
--   won            count              deals won in the period
--   closed         count              won + lost in it
--   win_rate       rate(won/closed)   NULL when nothing closed
--   won_before     count              deals won in the twelve fiscal months before the period
--   closed_before  count              won + lost in them
--   rate_before    rate(won_before/closed_before) "Before"  NULL when nothing closed
--   within         points             what its own rate moved the whole: its weight before x change of its
--                                     rate; 0 where it closed nothing then or now
--   mix            points             what its weight moved the whole: its rate now x change of its weight;
--                                     where it closed nothing now, its rate before
--   effect         points             within + mix; these add up to the change of the whole
--   whole          points "All"       change of the rate of all slices together; NULL when nothing closed
--   lost           count              deals lost in the period
--   all_lost       count "Lost by all"  lost by all slices together
--   share_of_lost  rate(lost/all_lost)  above half of them is its own problem before it is the segment's
--   swept          count "Most on a day"  most losses on one day: a clean-up, perhaps, and no defeat
-- chart:      bar label=slice value=effect
-- drill:      deals slice=slice

WITH bounds AS (
    SELECT min(month_start) AS first_day
    FROM (
        SELECT month_start
        FROM settings.fiscal_month
        WHERE month_start < period_start()
        ORDER BY month_start DESC
        LIMIT 12
    )
),

closings AS (
    SELECT
        closing.*,
        closing.close_date >= period_start() AS now
    FROM closings_at(as_of(), period_start() - 372, period_end(), false) AS closing
    INNER JOIN bounds ON closing.close_date >= bounds.first_day
),

sweeps AS (
    SELECT
        slice,
        max(losses) AS swept
    FROM (
        SELECT slice, close_date, count(*) AS losses
        FROM closings
        WHERE now AND NOT won
        GROUP BY slice, close_date
    )
    GROUP BY slice
),

counted AS (
    SELECT
        slice,
        count(*) FILTER (now AND won) AS won,
        count(*) FILTER (now) AS closed,
        count(*) FILTER (NOT now AND won) AS won_before,
        count(*) FILTER (NOT now) AS closed_before
    FROM closings
    GROUP BY slice
),

rated AS (
    SELECT
        *,
        coalesce(rate_of(won, closed), rate_of(won_before, closed_before)) AS rate,
        coalesce(rate_of(won_before, closed_before), rate_of(won, closed)) AS earlier,
        rate_of(closed, sum(closed) OVER ()) AS weight,
        rate_of(closed_before, sum(closed_before) OVER ()) AS weight_before,
        rate_of(sum(won) OVER (), sum(closed) OVER ())
            - rate_of(sum(won_before) OVER (), sum(closed_before) OVER ()) AS whole,
        sum(closed - won) OVER () AS all_lost
    FROM counted
)

SELECT
    rated.slice,
    rated.won,
    rated.closed,
    rate_of(rated.won, rated.closed) AS win_rate,
    rated.won_before,
    rated.closed_before,
    rate_of(rated.won_before, rated.closed_before) AS rate_before,
    rated.weight_before * (rated.rate - rated.earlier) AS within,
    rated.rate * (rated.weight - rated.weight_before) AS mix,
    rated.weight_before * (rated.rate - rated.earlier)
        + rated.rate * (rated.weight - rated.weight_before) AS effect,
    rated.whole,
    rated.closed - rated.won AS lost,
    CAST(rated.all_lost AS BIGINT) AS all_lost,
    rate_of(rated.closed - rated.won, rated.all_lost) AS share_of_lost,
    coalesce(sweeps.swept, 0) AS swept
FROM rated
LEFT JOIN sweeps ON sweeps.slice = rated.slice
ORDER BY abs(effect) DESC NULLS LAST, rated.slice = not_set(), rated.slice
