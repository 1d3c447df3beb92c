-- figure:     capacity-gap
-- title:      Capacity against target
-- question:   Do people or pipeline hold back the quarters to come, and how many would have to be hired?
-- curriculum: M8.6
-- source:     domain M8.6: plan = the smaller of pipeline and people; people = quota x ramp x availability
--             x what is reached of a quota; hiring where the pipeline binds adds cost and no bookings
-- grain:      one row per slice and fiscal quarter of the next four
-- needs:      opportunities, targets, people
-- parameters:
--   as_of  date  the four quarters that begin after this day, by what is known on it
-- columns:
--   quarter    text            fiscal quarter
--   slice      text            value of the dimension
--   binding    state           what holds it back: people, pipeline; none: the plan reaches the target;
--                              unknown: no quota or no pipeline tells
--   target     money           NULL: none is set
--   plan       money           the smaller of the two that follow; NULL: one of them is not known
--   gap        money           target - plan; below zero: more than the target
--   people     money "People can"     what the people on board and the seats that are open can sell
--   supply     money "Pipeline can"   open + created + pulled in
--   heads      number "Sellers"       expected, seats being filled and people leaving among them
--   to_hire    count "Hire"    hires that would close the gap as far as the pipeline allows, from the
--                              earliest day on; NULL: people do not bind, or no hire would sell in time
--   candidates  count          offers to make for them, by the offers that were accepted; NULL likewise
--   start_on   date "Earliest start"  first day of a seat opened now that half of such seats would meet
--   over_assignment  share "Quotas"   quotas / target: 105 to 120 % is usual
--   open       money           due in the quarter, at what its stages are likely to bring
--   created    money           usually comes to be and is won by the end of such a quarter
--   pulled_in  money "Pulled in"      usually pulled in from later
--   quarters   count           finished quarters behind the two; 0: no export is old enough, and they
--                              are left out
--   unweighted  count          open deals without any probability: not in the pipeline's sum
--   period     text            quarter and slice, for the chart
-- chart:      bar label=period value=plan reference=target
-- drill:      capacity-heads slice=slice planned=quarter

WITH role AS (
    SELECT
        pace.role,
        pace.shares,
        pace.hazard,
        pace.factor,
        as_of() + CAST(ceil(hiring.fill_days) AS INTEGER) + CAST(ceil(hiring.notice_days) AS INTEGER)
            AS start_on,
        rate_of(hiring.accepted, hiring.offers) AS offer_rate
    FROM role_pace() AS pace
    INNER JOIN hiring_pace() AS hiring ON hiring.role = pace.role
    WHERE pace.heads > 0
    ORDER BY pace.heads DESC, pace.role
    LIMIT 1
),

-- What one more seller of the largest role brings in each quarter, found and started as fast as half of
-- them are.
hire AS (
    SELECT
        month.quarter,
        sum(
            usual.amount * role.factor
            * presence(role.start_on, NULL, month.month_start, month.month_end)
            * role.shares[least(24, tenure(role.start_on, month.month_start)) + 1]
            * pow(1 - role.hazard, greatest(0, datesub('month', role.start_on, month.month_start)))
        ) AS output,
        any_value(role.start_on) AS start_on,
        any_value(role.offer_rate) AS offer_rate
    FROM role
    CROSS JOIN planned_months() AS month
    INNER JOIN usual_quotas() AS usual ON usual.quarter = month.quarter AND usual.role = role.role
    GROUP BY month.quarter
),

told AS (
    SELECT
        capacity.*,
        CASE WHEN people IS NOT NULL AND supply IS NOT NULL THEN least(people, supply) END AS planned,
        hire.output AS one_hire,
        hire.start_on,
        hire.offer_rate
    FROM capacity('now') AS capacity
    LEFT JOIN hire ON hire.quarter = capacity.quarter
),

bound AS (
    SELECT
        *,
        CASE
            WHEN planned IS NULL THEN 'unknown'
            WHEN planned >= target THEN 'none'
            WHEN people < supply THEN 'people'
            ELSE 'pipeline'
        END AS binding
    FROM told
),

hired AS (
    SELECT
        *,
        CASE WHEN binding = 'people' AND one_hire > 0
            THEN CAST(ceil((least(coalesce(target, supply), supply) - people) / one_hire) AS BIGINT)
        END AS to_hire
    FROM bound
)

SELECT
    quarter,
    slice,
    binding,
    CAST(target AS DECIMAL(18, 2)) AS target,
    CAST(planned AS DECIMAL(18, 2)) AS plan,
    CAST(target - CAST(planned AS DECIMAL(18, 2)) AS DECIMAL(18, 2)) AS gap,
    CAST(people AS DECIMAL(18, 2)) AS people,
    CAST(supply AS DECIMAL(18, 2)) AS supply,
    heads,
    to_hire,
    CASE WHEN offer_rate > 0 THEN CAST(ceil(to_hire / offer_rate) AS BIGINT) END AS candidates,
    CASE WHEN to_hire IS NOT NULL THEN start_on END AS start_on,
    CASE WHEN target > 0 THEN quota / CAST(target AS DOUBLE) END AS over_assignment,
    CAST(open AS DECIMAL(18, 2)) AS open,
    CAST(created AS DECIMAL(18, 2)) AS created,
    CAST(pulled_in AS DECIMAL(18, 2)) AS pulled_in,
    quarters,
    unweighted,
    quarter || CASE WHEN sliced_by() = 'all' THEN '' ELSE ' ' || slice END AS period
FROM hired
ORDER BY quarter_start, slice = not_set(), slice
