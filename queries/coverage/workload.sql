-- figure:     workload
-- title:      Workload
-- question:   How many new deals a month can a seller take on, and how many come?
-- curriculum: M8.6
-- source:     domain M8.6 Workload check: deals at work = new ones a month x months they take; won and lost
--             ones take their own time
-- grain:      one row per value of the dimension
-- needs:      opportunities
-- parameters:
--   as_of  date  deals at work on this day, and those closed in the twelve months up to it
-- columns:
--   slice        text    value of the dimension
--   verdict      state   over: more come than can be worked on; full: more than the utilisation of a region
--                        that is short of capacity; room; unknown: nothing closed, or nobody owns a deal
--   sellers      count   who own an open deal
--   open         count   deals at work, omitted and overdue ones left out
--   per_seller   number "Open each"  open / sellers
--   new_a_month  number "New each"   closed a month, won or lost, per seller: what comes, over a year
--   can_take     number "Can take"   deals that a seller can work on at once / months
--   load         share   new / can take
--   months       number  mean months from creation to closing: won x their months + lost x theirs
--   won_months   number  of the won
--   lost_months  number  of the lost
--   won          count   closed in the twelve months
--   closed       count   won + lost
--   win_rate     rate(won/closed)  share of the won in the mean
--   at_once      number "At once"    deals that a seller can work on: the assumption active_deals
-- drill:      deals slice=slice

WITH deals AS (
    SELECT *
    FROM deals_valued(as_of(), as_of(), false, NULL)
    WHERE within_scope
),

working AS (
    SELECT slice, count(*) AS open, count(DISTINCT owner_id) AS sellers
    FROM deals
    WHERE state = 'open'
        AND category IS DISTINCT FROM 'omitted'
        AND (close_date IS NULL OR close_date >= as_of())
    GROUP BY slice
),

-- A month is thirty days here, as the days of a sale are counted.
closed AS (
    SELECT
        slice,
        count(*) AS closed,
        count(*) FILTER (state = 'won') AS won,
        avg(close_date - created_on) FILTER (state = 'won' AND created_on <= close_date) / 30.0
            AS won_months,
        avg(close_date - created_on) FILTER (state = 'lost' AND created_on <= close_date) / 30.0
            AS lost_months
    FROM deals
    WHERE state IN ('won', 'lost')
        AND close_date BETWEEN as_of() - 364 AND as_of()
    GROUP BY slice
),

told AS (
    SELECT
        coalesce(working.slice, closed.slice) AS slice,
        coalesce(working.sellers, 0) AS sellers,
        coalesce(working.open, 0) AS open,
        coalesce(closed.closed, 0) AS closed,
        coalesce(closed.won, 0) AS won,
        closed.won_months,
        closed.lost_months,
        CASE
            WHEN closed.won = closed.closed THEN closed.won_months
            WHEN closed.won = 0 THEN closed.lost_months
            ELSE rate_of(closed.won, closed.closed) * closed.won_months
                + (1 - rate_of(closed.won, closed.closed)) * closed.lost_months
        END AS months,
        CAST(assumption('active_deals', '*', as_of()) AS DOUBLE) AS at_once
    FROM working
    FULL JOIN closed ON closed.slice = working.slice
),

loaded AS (
    SELECT
        *,
        CASE WHEN sellers > 0 THEN open / CAST(sellers AS DOUBLE) END AS per_seller,
        CASE WHEN sellers > 0 THEN closed / 12.0 / sellers END AS new_a_month,
        CASE WHEN months > 0 THEN at_once / months END AS can_take
    FROM told
)

SELECT
    slice,
    CASE
        WHEN new_a_month IS NULL OR can_take IS NULL THEN 'unknown'
        WHEN new_a_month > can_take THEN 'over'
        WHEN new_a_month > can_take * CAST(assumption('roi_utilisation', '*', as_of()) AS DOUBLE)
            THEN 'full'
        ELSE 'room'
    END AS verdict,
    sellers,
    open,
    per_seller,
    CAST(new_a_month AS DOUBLE) AS new_a_month,
    can_take,
    CAST(new_a_month / can_take AS DOUBLE) AS load,
    months,
    won_months,
    lost_months,
    won,
    closed,
    rate_of(won, closed) AS win_rate,
    at_once
FROM loaded
ORDER BY slice = not_set(), slice
