-- figure:     reallocations
-- title:      Reallocations
-- question:   What was moved where, and has it brought what it should after one, two and four quarters?
-- curriculum: M8.3
-- source:     domain M8.3, post-move check: margin of the receiving region since the move against the same
--             quarters a year before, beside the part of the expectation that is due by then
-- grain:      one row per reallocation that is not finished, or was finished since the period began
-- needs:      bookings
-- parameters:
--   period_start  date      what was finished before this day is not shown
--   period_end    date      no quarter that ends later is looked at
--   as_of         date      bookings by what is known on this day, at its plan rates
--   known_at      instant?  what was written after this instant is not seen
-- columns:
--   record        id     reallocation
--   from_region   text   gave
--   to_region     text   received
--   state         state  draft, proposed, decided, closed, rejected or reversed
--   verdict       state  met: the margin gained is no less than expected by then; behind; too early: no
--                        quarter is over; waits: it is not decided
--   check         state  the look that is due: first, second, fourth; NULL: none yet
--   quarters      count  quarters since the move that are over
--   gained        money  margin of the receiving region in them - in the same quarters a year before
--   expected      money  expected margin of a year x these quarters / 4, four at most
--   amount        money  cost moved, a year
--   transition    money  what the move costs once
--   payback       number "Payback"  quarters until the expected margin has paid for the move; NULL: never
--   heads         number "People"  who move
--   effective_on  date   from when
--   owner         text   who sees to it
-- opens:      reallocation record=record

WITH moves AS (
    SELECT
        move.*,
        states.since
    FROM record_reallocation AS move
    INNER JOIN record_states() AS states ON states.record_id = move.record_id
    WHERE move.state NOT IN ('closed', 'rejected', 'reversed')
        OR states.since >= period_start()
),

finished AS (
    SELECT
        moves.record_id,
        numbered.number,
        row_number() OVER (PARTITION BY moves.record_id ORDER BY numbered.number) AS place
    FROM moves
    INNER JOIN numbered_quarters() AS numbered
        ON numbered.quarter_start >= moves.effective_on
        AND numbered.quarter_end <= least(as_of(), period_end())
),

gains AS (
    SELECT
        moves.record_id,
        count(*) AS quarters,
        sum(coalesce(now.margin, 0) - coalesce(before.margin, 0)) AS gained
    FROM moves
    INNER JOIN finished ON finished.record_id = moves.record_id AND finished.place <= 4
    LEFT JOIN region_margins() AS now
        ON now.region = moves.to_region AND now.number = finished.number
    LEFT JOIN region_margins() AS before
        ON before.region = moves.to_region AND before.number = finished.number - 4
    GROUP BY moves.record_id
),

passed AS (
    SELECT record_id, max(place) AS quarters FROM finished GROUP BY record_id
),

checked AS (
    SELECT
        moves.*,
        coalesce(passed.quarters, 0) AS quarters,
        CAST(gains.gained AS DECIMAL(18, 2)) AS gained,
        CAST(moves.expected_margin * gains.quarters / 4 AS DECIMAL(18, 2)) AS expected
    FROM moves
    LEFT JOIN gains ON gains.record_id = moves.record_id
    LEFT JOIN passed ON passed.record_id = moves.record_id
)

SELECT
    record_id AS record,
    from_region,
    to_region,
    state,
    CASE
        WHEN state IN ('draft', 'proposed', 'rejected') THEN 'waits'
        WHEN quarters = 0 THEN 'too early'
        WHEN gained >= expected THEN 'met'
        WHEN gained < expected THEN 'behind'
    END AS verdict,
    CASE
        WHEN state NOT IN ('decided', 'closed') OR quarters = 0 THEN NULL
        WHEN quarters >= 4 THEN 'fourth'
        WHEN quarters >= 2 THEN 'second'
        ELSE 'first'
    END AS check,
    quarters,
    gained,
    expected,
    amount,
    transition_cost AS transition,
    CASE WHEN expected_margin > amount
        THEN 4 * CAST(transition_cost AS DOUBLE) / CAST(expected_margin - amount AS DOUBLE)
    END AS payback,
    heads,
    effective_on,
    owner
FROM checked
ORDER BY list_position(['behind', 'too early', 'waits', 'met'], verdict), effective_on, record_id
