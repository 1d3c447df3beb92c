-- figure:     velocity-trend
-- title:      Velocity by month
-- question:   Is the pipeline getting slower, and which of its four drivers slows it?
-- curriculum: M8.6
-- source:     domain M8.6, ln V changes by ln n + ln w + ln a - ln c from month to month, exactly
-- grain:      one row per fiscal month of the last six, as it stood at its end, and value of the dimension
-- needs:      opportunities
-- parameters:
--   period_end  date   the newest month is the one of this day, or of the as-of day if that is earlier
--   as_of       date   money at its plan rates; the newest month as it stands on this day
-- columns:
--   month      month             fiscal month
--   slice      text              value of the dimension; velocities of slices add up, that of all is another
--   velocity   money "A day"     n x w x a / c; NULL: nothing was won, or nothing tells how long it took
--   change     share             velocity / that of the month before - 1
--   by_open    number "From open"    change of ln n; the four add up to the change of ln V
--   by_rate    number "From rate"    change of ln w
--   by_amount  number "From amount"  change of ln a
--   by_days    number "From days"    minus the change of ln c: faster is above zero
--   open       count             n: open deals, overdue and omitted ones left out
--   won        count             deals won in the twelve months up to then
--   closed     count             won + lost in them
--   win_rate   rate(won/closed)  w
--   mean_won   money "Mean deal" a: mean amount of the won deals, giants left out
--   days       number "Mean days"  c: mean days from creation to winning
-- chart:      line x=month y=velocity series=slice
-- drill:      deals slice=slice

WITH looks AS (
    SELECT month_start AS month, least(month_end, as_of()) AS day
    FROM settings.fiscal_month
    WHERE month_start <= least(as_of(), period_end())
    ORDER BY month_start DESC
    LIMIT 7
),

deals AS (
    SELECT
        looks.month,
        looks.day,
        deal.slice,
        deal.state,
        deal.category,
        deal.amount,
        deal.close_date,
        deal.created_on
    FROM looks
    INNER JOIN deal_versions(as_of(), false) AS deal
        ON deal.within_scope
        AND deal.valid_from <= looks.day
        AND (deal.valid_to IS NULL OR deal.valid_to > looks.day)
),

closed AS (
    SELECT
        month,
        slice,
        state = 'won' AS won,
        amount,
        CASE WHEN state = 'won' AND close_date >= created_on THEN close_date - created_on END AS days,
        coalesce(
            amount > calibration_mega() * quantile_cont(amount::DOUBLE, 0.95)
                FILTER (state = 'won') OVER (PARTITION BY month),
            false
        ) AS mega
    FROM deals
    WHERE state IN ('won', 'lost')
        AND close_date BETWEEN day - 364 AND day
),

drivers AS (
    SELECT
        month,
        slice,
        count(*) FILTER (won) AS won,
        count(*) AS closed,
        avg(amount::DOUBLE) FILTER (won AND NOT mega) AS mean_won,
        avg(days) FILTER (won) AS days
    FROM closed
    GROUP BY month, slice
),

pipeline AS (
    SELECT month, slice, count(*) AS open
    FROM deals
    WHERE state = 'open'
        AND category IS DISTINCT FROM 'omitted'
        AND (close_date IS NULL OR close_date >= day)
    GROUP BY month, slice
),

moments AS (
    SELECT
        coalesce(drivers.month, pipeline.month) AS month,
        coalesce(drivers.slice, pipeline.slice) AS slice,
        coalesce(pipeline.open, 0) AS open,
        coalesce(drivers.won, 0) AS won,
        coalesce(drivers.closed, 0) AS closed,
        drivers.mean_won,
        drivers.days,
        CASE
            WHEN drivers.won > 0 AND drivers.days > 0 AND drivers.mean_won > 0
                THEN coalesce(pipeline.open, 0) * rate_of(drivers.won, drivers.closed)
                    * drivers.mean_won / drivers.days
        END AS velocity
    FROM drivers
    FULL JOIN pipeline ON pipeline.month = drivers.month AND pipeline.slice = drivers.slice
),

numbered AS (
    SELECT moments.*, looks.place
    FROM moments
    INNER JOIN (SELECT month, row_number() OVER (ORDER BY month) AS place FROM looks) AS looks
        ON looks.month = moments.month
)

SELECT
    now.month,
    now.slice,
    CAST(now.velocity AS DECIMAL(18, 2)) AS velocity,
    CASE WHEN before.velocity > 0 THEN now.velocity / before.velocity - 1 END AS change,
    CASE WHEN moved THEN ln(now.open / before.open) END AS by_open,
    CASE WHEN moved
        THEN ln(rate_of(now.won, now.closed) / rate_of(before.won, before.closed))
    END AS by_rate,
    CASE WHEN moved THEN ln(now.mean_won / before.mean_won) END AS by_amount,
    CASE WHEN moved THEN -ln(now.days / before.days) END AS by_days,
    now.open,
    now.won,
    now.closed,
    rate_of(now.won, now.closed) AS win_rate,
    CAST(now.mean_won AS DECIMAL(18, 2)) AS mean_won,
    now.days
FROM numbered AS now
LEFT JOIN numbered AS before ON before.slice = now.slice AND before.place = now.place - 1
CROSS JOIN LATERAL (SELECT coalesce(now.velocity > 0 AND before.velocity > 0, false) AS moved)
WHERE now.place > 1
ORDER BY now.month, now.slice = not_set(), now.slice
