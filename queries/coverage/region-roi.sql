-- figure:     region-roi
-- title:      Return by region
-- question:   Where does the next money earn more, which is not where the last money earned most?
-- curriculum: M8.3
-- source:     domain M8.3; average = margin / cost - 1, marginal = change of margin / change of cost - 1,
--             both by years, cost earlier by the length of a sale; trend by Theil and Sen
-- grain:      one row per region that cost or earned something in the last two years
-- needs:      costs, bookings
-- parameters:
--   period_start  date   first day of the period under review
--   period_end    date   the four fiscal quarters up to this day are compared with the four before them
--   as_of         date   what is known on this day, and all money at its plan rates
-- columns:
--   region         text              by the bookings, their sellers, their accounts; costs by their own
--   verdict        state             receive: marginal above the hurdle and no decline; release: below it and
--                                    declining; shielded: fewer than four quarters since the first cost;
--                                    keep; unknown: no marginal return can be told
--   average_roi    share "Average"   margin of the year / its cost - 1; NULL without a cost
--   marginal_roi   share "Marginal"  change of the margin / change of the cost - 1; NULL: the cost has not
--                                    changed, or one of the years is not there
--   average_rank   count "By average"  1 is the best; NULL likewise
--   marginal_rank  count "By marginal"  1 is the best
--   trend          state             improving, declining, flat; insufficient: fewer than six quarters
--   slope          points "A quarter"  median of the slopes between any two of the last eight quarters
--   quarters       count             quarters with a return among them
--   margin         money             gross margin of new and expansion bookings in the year
--   margin_before  money             in the year before
--   cost           money             cost of the year, earlier by the lag
--   cost_before    money             in the year before
--   cost_moved     flag              the cost changed by a tenth or more: below that, marginal is a judgement
--   largest_share  share "Largest"   largest booking in the margin of the year; above 30 % it is one deal
--   uncosted       count             bookings of both years without a cost: their margin is not known
--   market_growth  share "Market"    what all vendors sold in the year against the year before; NULL: not known
--   lag            count             quarters between cost and margin
-- chart:      bar label=region value=marginal_roi reference=average_roi

WITH lagged AS (
    SELECT
        coalesce(margins.region, costs.region) AS region,
        coalesce(margins.number, costs.number) AS number,
        margins.margin,
        margins.largest,
        coalesce(margins.uncosted, 0) AS uncosted,
        costs.cost
    FROM region_margins() AS margins
    FULL JOIN (
        SELECT region, number + roi_lag() AS number, cost
        FROM region_costs()
    ) AS costs ON costs.region = margins.region AND costs.number = margins.number
    WHERE coalesce(margins.number, costs.number) BETWEEN -7 AND 0
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

slopes AS (
    SELECT
        one.region,
        median((other.roi - one.roi) / (other.number - one.number)) AS slope,
        count(*) FILTER (other.roi > one.roi) AS up,
        count(*) FILTER (other.roi < one.roi) AS down,
        count(*) AS pairs
    FROM returns AS one
    INNER JOIN returns AS other ON other.region = one.region AND other.number > one.number
    GROUP BY one.region
),

counted AS (
    SELECT region, count(*) AS quarters FROM returns GROUP BY region
),

launched AS (
    SELECT region, min(number) AS first_number FROM region_costs() WHERE cost > 0 GROUP BY region
),

markets AS (
    SELECT
        market.region,
        sum(at_rate(market.amount, market.currency, plan.rate, as_of())) FILTER (numbered.number > -4)
            AS amount,
        sum(at_rate(market.amount, market.currency, plan.rate, as_of())) FILTER (numbered.number <= -4)
            AS amount_before
    FROM facts.market AS market
    INNER JOIN numbered_quarters() AS numbered
        ON market.period_end BETWEEN numbered.quarter_start AND numbered.quarter_end
    LEFT JOIN plan_rates(as_of()) AS plan ON plan.from_currency = market.currency
    WHERE numbered.number BETWEEN -7 AND 0
    GROUP BY market.region
),

told AS (
    SELECT
        years.*,
        CASE WHEN cost > 0 THEN CAST(coalesce(margin, 0) AS DOUBLE) / CAST(cost AS DOUBLE) - 1 END
            AS average_roi,
        CASE WHEN cost <> cost_before
            THEN CAST(coalesce(margin, 0) - coalesce(margin_before, 0) AS DOUBLE)
                / CAST(cost - cost_before AS DOUBLE) - 1
        END AS marginal_roi,
        coalesce(counted.quarters, 0) AS quarters,
        CASE WHEN counted.quarters >= 6 THEN slopes.slope END AS slope,
        CASE
            WHEN coalesce(counted.quarters, 0) < 6 THEN 'insufficient'
            WHEN slopes.slope > 0 AND slopes.up >= 0.7 * slopes.pairs THEN 'improving'
            WHEN slopes.slope < 0 AND slopes.down >= 0.7 * slopes.pairs THEN 'declining'
            ELSE 'flat'
        END AS trend,
        launched.first_number > -4 AS young,
        CASE WHEN markets.amount_before > 0
            THEN CAST(markets.amount AS DOUBLE) / CAST(markets.amount_before AS DOUBLE) - 1
        END AS market_growth
    FROM years
    LEFT JOIN counted ON counted.region = years.region
    LEFT JOIN slopes ON slopes.region = years.region
    LEFT JOIN launched ON launched.region = years.region
    LEFT JOIN markets ON markets.region = years.region
)

SELECT
    region,
    CASE
        WHEN young THEN 'shielded'
        WHEN marginal_roi IS NULL THEN 'unknown'
        WHEN marginal_roi > CAST(coalesce(assumption('roi_hurdle', region, as_of()), 0) AS DOUBLE)
            AND trend <> 'declining' THEN 'receive'
        WHEN marginal_roi < CAST(coalesce(assumption('roi_hurdle', region, as_of()), 0) AS DOUBLE)
            AND trend = 'declining' THEN 'release'
        ELSE 'keep'
    END AS verdict,
    average_roi,
    marginal_roi,
    CASE WHEN average_roi IS NOT NULL
        THEN rank() OVER (ORDER BY average_roi DESC NULLS LAST)
    END AS average_rank,
    CASE WHEN marginal_roi IS NOT NULL
        THEN rank() OVER (ORDER BY marginal_roi DESC NULLS LAST)
    END AS marginal_rank,
    trend,
    slope,
    quarters,
    CAST(margin AS DECIMAL(18, 2)) AS margin,
    CAST(margin_before AS DECIMAL(18, 2)) AS margin_before,
    CAST(cost AS DECIMAL(18, 2)) AS cost,
    CAST(cost_before AS DECIMAL(18, 2)) AS cost_before,
    coalesce(abs(cost - cost_before) >= 0.1 * cost_before, false) AS cost_moved,
    share_of(largest, margin) AS largest_share,
    uncosted,
    market_growth,
    roi_lag() AS lag
FROM told
ORDER BY marginal_roi DESC NULLS LAST, region
