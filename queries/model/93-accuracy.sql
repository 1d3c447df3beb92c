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

-- Every call of a period that is over, with what its owner won in it and the size of the error. There are
-- none by segment and by product, for calls are made by owners.
CREATE OR REPLACE TEMP MACRO measured_calls(first_day, last_day) AS TABLE
    SELECT
        submission.*,
        coalesce(booked.actual, 0) AS actual,
        abs(submission.amount - coalesce(booked.actual, 0)) AS error
    FROM forecast_submissions(first_day, last_day) AS submission
    LEFT JOIN booked_by_owner(first_day, last_day) AS booked
        ON booked.owner_id = submission.owner_id
        AND booked.period_start = submission.period_start
        AND booked.period_end = submission.period_end
    WHERE submission.period_end <= as_of()
        AND sliced_by() NOT IN ('segment', 'product');

-- The same by category.
CREATE OR REPLACE TEMP MACRO measured_category_calls(first_day, last_day) AS TABLE
    SELECT
        submission.*,
        coalesce(booked.actual, 0) AS actual,
        abs(submission.amount - coalesce(booked.actual, 0)) AS error
    FROM category_submissions(first_day, last_day) AS submission
    LEFT JOIN booked_by_owner(first_day, last_day) AS booked
        ON booked.owner_id = submission.owner_id
        AND booked.period_start = submission.period_start
        AND booked.period_end = submission.period_end
    WHERE submission.period_end <= as_of();

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

-- How wrong calls were, from the errors of their owners: sizes only over the actuals, and the mean of the
-- errors in percent over the owners who won anything. Aggregates: for use in a grouping.
CREATE OR REPLACE TEMP MACRO wape_of(error, actual) AS share_of(sum(error), sum(abs(actual)));
CREATE OR REPLACE TEMP MACRO mape_of(error, actual) AS
    avg(CASE WHEN actual <> 0 THEN CAST(error AS DOUBLE) / abs(actual) END);
CREATE OR REPLACE TEMP MACRO bias_of(call, actual) AS share_of(sum(call) - sum(actual), sum(actual));
CREATE OR REPLACE TEMP MACRO is_hit(call, actual) AS coalesce(
    abs(CAST(call AS DOUBLE) - CAST(actual AS DOUBLE)) <= CAST(hit_share() AS DOUBLE) * CAST(actual AS DOUBLE)
    AND actual > 0, false
);
