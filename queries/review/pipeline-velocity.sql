-- figure:     pipeline-velocity
-- title:      Pipeline velocity
-- question:   How much does the pipeline bring in a day, and which of its four drivers moved it?
-- curriculum: M8.6
-- source:     domain M8.6, V = n x w x a / c; ln V changes by ln n + ln w + ln a - ln c, exactly
-- grain:      one row per value of the dimension; the velocities add up, that of all together is another
-- needs:      opportunities
-- parameters:
--   period_start  date   compared with how it stood on the day before this one
--   period_end    date   no closing after this day counts
--   as_of         date   as it stands on this day, and all money at its plan rates
-- columns:
--   slice            text              value of the dimension
--   velocity         money "A day"     n x w x a / c; NULL: nothing was won, or nothing tells how long it took
--   velocity_before  money "Before"    the same on the day before the period; NULL likewise
--   change           share             velocity / before - 1
--   open             count             n: open deals, overdue and omitted ones left out
--   won              count             deals won in the twelve months up to then
--   closed           count             won + lost in them
--   win_rate         rate(won/closed)  w
--   mean_won         money "Mean deal" a: mean amount of the won deals, those of more than three times the
--                                      95th percentile left out
--   days             number "Mean days"  c: mean days from creation to winning
--   median_days      number "Median days"  half of the wins took no longer
--   by_open          number "From open"    change of ln n; the four add up to the change of ln V
--   by_rate          number "From rate"    change of ln w
--   by_amount        number "From amount"  change of ln a
--   by_days          number "From days"    minus the change of ln c: faster is above zero
--   mega             count             won deals that the mean amount leaves out
-- chart:      bar label=slice value=velocity reference=velocity_before
-- drill:      deals slice=slice

SELECT
    now.slice,
    CAST(now.velocity AS DECIMAL(18, 2)) AS velocity,
    CAST(before.velocity AS DECIMAL(18, 2)) AS velocity_before,
    CASE WHEN before.velocity > 0 THEN now.velocity / before.velocity - 1 END AS change,
    now.open,
    now.won,
    now.closed,
    rate_of(now.won, now.closed) AS win_rate,
    CAST(now.mean_won AS DECIMAL(18, 2)) AS mean_won,
    now.days,
    now.median_days,
    CASE WHEN moved THEN ln(now.open / before.open) END AS by_open,
    CASE WHEN moved
        THEN ln(rate_of(now.won, now.closed) / rate_of(before.won, before.closed))
    END AS by_rate,
    CASE WHEN moved THEN ln(now.mean_won / before.mean_won) END AS by_amount,
    CASE WHEN moved THEN -ln(now.days / before.days) END AS by_days,
    now.mega
FROM velocity_at(as_of(), least(as_of(), period_end())) AS now
LEFT JOIN velocity_at(period_start() - 1, period_start() - 1) AS before ON before.slice = now.slice
CROSS JOIN LATERAL (SELECT coalesce(now.velocity > 0 AND before.velocity > 0, false) AS moved)
ORDER BY now.velocity DESC NULLS LAST, now.slice = not_set(), now.slice
