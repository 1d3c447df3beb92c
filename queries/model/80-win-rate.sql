-- Win rate by fiscal month and slice, with the state of each month (domain M8.2).

-- PARTIAL while the month runs and for the days of grace after it, in which late bookings come in;
-- below means strictly below, in exact decimals: 3 of 10 is not below 30 %.
CREATE OR REPLACE TEMP MACRO month_state(won, closed, threshold, month_end) AS
    CASE
        WHEN as_of() - month_end < coalesce(assumption('win_rate_grace_days', '*', as_of()), 0)
            THEN 'PARTIAL'
        WHEN closed = 0 THEN 'EMPTY'
        WHEN closed < coalesce(assumption('win_rate_min_n', '*', as_of()), 1) THEN 'LOW_N'
        WHEN CAST(won AS DECIMAL(18, 0)) < CAST(closed AS DECIMAL(18, 0)) * threshold THEN 'BELOW'
        WHEN threshold IS NOT NULL THEN 'OK'
    END;

-- Rows from the month of first_day, the first day of one, to the end of the period or the as-of day,
-- whichever is earlier; a month without closings is a row too, because it ends a streak.
CREATE OR REPLACE TEMP MACRO win_rate_months(first_day) AS TABLE
    WITH closings AS (
        SELECT
            month_start,
            slice,
            CAST(sum(deals) FILTER (won) AS BIGINT) AS won,
            CAST(sum(deals) AS BIGINT) AS closed,
            sum(amount) FILTER (won) AS won_amount,
            sum(amount) AS closed_amount,
            CAST(sum(deals) FILTER (amount IS NULL) AS BIGINT) AS unvalued
        FROM closing_months_at(as_of())
        WHERE month_start >= first_day
            AND month_start <= period_end()
        GROUP BY ALL
    ),

    -- Dated after the as-of day is a mistake of the CRM; its month is shown all the same.
    span AS (
        SELECT
            min(month_start) AS first,
            least(period_end(), greatest(as_of(), max(month_start))) AS last
        FROM closings
    ),

    spine AS (
        SELECT
            calendar.month_start,
            calendar.month_end,
            calendar.month,
            slices.slice
        FROM settings.fiscal_month AS calendar
        CROSS JOIN span
        CROSS JOIN (SELECT DISTINCT slice FROM closings) AS slices
        WHERE calendar.month_start BETWEEN span.first AND span.last
    ),

    -- The threshold in force on the first day of the month: the segment's own, else the general.
    thresholds AS (
        SELECT
            spine.month_start,
            spine.slice,
            arg_min(history.value, history.scope = '*') AS threshold
        FROM spine
        INNER JOIN assumption_history() AS history
            ON history.name = 'win_rate_threshold'
            AND history.scope IN ('*', CASE WHEN sliced_by() = 'segment' THEN spine.slice END)
            AND spine.month_start >= history.effective_from
            AND spine.month_start < history.effective_to
        GROUP BY spine.month_start, spine.slice
    )

    SELECT
        spine.month_start,
        spine.month_end,
        spine.month,
        spine.slice,
        coalesce(closings.won, 0) AS won,
        coalesce(closings.closed, 0) AS closed,
        closings.won_amount,
        closings.closed_amount,
        coalesce(closings.unvalued, 0) AS unvalued,
        thresholds.threshold,
        month_state(
            coalesce(closings.won, 0), coalesce(closings.closed, 0), thresholds.threshold,
            spine.month_end
        ) AS state
    FROM spine
    LEFT JOIN closings
        ON closings.month_start = spine.month_start AND closings.slice = spine.slice
    LEFT JOIN thresholds
        ON thresholds.month_start = spine.month_start AND thresholds.slice = spine.slice;
