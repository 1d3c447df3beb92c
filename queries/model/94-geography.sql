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
            coalesce(spelled.ours, cost.region) AS region,
            months.number,
            at_rate(cost.amount, cost.currency, plan.rate, as_of())
                / count(*) OVER (PARTITION BY cost.rowid) AS amount
        FROM (SELECT rowid, * FROM facts.cost WHERE period_start <= as_of()) AS cost
        INNER JOIN months ON months.month_start BETWEEN cost.period_start AND cost.period_end
        LEFT JOIN plan_rates(as_of()) AS plan ON plan.from_currency = cost.currency
        LEFT JOIN aliases('region') AS spelled ON spelled.theirs = cost.region
    )

    SELECT
        coalesce(region, not_set()) AS region,
        number,
        CAST(sum(amount) AS DECIMAL(18, 2)) AS cost
    FROM spread
    WHERE passes(getvariable('region'), region)
    GROUP BY ALL;

-- Gross margin of new and expansion bookings by region and quarter, cancellations of the whole order
-- taken out. A booking without a cost has no margin; it is counted.
CREATE OR REPLACE TEMP MACRO region_bookings() AS TABLE
    WITH bookings AS (
        SELECT
            coalesce(
                spelled.ours,
                booking.region,
                seller.region,
                account.region,
                unmatched(booking.account_id, account.account_id, any_account()),
                unmatched(booking.owner_id, seller.person_id, any_seller()),
                not_set()
            ) AS region,
            numbered.number,
            booking.account_id,
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
        LEFT JOIN aliases('region') AS spelled ON spelled.theirs = booking.region
        ANTI JOIN (
            SELECT booking_id
            FROM facts.cancellation
            WHERE kind = 'full' AND line_id IS NULL AND cancelled_on <= as_of()
        ) AS cancelled ON cancelled.booking_id = booking.booking_id
        WHERE booking.booked_on <= as_of()
            AND lower(coalesce(booking.deal_type, 'new')) NOT IN ('renewal', 'renewals')
    )

    SELECT *
    FROM bookings
    WHERE passes(getvariable('region'), region);

CREATE OR REPLACE TEMP MACRO region_margins() AS TABLE
    SELECT
        region,
        number,
        CAST(sum(margin) AS DECIMAL(18, 2)) AS margin,
        max(margin) AS largest,
        count(*) FILTER (margin IS NULL) AS uncosted
    FROM region_bookings()
    GROUP BY region, number;

-- Margin and lagged cost beside each other by region and quarter, nine of them: the newest eight, and the
-- eight that ended a quarter before.
CREATE OR REPLACE TEMP MACRO region_quarters() AS TABLE
    SELECT
        coalesce(margins.region, costs.region) AS region,
        coalesce(margins.number, costs.number) AS number,
        margins.margin,
        margins.largest,
        coalesce(margins.uncosted, 0) AS uncosted,
        costs.cost
    FROM region_margins() AS margins
    FULL JOIN (
        SELECT region, number + lag.quarters AS number, cost
        FROM region_costs()
        CROSS JOIN (SELECT roi_lag() AS quarters) AS lag
    ) AS costs ON costs.region = margins.region AND costs.number = margins.number
    WHERE coalesce(margins.number, costs.number) BETWEEN -8 AND 0;

-- Return of each region that cost or earned something in the last two years: on average, at the margin,
-- and where it is going. `first_number` is the first quarter that it ever cost something.
CREATE OR REPLACE TEMP MACRO region_returns() AS TABLE
    WITH lagged AS (
        SELECT * FROM region_quarters()
    ),

    years AS (
        SELECT
            region,
            sum(margin) FILTER (number > -4) AS margin,
            sum(margin) FILTER (number <= -4) AS margin_before,
            sum(cost) FILTER (number > -4) AS cost,
            sum(cost) FILTER (number <= -4) AS cost_before,
            max(largest) FILTER (number > -4) AS largest,
            CAST(sum(uncosted) AS BIGINT) AS uncosted
        FROM lagged
        WHERE number > -8
        GROUP BY region
    ),

    returns AS (
        SELECT
            region,
            number,
            CAST(coalesce(margin, 0) AS DOUBLE) / CAST(cost AS DOUBLE) - 1 AS roi
        FROM lagged
        WHERE cost > 0
    ),

    -- Theil and Sen: the median of the slopes between any two quarters; one giant deal does not turn it.
    slopes AS (
        SELECT
            one.region,
            look.shift,
            median((other.roi - one.roi) / (other.number - one.number)) AS slope,
            count(*) FILTER (other.roi > one.roi) AS up,
            count(*) FILTER (other.roi < one.roi) AS down,
            count(*) AS pairs,
            count(DISTINCT one.number) + 1 AS quarters
        FROM returns AS one
        INNER JOIN returns AS other ON other.region = one.region AND other.number > one.number
        INNER JOIN (VALUES (0), (-1)) AS look (shift)
            ON one.number > look.shift - 8 AND other.number <= look.shift
        GROUP BY one.region, look.shift
    ),

    counted AS (
        SELECT
            region,
            count(*) FILTER (number > -8) AS quarters
        FROM returns
        GROUP BY region
    ),

    -- Margin as a power of cost: what the next money brings if the past holds. Never more than in
    -- proportion, and only where the cost has moved enough to tell.
    fits AS (
        SELECT
            region,
            least(1, regr_slope(ln(CAST(margin AS DOUBLE)), ln(CAST(cost AS DOUBLE)))) AS power
        FROM lagged
        WHERE number > -8
            AND cost > 0
            AND margin > 0
        GROUP BY region
        HAVING count(*) >= 8
            AND max(cost) >= 1.1 * min(cost)
    ),

    -- Without what is no rule: bookings of more than a share of the year's margin.
    usual AS (
        SELECT
            booking.region,
            sum(booking.margin) AS margin,
            count(DISTINCT booking.account_id) AS accounts
        FROM region_bookings() AS booking
        INNER JOIN years ON years.region = booking.region
        WHERE booking.number BETWEEN -3 AND 0
            AND booking.margin
                <= CAST(assumption('roi_outlier_share', '*', as_of()) AS DOUBLE) * years.margin
        GROUP BY booking.region
    ),

    served AS (
        SELECT region, count(DISTINCT account_id) AS accounts
        FROM region_bookings()
        WHERE number BETWEEN -3 AND 0
        GROUP BY region
    ),

    launched AS (
        SELECT region, min(number) AS first_number FROM region_costs() WHERE cost > 0 GROUP BY region
    )

    SELECT
        years.*,
        CASE WHEN years.cost > 0
            THEN CAST(coalesce(years.margin, 0) AS DOUBLE) / CAST(years.cost AS DOUBLE) - 1
        END AS average_roi,
        CASE WHEN years.cost <> years.cost_before
            THEN CAST(coalesce(years.margin, 0) - coalesce(years.margin_before, 0) AS DOUBLE)
                / CAST(years.cost - years.cost_before AS DOUBLE) - 1
        END AS marginal_roi,
        CASE WHEN years.cost > 0
            THEN fits.power * CAST(years.margin AS DOUBLE) / CAST(years.cost AS DOUBLE) - 1
        END AS fitted_roi,
        CASE WHEN years.cost > 0
            THEN CAST(coalesce(usual.margin, 0) AS DOUBLE) / CAST(years.cost AS DOUBLE) - 1
        END AS usual_roi,
        served.accounts,
        coalesce(counted.quarters, 0) AS quarters,
        CASE WHEN now.quarters >= 6 THEN now.slope END AS slope,
        CASE WHEN before.quarters >= 6 THEN before.slope END AS slope_before,
        CASE
            WHEN coalesce(now.quarters, 0) < 6 THEN 'insufficient'
            WHEN now.slope > 0 AND now.up >= agreement * now.pairs THEN 'improving'
            WHEN now.slope < 0 AND now.down >= agreement * now.pairs THEN 'declining'
            ELSE 'flat'
        END AS trend,
        launched.first_number
    FROM years
    CROSS JOIN (
        SELECT CAST(assumption('roi_trend_agreement', '*', as_of()) AS DOUBLE) AS agreement
    ) AS judged
    LEFT JOIN counted ON counted.region = years.region
    LEFT JOIN slopes AS now ON now.region = years.region AND now.shift = 0
    LEFT JOIN slopes AS before ON before.region = years.region AND before.shift = -1
    LEFT JOIN fits ON fits.region = years.region
    LEFT JOIN usual ON usual.region = years.region
    LEFT JOIN served ON served.region = years.region
    LEFT JOIN launched ON launched.region = years.region;
