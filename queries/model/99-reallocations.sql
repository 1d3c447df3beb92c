-- What moving people and money from one region to another costs and should bring (domain M8.3).

-- Expected by the end of so many quarters: nothing while the first sales are on their way, then a quarter
-- of the year's for each, four at most.
CREATE OR REPLACE TEMP MACRO due_by(of_a_year, quarters, lag) AS
    CAST(of_a_year * greatest(0, least(4, quarters) - lag) / 4 AS DECIMAL(18, 2));

-- Every reallocation with the sum of what it costs once, what is given up in a year, and after how many
-- quarters both are earned back. NULL: never. What is given up is gone at once, what is gained comes a
-- sale later.
CREATE OR REPLACE TEMP MACRO reallocation_moves() AS TABLE
    WITH priced AS (
        SELECT
            move.*,
            states.since,
            lag.quarters AS lag,
            CAST(
                coalesce(move.transition_cost, 0) + coalesce(move.severance, 0)
                + coalesce(move.holdover, 0)
                + coalesce(
                    CAST(move.ramp_months * CAST(move.productivity AS DOUBLE) * coalesce(move.heads, 1)
                        AS DECIMAL(18, 2)),
                    0
                ) AS DECIMAL(18, 2)
            ) AS transition,
            coalesce(
                move.given_up,
                CAST(CAST(move.amount AS DOUBLE) * greatest(0, 1 + coalesce(move.marginal_from, 0))
                    AS DECIMAL(18, 2))
            ) AS lost
        FROM record_reallocation AS move
        INNER JOIN record_states() AS states ON states.record_id = move.record_id
        CROSS JOIN (SELECT roi_lag() AS quarters) AS lag
    )

    SELECT
        *,
        CASE WHEN expected_margin > lost
            THEN (4 * CAST(transition AS DOUBLE) + CAST(expected_margin AS DOUBLE) * lag)
                / CAST(expected_margin - lost AS DOUBLE)
        END AS payback
    FROM priced;

-- What a region gained in the first, the first two … four quarters since a move, against the same quarters
-- of the year before: one row for each quarter that is over, of either region.
CREATE OR REPLACE TEMP MACRO reallocation_quarters() AS TABLE
    WITH finished AS (
        SELECT
            move.record_id,
            move.from_region,
            move.to_region,
            numbered.number,
            numbered.quarter_end,
            row_number() OVER (PARTITION BY move.record_id ORDER BY numbered.number) AS place
        FROM record_reallocation AS move
        INNER JOIN numbered_quarters() AS numbered
            ON numbered.quarter_start >= move.effective_on
            AND numbered.quarter_end <= least(as_of(), period_end())
    ),

    margins AS (
        SELECT * FROM region_margins()
    )

    SELECT
        finished.record_id,
        finished.place,
        finished.quarter_end,
        coalesce(now_to.margin, 0) - coalesce(before_to.margin, 0) AS gained,
        coalesce(now_from.margin, 0) - coalesce(before_from.margin, 0) AS given
    FROM finished
    LEFT JOIN margins AS now_to
        ON now_to.region = finished.to_region AND now_to.number = finished.number
    LEFT JOIN margins AS before_to
        ON before_to.region = finished.to_region AND before_to.number = finished.number - 4
    LEFT JOIN margins AS now_from
        ON now_from.region = finished.from_region AND now_from.number = finished.number
    LEFT JOIN margins AS before_from
        ON before_from.region = finished.from_region AND before_from.number = finished.number - 4;
