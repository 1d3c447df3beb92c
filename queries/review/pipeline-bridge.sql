-- figure:     pipeline-bridge
-- title:      Pipeline movement
-- question:   How did the pipeline of the period become what it is at the end of it?
-- curriculum: M8.1
-- source:     domain M8.1, bridge B1: every pair of states is one line, and nothing is left over
-- grain:      one row per line of the bridge
-- needs:      opportunities
-- parameters:
--   period_start  date  from the newest export on or before this day, else the first within the period
--   period_end    date  to the newest export at most the days of late booking after this day
--   as_of         date  no export after this day
-- columns:
--   line     text              what happened
--   role     state             start, step, end; memo: a line that does not touch the open pipeline.
--                              No rows at all: fewer than two exports tell the period. Exchange rates are
--                              a line wherever anything is in another currency
--   deals    count             opportunities behind it
--   amount   money "Pipeline"  effect on the pipeline that is open and expected in the period;
--                              NULL: has none. What leaves counts with its amount at the start, what
--                              arrives with that at the end; omitted deals are not in the pipeline
--   booked   money "Booked"    effect on the bookings of the period; NULL: has none
--   worth    money             amount of these deals, as of the end where they are still there
--   day      date              day of the export, on the first and the last line
--   origin   state             how that day is known: export, or derived from a log of changes
-- chart:      bridge label=line value=amount role=role
-- drill:      pipeline-moves line=line

WITH days AS (
    SELECT * FROM snapshot_pair()
),

moves AS (
    SELECT * FROM pipeline_movements(opening_snapshot(), closing_snapshot())
),

-- Start and end are added up from the exports by themselves and not from the moves, so that the
-- residual would show a deal that the matrix forgot or counted twice.
opening AS (
    SELECT
        count(*) FILTER (place = 'open') AS deals,
        coalesce(sum(amount) FILTER (place = 'open'), 0) AS amount,
        coalesce(sum(amount) FILTER (place = 'won'), 0) AS booked
    FROM (
        SELECT amount, place_of(state, category, close_date) AS place
        FROM sliced_deals_at(opening_snapshot(), opening_snapshot())
        WHERE close_date BETWEEN period_start() AND period_end()
    )
),

closing AS (
    SELECT
        count(*) FILTER (place = 'open') AS deals,
        coalesce(sum(amount) FILTER (place = 'open'), 0) AS amount,
        coalesce(sum(amount) FILTER (place = 'won'), 0) AS booked
    FROM (
        SELECT amount, place_of(state, category, close_date) AS place
        FROM sliced_deals_at(closing_snapshot(), closing_snapshot())
        WHERE close_date BETWEEN period_start() AND period_end()
    )
),

moved AS (
    SELECT
        line,
        count(*) AS deals,
        sum(open_effect) FILTER (place_before = 'open' OR place_after = 'open') AS amount,
        sum(booked_effect) FILTER (place_before = 'won' OR place_after = 'won') AS booked,
        sum(coalesce(amount_after, amount_before)) AS worth
    FROM moves
    -- Their effects are all change or currency, which have lines of their own.
    WHERE line NOT IN ('Stayed', 'Already won')
    GROUP BY line
),

changed AS (
    SELECT
        CASE WHEN change > 0 THEN 'Amount up' ELSE 'Amount down' END AS line,
        count(*) AS deals,
        sum(change) FILTER (place_after = 'open') AS amount,
        sum(change) FILTER (place_after = 'won') AS booked,
        sum(amount_after) AS worth
    FROM moves
    WHERE change <> 0
    GROUP BY ALL
),

revalued AS (
    SELECT
        'Exchange rates' AS line,
        count(*) FILTER (fx <> 0) AS deals,
        coalesce(sum(fx) FILTER (place_after = 'open'), 0) AS amount,
        sum(fx) FILTER (fx <> 0 AND place_after = 'won') AS booked,
        sum(amount_after) FILTER (fx <> 0) AS worth
    FROM moves
    HAVING deals > 0
        OR currencies_in_play()
),

steps AS (
    SELECT * FROM moved
    UNION ALL BY NAME
    SELECT * FROM changed
    UNION ALL BY NAME
    SELECT * FROM revalued
),

stepped AS (
    SELECT
        coalesce(sum(amount), 0) AS amount,
        coalesce(sum(booked), 0) AS booked
    FROM steps
),

residual AS (
    SELECT
        closing.amount - opening.amount - stepped.amount AS amount,
        closing.booked - opening.booked - stepped.booked AS booked
    FROM opening
    CROSS JOIN closing
    CROSS JOIN stepped
),

lines AS (
    SELECT 'Open at start' AS line, 'start' AS role, deals, amount, booked, amount AS worth,
        days.opened_on AS day
    FROM opening CROSS JOIN days
    UNION ALL BY NAME
    SELECT line, CASE WHEN amount IS NULL THEN 'memo' ELSE 'step' END AS role, deals, amount, booked,
        worth
    FROM steps CROSS JOIN days
    UNION ALL BY NAME
    SELECT 'Residual' AS line, 'step' AS role, 0 AS deals, amount, booked
    FROM residual CROSS JOIN days
    UNION ALL BY NAME
    SELECT 'Open at end' AS line, 'end' AS role, deals, amount, booked, amount AS worth,
        days.closed_on AS day
    FROM closing CROSS JOIN days
)

SELECT
    line,
    role,
    deals,
    CAST(amount AS DECIMAL(18, 2)) AS amount,
    CAST(booked AS DECIMAL(18, 2)) AS booked,
    CAST(worth AS DECIMAL(18, 2)) AS worth,
    day,
    snapshot_origin(day) AS origin
FROM lines
ORDER BY
    list_position(['start', 'step', 'end', 'memo'], role),
    line = 'Residual',
    list_position([
        'New', 'Entered scope', 'Pulled in', 'Re-dated in', 'Restored', 'Reopened', 'Un-won',
        'Amount up', 'Amount down', 'Exchange rates',
        'Won', 'Won elsewhere', 'Slipped', 'Re-dated out', 'Lost', 'Cancelled', 'Omitted', 'Removed',
        'New & won', 'Entered & won', 'Pulled in & won', 'Re-dated & won', 'Restored & won',
        'Reopened & won', 'Booking re-dated in', 'Booking re-dated out', 'Reversed',
        'Cancelled after booking', 'Booking removed',
        'New & lost', 'New & cancelled', 'Other lost', 'Other cancelled'
    ], line),
    line
