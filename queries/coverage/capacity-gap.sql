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

WITH bound AS (
    SELECT
        capacity.*,
        CASE WHEN people IS NOT NULL AND supply IS NOT NULL THEN least(people, supply) END AS planned,
        bound_by(capacity.target, people, supply) AS binding,
        hire.output AS one_hire,
        hire.start_on,
        hire.offer_rate
    FROM capacity('now') AS capacity
    LEFT JOIN hires_ahead AS hire ON hire.quarter = capacity.quarter AND hire.largest
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
