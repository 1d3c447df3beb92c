-- figure:     attrition
-- title:      Who leaves
-- question:   How many sellers will not be there any more, and are they the new ones?
-- curriculum: M8.6
-- source:     domain M8.6: leavers / months of sellers, those still ramping apart from the others
-- grain:      one row per role that carries a quota
-- needs:      people, targets
-- parameters:
--   as_of  date  the 24 fiscal months that ended by this day
-- columns:
--   role      text   as the people say
--   heads     count "Sellers"  on board
--   leavers   count  left in these months
--   months    count "Seller months"  sellers at the beginning of each month, added up
--   hazard    rate(leavers/months) "A month"  NULL: nobody was there
--   ramping_leavers  count  of them, before they were ramped
--   ramping_months   count  of these, of sellers who were not ramped
--   ramping   rate(ramping_leavers/ramping_months)  of those who were not ramped
--   ramped_leavers   count  after they were ramped
--   ramped_months    count  of sellers who were
--   ramped    rate(ramped_leavers/ramped_months)  of those who were
--   counted   share "Counted with"  rate of a month that plans use
--   basis     state  seen; assumed: too few seller months
--   quarter   share "A quarter"  leave within a quarter at that rate
--   year      share "A year"     within a year

SELECT
    role,
    heads,
    leavers,
    months,
    rate_of(leavers, months) AS hazard,
    ramping_leavers,
    ramping_months,
    rate_of(ramping_leavers, ramping_months) AS ramping,
    leavers - ramping_leavers AS ramped_leavers,
    months - ramping_months AS ramped_months,
    rate_of(leavers - ramping_leavers, months - ramping_months) AS ramped,
    pace.hazard AS counted,
    CASE WHEN attrition_seen THEN 'seen' ELSE 'assumed' END AS basis,
    1 - pow(1 - pace.hazard, 3) AS quarter,
    1 - pow(1 - pace.hazard, 12) AS year
FROM role_pace() AS pace
WHERE months > 0
ORDER BY role
