-- figure:     reallocation-checks
-- title:      Has the move brought what it should?
-- question:   What came after one, two and four quarters, and what was expected by then?
-- curriculum: M8.3
-- source:     domain M8.3, check after the move at one, two and four quarters against what was expected
-- grain:      one row per decided reallocation and check
-- needs:      bookings
-- parameters:
--   period_end  date      no quarter that ends later is looked at
--   as_of       date      bookings by what is known on this day, at its plan rates
--   known_at    instant?  what was written after this instant is not seen
-- columns:
--   move        text   record and regions
--   look        count "After"  quarters: 1, 2, 4
--   verdict     state  met: gained no less than was due; behind; too early: nothing was due yet; later: the
--                      quarter is not over
--   due_on      date   last day of that quarter
--   gained      money  margin of the receiving region since the move - in the same quarters a year before
--   expected    money  due by then: nothing while the first sales are on their way
--   given       money "There"  the same change in the region that gave; below zero: lost
--   given_up    money "Given up"  what it was to lose by then
--   both        money "Together"  gained + the change there
--   reverse_if  text   what would have it taken back
--   record      id     reallocation
-- chart:      bar label=move value=gained reference=expected
-- opens:      reallocation record=record

WITH moves AS (
    SELECT *
    FROM reallocation_moves()
    WHERE state IN ('decided', 'closed', 'reversed')
        AND effective_on IS NOT NULL
),

over AS (
    SELECT * FROM reallocation_quarters()
),

looks AS (
    SELECT
        moves.*,
        look.quarters
    FROM moves
    CROSS JOIN (VALUES (1), (2), (4)) AS look (quarters)
),

ends AS (
    SELECT
        moves.record_id,
        calendar.quarter_end,
        row_number() OVER (PARTITION BY moves.record_id ORDER BY calendar.quarter_end) AS place
    FROM moves
    INNER JOIN (SELECT DISTINCT quarter_start, quarter_end FROM settings.fiscal_month) AS calendar
        ON calendar.quarter_start >= moves.effective_on
),

told AS (
    SELECT
        looks.*,
        ends.quarter_end AS due_on,
        sums.gained,
        sums.given,
        sums.places
    FROM looks
    INNER JOIN ends ON ends.record_id = looks.record_id AND ends.place = looks.quarters
    LEFT JOIN (
        SELECT
            look.record_id,
            look.quarters,
            sum(over.gained) AS gained,
            sum(over.given) AS given,
            count(*) AS places
        FROM looks AS look
        INNER JOIN over ON over.record_id = look.record_id AND over.place <= look.quarters
        GROUP BY look.record_id, look.quarters
    ) AS sums ON sums.record_id = looks.record_id AND sums.quarters = looks.quarters
),

judged AS (
    SELECT
        *,
        coalesce(places, 0) = quarters AS is_over,
        due_by(expected_margin, quarters, lag) AS expected
    FROM told
)

SELECT
    record_id || ' ' || from_region || ' to ' || to_region || ', ' || quarters AS move,
    quarters AS look,
    CASE
        WHEN NOT is_over THEN 'later'
        WHEN quarters <= lag THEN 'too early'
        WHEN gained >= expected THEN 'met'
        WHEN gained < expected THEN 'behind'
    END AS verdict,
    due_on,
    CASE WHEN is_over THEN CAST(gained AS DECIMAL(18, 2)) END AS gained,
    expected,
    CASE WHEN is_over THEN CAST(given AS DECIMAL(18, 2)) END AS given,
    CAST(-lost * quarters / 4 AS DECIMAL(18, 2)) AS given_up,
    CASE WHEN is_over THEN CAST(gained + given AS DECIMAL(18, 2)) END AS both,
    reverse_if,
    record_id AS record
FROM judged
ORDER BY record_id, quarters
