-- figure:     reallocation-options
-- title:      Moves side by side
-- question:   Which of the moves on the table earns most, how soon, and what stands against it?
-- curriculum: M8.3
-- source:     domain M8.3: scenario with the cost of the move, the trough of one sale, and the quarter in
--             which it has paid back; at most a part of a region's cost in a quarter
-- grain:      one row per reallocation in draft, proposed or decided
-- needs:      costs, bookings
-- parameters:
--   period_end  date      the year up to this day against the year before
--   as_of       date      what is known on this day, and all money at its plan rates
--   known_at    instant?  what was written after this instant is not seen
-- columns:
--   move        text   record and regions
--   state       state  draft, proposed or decided
--   first_year  money  gained - given up - cost of the move in the year from its first day
--   transition  money  what the move costs once
--   gain        money  margin it should bring, a year
--   given_up    money  margin given up, a year
--   payback     number  quarters until both are earned back; NULL: never
--   paid_in     text "Paid back"  fiscal quarter in which they are
--   by_return   money "By the return"  what the cost moved brings a year at the marginal return here today:
--                      far below what it should bring, and the expectation needs another reason
--   amount      money  cost moved, a year
--   of_cap      share "Of the cap"  of it, a quarter, in what may move at once from that region
--   over_cap    flag   more than that
--   marginal_from  share "Return there"  marginal return of the region that gives, today
--   marginal_to    share "Return here"   of the one that receives, today
--   evidence    number "Quarters"  of evidence, as it was written
--   effective_on  date  from when
--   record      id     reallocation
-- chart:      bar label=move value=first_year reference=transition
-- opens:      reallocation record=record

WITH moves AS (
    SELECT *
    FROM reallocation_moves()
    WHERE state IN ('draft', 'proposed', 'decided')
),

returns AS (
    SELECT region, marginal_roi FROM region_returns()
),

spent AS (
    SELECT region, cost FROM region_costs() WHERE number = 0
),

quarters AS (
    SELECT DISTINCT quarter, quarter_start FROM settings.fiscal_month
),

told AS (
    SELECT
        moves.*,
        giving.marginal_roi AS from_roi,
        taking.marginal_roi AS to_roi,
        CASE WHEN spent.cost > 0
            THEN CAST(moves.amount AS DOUBLE) / 4
                / (CAST(spent.cost AS DOUBLE)
                    * CAST(assumption('reallocation_cap', '*', as_of()) AS DOUBLE))
        END AS of_cap
    FROM moves
    LEFT JOIN returns AS giving ON giving.region = moves.from_region
    LEFT JOIN returns AS taking ON taking.region = moves.to_region
    LEFT JOIN spent ON spent.region = moves.from_region
),

-- The fiscal quarter so many after the one of the first day.
paid AS (
    SELECT told.record_id, calendar.quarter
    FROM told
    INNER JOIN (
        SELECT told.record_id, quarters.quarter,
            row_number() OVER (PARTITION BY told.record_id ORDER BY quarters.quarter_start) AS place
        FROM told
        INNER JOIN quarters ON quarters.quarter_start >= told.effective_on
    ) AS calendar
        ON calendar.record_id = told.record_id
        AND calendar.place
            = CASE WHEN told.payback > 1 THEN CAST(ceil(told.payback) AS INTEGER)
                WHEN told.payback IS NOT NULL THEN 1 END
)

SELECT
    told.record_id || ' ' || from_region || ' to ' || to_region AS move,
    state,
    CAST(due_by(expected_margin, 4, lag) - lost - transition AS DECIMAL(18, 2)) AS first_year,
    transition,
    expected_margin AS gain,
    lost AS given_up,
    payback,
    paid.quarter AS paid_in,
    CAST(CAST(amount AS DOUBLE) * (1 + to_roi) AS DECIMAL(18, 2)) AS by_return,
    amount,
    of_cap,
    coalesce(of_cap > 1, false) AS over_cap,
    from_roi AS marginal_from,
    to_roi AS marginal_to,
    evidence,
    effective_on,
    told.record_id AS record
FROM told
LEFT JOIN paid ON paid.record_id = told.record_id
ORDER BY first_year DESC NULLS LAST, record
