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
--                        quarter is over in which something was due; waits: it is not decided
--   check         state  the look that is due: first, second, fourth; NULL: none yet
--   quarters      count  quarters since the move that are over
--   gained        money  margin of the receiving region in them - in the same quarters a year before
--   expected      money  expected margin of a year x these quarters less the lag / 4, four at most
--   amount        money  cost moved, a year
--   transition    money  what the move costs once: severance, lost months of ramp, holdover and other
--   given_up      money  margin given up in a year: as it was written, else the cost moved at the marginal
--                        return there
--   payback       number "Payback"  quarters until the expected margin, a sale later, has paid for both;
--                        NULL: never
--   heads         number "People"  who move
--   effective_on  date   from when
--   owner         text   who sees to it
-- private:    owner
-- opens:      reallocation record=record

WITH moves AS (
    SELECT *
    FROM reallocation_moves()
    WHERE state NOT IN ('closed', 'rejected', 'reversed')
        OR since >= period_start()
),

passed AS (
    SELECT
        record_id,
        max(place) AS quarters,
        sum(gained) FILTER (place <= 4) AS gained
    FROM reallocation_quarters()
    GROUP BY record_id
),

checked AS (
    SELECT
        moves.*,
        coalesce(passed.quarters, 0) AS quarters,
        CAST(passed.gained AS DECIMAL(18, 2)) AS gained,
        CASE WHEN passed.quarters > 0
            THEN due_by(moves.expected_margin, passed.quarters, moves.lag)
        END AS expected
    FROM moves
    LEFT JOIN passed ON passed.record_id = moves.record_id
)

SELECT
    record_id AS record,
    from_region,
    to_region,
    state,
    CASE
        WHEN state IN ('draft', 'proposed', 'rejected') THEN 'waits'
        WHEN quarters <= lag THEN 'too early'
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
    transition,
    lost AS given_up,
    payback,
    heads,
    effective_on,
    owner
FROM checked
ORDER BY list_position(['behind', 'too early', 'waits', 'met'], verdict), effective_on, record_id
