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
--   fitted_roi     share "Fitted"    marginal return by the curve through eight quarters, margin as a power
--                                    of cost; NULL: fewer quarters, or the cost moved by less than a tenth
--   usual_roi      share "Without giants"  average without bookings of more than 30 % of the year's margin
--   usual_rank     count "By that"   1 is the best
--   largest_share  share "Largest"   largest booking in the margin of the year
--   by_account     money "An account"  margin of the year / accounts that ordered: where nobody is paid to
--                                    sell, the return is not defined
--   uncosted       count             bookings of both years without a cost: their margin is not known
--   lag            count             quarters between cost and margin
-- chart:      scatter label=region x=average_roi y=marginal_roi
-- drill:      region-quarters region=region

WITH told AS (
    SELECT * FROM region_returns()
)

SELECT
    region,
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
    fitted_roi,
    usual_roi,
    CASE WHEN usual_roi IS NOT NULL
        THEN rank() OVER (ORDER BY usual_roi DESC NULLS LAST)
    END AS usual_rank,
    share_of(largest, margin) AS largest_share,
    CASE WHEN accounts > 0 THEN CAST(margin / accounts AS DECIMAL(18, 2)) END AS by_account,
    uncosted,
    roi_lag() AS lag
FROM told
ORDER BY marginal_roi DESC NULLS LAST, region
