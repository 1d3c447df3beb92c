-- figure:     capacity-heads
-- title:      Who sells how much
-- question:   Whose quotas stand behind what people can sell, and how much of each is counted?
-- curriculum: M8.6
-- source:     domain M8.6: quota x ramp x availability x stays x what is reached of a quota
-- grain:      one row per fiscal quarter, seller or seat, and slice
-- needs:      targets, people
-- parameters:
--   as_of    date   the four quarters that begin after this day
--   planned  text?  only this fiscal quarter
--   slice    text?  only this value of the dimension
--   role     text?  only this role
-- columns:
--   quarter   text   fiscal quarter
--   slice     text   value of the dimension
--   seller    text   by name; a seat that is open by its requisition
--   role      text   as the people or the requisition say
--   quota     money  full quota of the quarter
--   ramped    share  mean over its months of the part of full output
--   stays     share  chance to be there still, by attrition
--   output    money "Can sell"  of it, with availability and what is usually reached
-- private:    seller, quota
-- drill:      deals owner=seller

WITH described AS (
    SELECT
        output.quarter,
        output.slice,
        coalesce(seller.owner, output.person_id) AS seller,
        output.role,
        sum(output.quota) AS quota,
        avg(output.share) AS ramped,
        avg(output.stays) AS stays,
        sum(output.output) AS output
    FROM planned_output('now') AS output
    LEFT JOIN sellers() AS seller ON seller.person_id = output.person_id
    WHERE passes(getvariable('slice'), output.slice)
        AND passes(getvariable('planned'), output.quarter)
        AND passes(getvariable('role'), output.role)
        AND passes(getvariable('role'), output.role)
    GROUP BY ALL
)

SELECT
    quarter,
    slice,
    seller,
    role,
    CAST(quota AS DECIMAL(18, 2)) AS quota,
    ramped,
    stays,
    CAST(output AS DECIMAL(18, 2)) AS output
FROM described
ORDER BY quarter, slice = not_set(), slice, seller, role
