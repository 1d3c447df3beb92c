-- figure:     ramp-curves
-- title:      Ramp curves
-- question:   How soon does somebody new sell as much as the others?
-- curriculum: M8.6
-- source:     domain M8.6 Ramp curves: median of won / quota by month since the first day
-- grain:      one row per role and month, 0 to 12
-- needs:      people, targets
-- parameters:
--   as_of  date  by what is known on this day
-- columns:
--   role      text   as the people or the requisitions say
--   month     count  whole months since the first day, counted at the beginning of a month
--   share     share "Counted with"  part of full output
--   basis     state  seen: what the role's sellers have shown; assumed: too few of them
--   assumed   share  ramp_share of "role:month" if it is set, else even steps over ramp_months
--   observed  share  median of won / quota of those seen in that month; NULL: nobody was
--   sellers   count  who they are
-- chart:      line x=month y=share series=role reference=assumed

SELECT
    role,
    step.tenure AS month,
    step.share AS share,
    CASE WHEN step.fitted THEN 'seen' ELSE 'assumed' END AS basis,
    step.assumed AS assumed,
    step.observed AS observed,
    step.sellers AS sellers
FROM (SELECT role, unnest(steps) AS step FROM role_pace())
WHERE step.tenure <= 12
ORDER BY role, month
