-- figure:     region-quarters
-- title:      Return of a region by quarter
-- question:   Which quarters make the return and its trend?
-- curriculum: M8.3
-- source:     domain M8.3, all quarterly, cost earlier by the length of a sale
-- grain:      one row per region and fiscal quarter of the last two years
-- needs:      costs, bookings
-- parameters:
--   period_end  date   the eight fiscal quarters up to this day
--   as_of       date   what is known on this day, and all money at its plan rates
--   region      text?  only this region
-- columns:
--   quarter   text   fiscal quarter of the margin
--   region    text   as in the return by region
--   roi       share "Return"  margin / cost - 1; NULL without a cost
--   margin    money  gross margin of new and expansion bookings
--   cost      money  earlier by the lag
--   largest   money  margin of the largest booking
--   uncosted  count  bookings without a cost: their margin is not known
-- chart:      line x=quarter y=roi series=region

SELECT
    numbered.quarter,
    lagged.region,
    CASE WHEN lagged.cost > 0
        THEN CAST(coalesce(lagged.margin, 0) AS DOUBLE) / CAST(lagged.cost AS DOUBLE) - 1
    END AS roi,
    CAST(lagged.margin AS DECIMAL(18, 2)) AS margin,
    CAST(lagged.cost AS DECIMAL(18, 2)) AS cost,
    CAST(lagged.largest AS DECIMAL(18, 2)) AS largest,
    lagged.uncosted
FROM region_quarters() AS lagged
INNER JOIN numbered_quarters() AS numbered ON numbered.number = lagged.number
WHERE lagged.number > -8
ORDER BY lagged.number, lagged.region
