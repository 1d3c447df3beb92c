-- figure:     forecast-bridge
-- title:      From the call to the actual
-- question:   Why did we book something else than we had called?
-- curriculum: M8.1
-- source:     domain M8.1, bridge B2. Exchange rates: what new plan rates made of the call since it was
--             submitted; all lines after it are at the plan rates of the as-of day
-- grain:      one row per line of the bridge
-- needs:      opportunities, forecasts
-- parameters:
--   quarter       text  the period under review
--   period_start  date  calls for this period; deals from the newest export on or before this day
--   period_end    date  last day of the period
--   as_of         date  bookings by what is known on this day, and at its plan rates
-- columns:
--   line           text   what happened
--   role           state  start, step, total, end. No rows at all: fewer than two exports tell the period
--   deals          count  opportunities behind it; NULL on the call and the overlay, which have none
--   amount         money  what it adds to or takes from the amount above it
--   share_of_call  share  amount / call; NULL without a call
--   gross          money "Gross error"  sizes of the steps so far, whatever their sign; on the last
--                         line, how much went otherwise than called
--   origin         state  how the deals of the line are known: export, or derived from a log of changes;
--                         only on the commit at the start and on what was won of it
--   material       flag   a step of more than 5 % of the call, unless set otherwise
--   explained      share  part of the step that its note explains; NULL: no note does
--   line_id        id "Line"  the same line has the same id on every run
--   note           id     its variance note; NULL: none
--   period         text   the quarter or year under review
-- chart:      bridge label=line value=amount role=role
-- drill:      forecast-moves line=line
-- opens:      variance-note finding=line_id line=line quarter=period variance=amount record=note

WITH call AS (
    SELECT
        sum(amount) AS amount,
        sum(amount_then) AS amount_then
    FROM forecast_calls()
),

moves AS (
    SELECT * FROM forecast_movements()
),

rolled_up AS (
    SELECT
        count(*) FILTER (rolled_up) AS deals,
        coalesce(sum(start_amount), 0) AS amount
    FROM moves
),

actual AS (
    SELECT
        count(*) AS deals,
        coalesce(sum(amount), 0) AS amount
    FROM bookings()
),

steps AS (
    SELECT
        CASE
            WHEN line = 'Won from commit' AND effect > 0 THEN 'Amount up'
            WHEN line = 'Won from commit' THEN 'Amount down'
            WHEN line = 'Already won' THEN 'Restated'
            ELSE line
        END AS line,
        count(*) AS deals,
        sum(effect) AS amount
    FROM moves
    WHERE NOT (line IN ('Won from commit', 'Already won') AND effect = 0)
    GROUP BY ALL
),

-- The lines up to here are what became of the commit; after them comes what nobody had committed.
commit_won AS (
    SELECT
        (SELECT count(*) FROM moves WHERE rolled_up AND place_after = 'won') AS deals,
        (SELECT amount FROM rolled_up) + coalesce(sum(amount), 0) AS amount
    FROM steps
    WHERE line IN (
        'Amount up', 'Amount down', 'Slipped', 'Still open', 'Lost', 'Cancelled or removed',
        'Restated', 'Reversed'
    )
),

residual AS (
    SELECT
        (SELECT amount FROM actual) - (SELECT amount FROM rolled_up) - coalesce(sum(amount), 0)
            AS amount
    FROM steps
),

lines AS (
    SELECT 'Call' AS line, 'start' AS role, NULL AS deals, amount_then AS amount
    FROM call
    WHERE amount IS NOT NULL
    UNION ALL BY NAME
    SELECT 'Exchange rates' AS line, 'step' AS role, amount - amount_then AS amount
    FROM call
    WHERE amount <> amount_then
        OR (amount IS NOT NULL AND currencies_in_play())
    UNION ALL BY NAME
    SELECT 'Overlay' AS line, 'step' AS role, rolled_up.amount - call.amount AS amount
    FROM call CROSS JOIN rolled_up
    WHERE call.amount IS NOT NULL
    UNION ALL BY NAME
    SELECT
        'Rolled-up commit' AS line,
        CASE WHEN call.amount IS NULL THEN 'start' ELSE 'total' END AS role,
        rolled_up.deals,
        rolled_up.amount
    FROM rolled_up CROSS JOIN call
    UNION ALL BY NAME
    SELECT line, 'step' AS role, deals, amount FROM steps
    UNION ALL BY NAME
    SELECT 'Commit won' AS line, 'total' AS role, deals, amount FROM commit_won
    UNION ALL BY NAME
    SELECT 'Residual' AS line, 'step' AS role, 0 AS deals, amount FROM residual
    UNION ALL BY NAME
    SELECT 'Actual' AS line, 'end' AS role, deals, amount FROM actual
),

placed AS (
    SELECT
        *,
        'bridge/' || getvariable('quarter') || '/' || line || filtered_to() AS line_id,
        list_position([
            'Call', 'Exchange rates', 'Overlay', 'Rolled-up commit',
            'Slipped', 'Still open', 'Lost', 'Cancelled or removed', 'Amount up', 'Amount down',
            'Restated', 'Reversed',
            'Commit won',
            'Won from best case', 'Won from pipeline', 'Restored & won', 'Pulled in & won',
            'Re-dated & won', 'Created & won', 'Entered & won', 'Reopened & won',
            'Booking re-dated in', 'Booked late', 'Residual',
            'Actual'
        ], line) AS place
    FROM lines
    WHERE EXISTS (SELECT 1 FROM snapshot_pair())
)

SELECT
    placed.line,
    placed.role,
    placed.deals,
    CAST(placed.amount AS DECIMAL(18, 2)) AS amount,
    share_of(placed.amount, call.amount) AS share_of_call,
    CAST(coalesce(
        sum(abs(placed.amount)) FILTER (placed.role = 'step') OVER (ORDER BY placed.place), 0
    ) AS DECIMAL(18, 2)) AS gross,
    CASE placed.line
        WHEN 'Rolled-up commit' THEN snapshot_origin(opening_snapshot())
        WHEN 'Commit won' THEN snapshot_origin(closing_snapshot())
    END AS origin,
    placed.role = 'step' AND is_material(placed.amount, call.amount) AS material,
    share_of(explained_part(placed.amount, notes.amount), abs(placed.amount)) AS explained,
    placed.line_id,
    notes.record_id AS note,
    getvariable('quarter') AS period
FROM placed
CROSS JOIN call
LEFT JOIN variance_notes() AS notes ON notes.line_id = placed.line_id
ORDER BY placed.place
