-- Pipeline velocity and its four drivers (domain M8.6): V = n x w x a / c.

-- By slice, as the deals stood on one day, with the closings of the twelve months up to another: the
-- two differ when the period ends before the as-of day. Money at the plan rates of the as-of day.
CREATE OR REPLACE TEMP MACRO velocity_at(seen_on, up_to) AS TABLE
    WITH deals AS (
        SELECT *
        FROM deals_valued(seen_on, as_of(), false, NULL)
    ),

    closed AS (
        SELECT
            slice,
            state = 'won' AS won,
            amount,
            CASE WHEN state = 'won' AND close_date >= created_on THEN close_date - created_on END
                AS days,
            coalesce(
                amount > calibration_mega() * quantile_cont(amount::DOUBLE, 0.95)
                    FILTER (state = 'won') OVER (),
                false
            ) AS mega
        FROM deals
        WHERE within_scope
            AND state IN ('won', 'lost')
            AND close_date BETWEEN up_to - 364 AND up_to
    ),

    drivers AS (
        SELECT
            slice,
            count(*) FILTER (won) AS won,
            count(*) AS closed,
            avg(amount::DOUBLE) FILTER (won AND NOT mega) AS mean_won,
            avg(days) FILTER (won) AS days,
            median(days) FILTER (won) AS median_days,
            count(*) FILTER (won AND mega) AS mega
        FROM closed
        GROUP BY slice
    ),

    pipeline AS (
        SELECT slice, count(*) AS open
        FROM deals
        WHERE within_scope
            AND state = 'open'
            AND category IS DISTINCT FROM 'omitted'
            AND (close_date IS NULL OR close_date >= up_to)
        GROUP BY slice
    )

    SELECT
        coalesce(drivers.slice, pipeline.slice) AS slice,
        coalesce(pipeline.open, 0) AS open,
        coalesce(drivers.won, 0) AS won,
        coalesce(drivers.closed, 0) AS closed,
        drivers.mean_won,
        drivers.days,
        drivers.median_days,
        coalesce(drivers.mega, 0) AS mega,
        CASE
            WHEN drivers.won > 0 AND drivers.days > 0 AND drivers.mean_won > 0
                THEN coalesce(pipeline.open, 0) * rate_of(drivers.won, drivers.closed)
                    * drivers.mean_won / drivers.days
        END AS velocity
    FROM drivers
    FULL JOIN pipeline ON pipeline.slice = drivers.slice;
