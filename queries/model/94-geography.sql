-- What selling costs and brings in by region and fiscal quarter, at the plan rates of the as-of day
-- (domain M8.3).

-- Quarters between what is spent and what it brings: the assumption roi_lag_quarters, else half the
-- wins of two years took no longer, in whole quarters.
CREATE OR REPLACE TEMP MACRO roi_lag() AS (
    SELECT CAST(coalesce(
        assumption('roi_lag_quarters', '*', as_of()),
        round(median(close_date - created_on) / 91.25),
        0
    ) AS INTEGER)
    FROM opportunity_at(as_of())
    WHERE state = 'won'
        AND close_date BETWEEN least(as_of(), period_end()) - 730 AND least(as_of(), period_end())
        AND created_on <= close_date
);

-- Fiscal quarters as numbers, so that neighbours differ by one; 0 is the one of the period's end.
CREATE OR REPLACE TEMP MACRO numbered_quarters() AS TABLE
    SELECT
        quarter,
        quarter_start,
        quarter_end,
        CAST(
            row_number() OVER (ORDER BY quarter_start)
            - max(row_number_now) OVER () AS INTEGER
        ) AS number
    FROM (
        SELECT
            *,
            CASE WHEN period_end() BETWEEN quarter_start AND quarter_end
                THEN row_number() OVER (ORDER BY quarter_start)
            END AS row_number_now
        FROM (SELECT DISTINCT quarter, quarter_start, quarter_end FROM settings.fiscal_month)
    );

-- Cost by region and quarter; a cost of a longer period falls on its quarters by their months.
CREATE OR REPLACE TEMP MACRO region_costs() AS TABLE
    WITH months AS (
        SELECT calendar.month_start, numbered.number
        FROM settings.fiscal_month AS calendar
        INNER JOIN numbered_quarters() AS numbered ON numbered.quarter_start = calendar.quarter_start
    ),

    spread AS (
        SELECT
            cost.region,
            months.number,
            at_rate(cost.amount, cost.currency, plan.rate, as_of())
                / count(*) OVER (PARTITION BY cost.rowid) AS amount
        FROM (SELECT rowid, * FROM facts.cost WHERE period_start <= as_of()) AS cost
        INNER JOIN months ON months.month_start BETWEEN cost.period_start AND cost.period_end
        LEFT JOIN plan_rates(as_of()) AS plan ON plan.from_currency = cost.currency
        WHERE passes(getvariable('region'), cost.region)
    )

    SELECT
        coalesce(region, not_set()) AS region,
        number,
        CAST(sum(amount) AS DECIMAL(18, 2)) AS cost
    FROM spread
    GROUP BY ALL;

-- Gross margin of new and expansion bookings by region and quarter, cancellations of the whole order
-- taken out. A booking without a cost has no margin; it is counted.
CREATE OR REPLACE TEMP MACRO region_margins() AS TABLE
    WITH bookings AS (
        SELECT
            coalesce(
                booking.region,
                seller.region,
                account.region,
                unmatched(booking.account_id, account.account_id, any_account()),
                unmatched(booking.owner_id, seller.person_id, any_seller()),
                not_set()
            ) AS region,
            numbered.number,
            at_rate(
                booking.amount - coalesce(booking.deductions, 0) - booking.cost,
                booking.currency, plan.rate, as_of()
            ) AS margin
        FROM facts.booking AS booking
        INNER JOIN numbered_quarters() AS numbered
            ON booking.booked_on BETWEEN numbered.quarter_start AND numbered.quarter_end
        LEFT JOIN plan_rates(as_of()) AS plan ON plan.from_currency = booking.currency
        LEFT JOIN sellers() AS seller ON seller.person_id = booking.owner_id
        LEFT JOIN accounts() AS account ON account.account_id = booking.account_id
        ANTI JOIN (
            SELECT booking_id
            FROM facts.cancellation
            WHERE kind = 'full' AND line_id IS NULL AND cancelled_on <= as_of()
        ) AS cancelled ON cancelled.booking_id = booking.booking_id
        WHERE booking.booked_on <= as_of()
            AND lower(coalesce(booking.deal_type, 'new')) NOT IN ('renewal', 'renewals')
    )

    SELECT
        region,
        number,
        CAST(sum(margin) AS DECIMAL(18, 2)) AS margin,
        max(margin) AS largest,
        count(*) FILTER (margin IS NULL) AS uncosted
    FROM bookings
    WHERE passes(getvariable('region'), region)
    GROUP BY region, number;
