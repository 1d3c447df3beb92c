-- Fiscal time. settings.fiscal_month is the only authority on it (domain §0.6); nothing here or in a
-- figure cuts a date into months by itself.

-- Every day with its fiscal month. Facts join it on the day: that is a hash join, where a million
-- closings between the first and the last day of a month would be compared with every month.
CREATE OR REPLACE TEMP MACRO fiscal_days() AS TABLE
    SELECT
        CAST(unnest(generate_series(
            CAST(month_start AS TIMESTAMP), CAST(month_end AS TIMESTAMP), INTERVAL 1 DAY
        )) AS DATE) AS day,
        month_start,
        month_end,
        month,
        quarter
    FROM settings.fiscal_month;

-- The months of a trend that ends with the period: a quarter is shown with the nine months before
-- it, a year or more as it is.
CREATE OR REPLACE TEMP MACRO trend_start() AS (
    SELECT least(period_start(), min(month_start))
    FROM (
        SELECT month_start
        FROM settings.fiscal_month
        WHERE month_start <= period_end()
        ORDER BY month_start DESC
        LIMIT 12
    ) AS last_twelve
);

-- Eighteen months in days: how far back competitors and losses are told (domain M2.1).
CREATE OR REPLACE TEMP MACRO win_loss_days() AS 547;
CREATE OR REPLACE TEMP MACRO win_loss_start() AS (as_of() - win_loss_days() + 1);
