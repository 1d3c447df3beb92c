-- Money in the reporting currency, at plan rates: a trend then shows the business and not the
-- currency (domain §0.5).

-- Every plan rate with the days on which it holds, holds_to exclusive: the newest holds.
CREATE OR REPLACE TEMP TABLE planned_rates AS
    SELECT
        from_currency,
        rate,
        rate_date AS holds_from,
        lead(rate_date, 1, DATE 'infinity') OVER (
            PARTITION BY from_currency ORDER BY rate_date
        ) AS holds_to
    FROM facts.exchange_rate
    WHERE kind = 'plan'
        AND to_currency = reporting_currency();

CREATE OR REPLACE TEMP MACRO plan_rate_spans() AS TABLE FROM planned_rates;

-- Those that hold on a day.
CREATE OR REPLACE TEMP MACRO plan_rates(on_day) AS TABLE
    SELECT from_currency, rate
    FROM planned_rates
    WHERE on_day >= holds_from
        AND on_day < holds_to;

-- Whether anything is in another currency: then a bridge has a line for exchange rates, also where
-- nothing is on it.
CREATE OR REPLACE TEMP MACRO currencies_in_play() AS (
    EXISTS (SELECT 1 FROM facts.opportunity WHERE currency <> reporting_currency())
    OR EXISTS (SELECT 1 FROM facts.forecast WHERE currency <> reporting_currency())
);

-- An amount at a rate. Adding up unlike currencies is an error, not a warning, so an amount for
-- which there is no rate stops the figure and says what to import.
CREATE OR REPLACE TEMP MACRO at_rate(money, code, plan_rate, on_day) AS
    CASE
        WHEN money IS NULL THEN NULL
        WHEN code = reporting_currency() THEN money
        WHEN plan_rate IS NULL THEN error(
            'No plan rate from ' || code || ' to ' || reporting_currency() || ' holds on '
            || strftime(on_day, '%Y-%m-%d') || '. Import exchange-rates with a row '
            || code || ',' || reporting_currency() || ', kind plan, rate_date on or before that day.'
        )
        -- Wider than the amount: DuckDB would keep 18 digits for the product and overflow.
        ELSE CAST(CAST(money AS DECIMAL(30, 2)) * plan_rate AS DECIMAL(18, 2))
    END;

-- The same for a handful of rows. Facts by the million join plan_rates() themselves.
CREATE OR REPLACE TEMP MACRO in_reporting_currency(money, code, on_day) AS at_rate(
    money,
    code,
    (SELECT listed.rate FROM plan_rates(on_day) AS listed WHERE listed.from_currency = code),
    on_day
);
