-- How near calls came to what was won (domain M8.1, accuracy set). An error is call - actual: above
-- zero, too much was called. Errors are taken per owner before anything is added up, for across owners
-- they cancel out.

-- What each owner won within each period of calls between two days, for periods that are over.
CREATE OR REPLACE TEMP MACRO booked_by_owner(first_day, last_day) AS TABLE
    SELECT
        periods.period_start,
        periods.period_end,
        deal.owner_id,
        sum(deal.amount) AS actual
    FROM (
        SELECT DISTINCT period_start, period_end
        FROM facts.forecast
        WHERE period_start >= first_day
            AND period_end <= last_day
            AND period_end <= as_of()
    ) AS periods
    INNER JOIN sliced_deals_at(as_of(), as_of()) AS deal
        ON deal.close_date BETWEEN periods.period_start AND periods.period_end
    WHERE deal.state = 'won'
    GROUP BY ALL;

-- First day of the quarter that lies this many quarters before that of the review's first day.
CREATE OR REPLACE TEMP MACRO quarters_before(many) AS (
    SELECT min(quarter_start)
    FROM (
        SELECT DISTINCT quarter_start
        FROM settings.fiscal_month
        WHERE quarter_start <= period_start()
        ORDER BY quarter_start DESC
        LIMIT CAST(many AS INTEGER) + 1
    )
);

-- Share of |error| in the actuals that still counts as a hit.
CREATE OR REPLACE TEMP MACRO hit_share() AS
    coalesce(assumption('forecast_hit_share', '*', as_of()), 0.10);
