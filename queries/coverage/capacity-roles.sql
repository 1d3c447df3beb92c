-- figure:     capacity-roles
-- title:      Capacity by role
-- question:   In which role are sellers missing, and how many would have to be hired?
-- curriculum: M8.6
-- source:     domain M8.6: the gap by quarter, segment and role; a target names no role, so each role answers for
--             the part of it that its quotas are of all
-- grain:      one row per role, slice and fiscal quarter of the next four
-- needs:      opportunities, targets, people
-- parameters:
--   as_of  date  the four quarters that begin after this day, by what is known on it
-- columns:
--   quarter    text            fiscal quarter
--   slice      text            value of the dimension
--   role       text            as the people or the requisition say
--   binding    state           what holds the slice back: people, pipeline; none: the plan reaches the target;
--                              unknown: no quota or no pipeline tells
--   target     money           the slice's target x the role's part of its quotas; NULL: no target or no quota
--   people     money "People can"  what the role's people on board and open seats can sell
--   gap        money           target - people; below zero: more than the target
--   heads      number "Sellers"    expected, seats being filled and people leaving among them
--   quota      money           their full quotas
--   part       share           the role's part of the slice's quotas
--   one_hire   money "One more"    what one more seller of the role brings in the quarter, from the earliest day on
--   to_hire    count "Hire"    hires that would close the role's part of what people hold back, as far as the
--                              pipeline allows; NULL: people do not bind, or no hire would sell in time
--   candidates  count          offers to make for them, by the offers that were accepted; NULL likewise
--   start_on   date "Earliest start"  first day of a seat opened now that half of such seats would meet
-- drill:      capacity-heads slice=slice planned=quarter role=role

WITH people AS (
    SELECT
        quarter,
        slice,
        role,
        sum(heads) / 3 AS heads,
        sum(quota) AS quota,
        sum(output) AS people
    FROM planned_output('now')
    GROUP BY quarter, slice, role
),

parted AS (
    SELECT
        people.*,
        whole.quarter_start,
        bound_by(whole.target, whole.people, whole.supply) AS binding,
        whole.target,
        least(coalesce(whole.target, whole.supply), whole.supply) AS reachable,
        share_of(people.quota, sum(people.quota) OVER (PARTITION BY people.quarter, people.slice)) AS part
    FROM people
    INNER JOIN capacity('now') AS whole
        ON whole.quarter = people.quarter
        AND whole.slice = people.slice
),

hired AS (
    SELECT
        parted.*,
        hire.output AS one_hire,
        hire.start_on,
        hire.offer_rate,
        CASE WHEN binding = 'people' AND hire.output > 0
            THEN greatest(0, CAST(ceil((reachable * part - people) / hire.output) AS BIGINT))
        END AS to_hire
    FROM parted
    LEFT JOIN hires_ahead AS hire ON hire.quarter = parted.quarter AND hire.role = parted.role
)

SELECT
    quarter,
    slice,
    role,
    binding,
    CAST(target * part AS DECIMAL(18, 2)) AS target,
    CAST(people AS DECIMAL(18, 2)) AS people,
    CAST(CAST(target * part AS DECIMAL(18, 2)) - CAST(people AS DECIMAL(18, 2)) AS DECIMAL(18, 2)) AS gap,
    heads,
    CAST(quota AS DECIMAL(18, 2)) AS quota,
    part,
    CAST(one_hire AS DECIMAL(18, 2)) AS one_hire,
    to_hire,
    CASE WHEN offer_rate > 0 THEN CAST(ceil(to_hire / offer_rate) AS BIGINT) END AS candidates,
    CASE WHEN to_hire > 0 THEN start_on END AS start_on
FROM hired
ORDER BY quarter_start, slice = not_set(), slice, role
