-- Win rate by fiscal month and slice, with the state of each month (domain M8.2).

-- How win rates are judged: for each segment the rule in force on the as-of day, `*` for all others.
CREATE OR REPLACE TEMP MACRO alert_rules() AS TABLE
    SELECT
        segment,
        policy,
        measure,
        basis,
        CAST(margin AS DECIMAL(18, 4)) AS margin,
        CAST(min_closings AS INTEGER) AS min_closings,
        record_id
    FROM record_alert_rule
    WHERE state = 'in-force'
        AND effective_on <= as_of()
    QUALIFY row_number() OVER (
        PARTITION BY segment ORDER BY effective_on DESC, updated_at DESC, record_id DESC
    ) = 1;

-- How far above the threshold a month must be to speak for an alert's end.
CREATE OR REPLACE TEMP MACRO alert_hysteresis() AS
    CAST(judged_by('alert_hysteresis', 0.02) AS DOUBLE);

CREATE OR REPLACE TEMP MACRO grace_days() AS
    CAST(judged_by('win_rate_grace_days', 0) AS INTEGER);

-- PARTIAL while the month runs and for the days of grace after it, in which late bookings come in;
-- below means strictly below, in exact decimals: 3 of 10 is not below 30 %. What is compared are deals, or
-- their amounts where the rule says so; amounts that nobody entered leave too little to judge by.
CREATE OR REPLACE TEMP MACRO month_state(month_end, closed, least, part, whole, threshold) AS
    CASE
        WHEN as_of() - month_end < grace_days() THEN 'PARTIAL'
        WHEN closed = 0 THEN 'EMPTY'
        WHEN closed < least OR whole IS NULL THEN 'LOW_N'
        WHEN CAST(part AS DECIMAL(20, 2)) < CAST(whole AS DECIMAL(20, 2)) * threshold THEN 'BELOW'
        WHEN threshold IS NOT NULL THEN 'OK'
    END;

-- What was counted when each month was complete for the first time: by the first export after its days of
-- grace. A month that is counted otherwise today has been restated.
CREATE OR REPLACE TEMP MACRO first_complete_exports(first_day) AS TABLE
    SELECT
        calendar.month_start,
        min(snapshot.taken_on) AS told_on
    FROM settings.fiscal_month AS calendar
    INNER JOIN facts.snapshot AS snapshot
        ON snapshot.taken_on >= calendar.month_end + grace_days()
        AND snapshot.taken_on <= as_of()
    WHERE calendar.month_start >= first_day
    GROUP BY calendar.month_start;

CREATE OR REPLACE TEMP MACRO closings_first_told(first_day) AS TABLE
    SELECT
        months.month_start,
        months.slice,
        CAST(coalesce(sum(months.deals) FILTER (months.won), 0) AS BIGINT) AS won,
        CAST(sum(months.deals) AS BIGINT) AS closed
    FROM first_complete_exports(first_day) AS exports
    INNER JOIN closing_month_spans() AS months
        ON months.month_start = exports.month_start
        AND months.valid_from <= exports.told_on
        AND (months.valid_to IS NULL OR months.valid_to > exports.told_on)
    GROUP BY months.month_start, months.slice;

-- Rows from the month of first_day, the first day of one, to the end of the period or the as-of day,
-- whichever is earlier; a month without closings is a row too, because it ends a streak.
CREATE OR REPLACE TEMP MACRO win_rate_months(first_day) AS TABLE
    WITH calendar AS (
        SELECT
            month_start,
            month_end,
            month,
            row_number() OVER (ORDER BY month_start) AS number
        FROM settings.fiscal_month
    ),

    -- Also those of the year before: a threshold may be taken from it.
    closings AS (
        SELECT
            calendar.number,
            months.month_start,
            months.slice,
            CAST(coalesce(sum(deals) FILTER (won), 0) AS BIGINT) AS won,
            CAST(sum(deals) AS BIGINT) AS closed,
            sum(amount) FILTER (won) AS won_amount,
            sum(amount) AS closed_amount,
            CAST(coalesce(sum(deals) FILTER (amount IS NULL), 0) AS BIGINT) AS unvalued
        FROM closing_months_at(as_of()) AS months
        INNER JOIN calendar ON calendar.month_start = months.month_start
        WHERE months.month_start <= period_end()
            AND months.month_start > first_day - 400
        GROUP BY calendar.number, months.month_start, months.slice
    ),

    -- Dated after the as-of day is a mistake of the CRM; its month is shown all the same.
    span AS (
        SELECT
            min(month_start) AS first,
            least(period_end(), greatest(as_of(), max(month_start))) AS last
        FROM closings
        WHERE month_start >= first_day
    ),

    rules AS (
        SELECT
            slices.slice,
            coalesce(rule.policy, 'strict') AS policy,
            coalesce(rule.measure, 'deals') AS measure,
            coalesce(rule.basis, 'set') AS basis,
            coalesce(rule.margin, 0) AS margin,
            coalesce(rule.min_closings, assumption('win_rate_min_n', '*', as_of()), 1) AS least
        FROM (SELECT DISTINCT slice FROM closings WHERE month_start >= first_day) AS slices
        LEFT JOIN alert_rules() AS rule
            ON rule.segment IN ('*', CASE WHEN sliced_by() = 'segment' THEN slices.slice END)
        QUALIFY row_number() OVER (PARTITION BY slices.slice ORDER BY rule.segment = '*') = 1
    ),

    spine AS (
        SELECT calendar.*, rules.*
        FROM calendar
        CROSS JOIN span
        CROSS JOIN rules
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
    ),

    -- Or so many points below the mean of the twelve months before.
    from_before AS (
        SELECT
            spine.number,
            spine.slice,
            CAST(greatest(
                round(rate_of(sum(earlier.won), sum(earlier.closed)) - any_value(spine.margin), 4), 0
            ) AS DECIMAL(18, 4)) AS threshold
        FROM spine
        INNER JOIN closings AS earlier
            ON earlier.slice = spine.slice
            AND earlier.number BETWEEN spine.number - 12 AND spine.number - 1
        WHERE spine.basis = 'trailing'
        GROUP BY spine.number, spine.slice
    ),

    judged AS (
        SELECT
            spine.*,
            coalesce(closings.won, 0) AS won,
            coalesce(closings.closed, 0) AS closed,
            closings.won_amount,
            closings.closed_amount,
            coalesce(closings.unvalued, 0) AS unvalued,
            coalesce(from_before.threshold, thresholds.threshold) AS threshold,
            CASE WHEN coalesce(closings.unvalued, 0) = 0 THEN closings.closed_amount END AS staked
        FROM spine
        LEFT JOIN closings ON closings.number = spine.number AND closings.slice = spine.slice
        LEFT JOIN thresholds
            ON thresholds.month_start = spine.month_start AND thresholds.slice = spine.slice
        LEFT JOIN from_before
            ON from_before.number = spine.number AND from_before.slice = spine.slice
    )

    SELECT
        judged.number,
        judged.month_start,
        judged.month_end,
        judged.month,
        judged.slice,
        judged.policy,
        judged.least,
        judged.won,
        judged.closed,
        judged.won_amount,
        judged.closed_amount,
        judged.unvalued,
        judged.threshold,
        month_state(
            judged.month_end,
            judged.closed,
            -- Pooled months are judged together.
            CASE WHEN judged.policy = 'pool' THEN 1 ELSE judged.least END,
            CASE WHEN judged.measure = 'amount' THEN coalesce(judged.won_amount, 0) ELSE judged.won END,
            CASE WHEN judged.measure = 'amount' THEN judged.staked ELSE judged.closed END,
            judged.threshold
        ) AS state,
        CASE WHEN export.told_on IS NOT NULL THEN coalesce(told.won, 0) END AS won_then,
        CASE WHEN export.told_on IS NOT NULL THEN coalesce(told.closed, 0) END AS closed_then,
        won_then <> judged.won OR closed_then <> judged.closed AS restated
    FROM judged
    LEFT JOIN first_complete_exports(first_day) AS export ON export.month_start = judged.month_start
    LEFT JOIN closings_first_told(first_day) AS told
        ON told.month_start = judged.month_start AND told.slice = judged.slice;

-- From where on something stands out behind a win rate: points of a share or a rate, with at least so many
-- losses; the share of one seller, and of one day.
CREATE OR REPLACE TEMP MACRO shift_points() AS
    CAST(judged_by('alert_shift_points', 0.10) AS DOUBLE);
CREATE OR REPLACE TEMP MACRO shift_min_losses() AS
    CAST(judged_by('alert_shift_min_losses', 10) AS INTEGER);
CREATE OR REPLACE TEMP MACRO concentrated_share() AS
    CAST(judged_by('alert_person_share', 0.50) AS DOUBLE);
CREATE OR REPLACE TEMP MACRO sweep_share() AS
    CAST(judged_by('alert_sweep_share', 0.25) AS DOUBLE);

-- Chance that an alert fires at least once in twelve months although nothing is wrong: with so many
-- closings a month on average, a true rate, and the rule strict. Deals come by chance, won and lost ones
-- independently of each other (domain M8.2, simulation). A month is below when won < threshold x closed.
CREATE OR REPLACE TEMP MACRO poisson(k, mean) AS
    exp(k * ln(mean) - mean - lgamma(k + 1));

CREATE OR REPLACE TEMP MACRO chance_below(closings, true_rate, threshold) AS
    list_sum([
        poisson(n, closings) * binomial_tail(
            CAST(ceil(n * threshold - 1e-9) AS BIGINT) - 1, n, true_rate
        )
        FOR n IN range(1, CAST(closings + 6 * sqrt(closings) + 12 AS BIGINT))
        IF ceil(n * threshold - 1e-9) >= 1
    ]);

-- No three months below in a row: the last one was fine, or one below follows a fine one, or two do.
CREATE OR REPLACE TEMP MACRO no_three_in_twelve(below) AS
    list_reduce(
        list_prepend(
            [1.0::DOUBLE, 1.0::DOUBLE, 1.0::DOUBLE],
            list_transform(range(0, 10), month -> [month::DOUBLE])
        ),
        (state, month) -> [
            (1 - below) * (state[1] + below * state[2] + below * below * state[3]),
            state[1],
            state[2]
        ]
    )[1];

CREATE OR REPLACE TEMP MACRO false_alarm_odds(closings, true_rate, threshold) AS
    CASE
        WHEN closings > 0 AND threshold > 0 AND true_rate BETWEEN 0 AND 1
            THEN 1 - no_three_in_twelve(
                least(1.0::DOUBLE, coalesce(chance_below(closings, true_rate, threshold), 0))
            )
    END;
