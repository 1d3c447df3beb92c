-- figure:     region-eligibility
-- title:      Who may give, who should receive
-- question:   Which region can release cost, which turns it into margin, and what speaks against it?
-- curriculum: M8.3
-- source:     domain M8.3 Eligibility: release = marginal below the hurdle, falling for two quarters, people
--             ramped; receive = marginal above it, a market that outgrows us, people and pipeline in use
-- grain:      one row per region that cost or earned something in the last two years
-- needs:      costs, bookings
-- parameters:
--   period_end  date      the year up to this day against the year before
--   as_of       date      what is known on this day, and all money at its plan rates
--   known_at    instant?  what was written after this instant is not seen
-- columns:
--   region        text   as in the return by region
--   verdict       state  release, receive; shielded: gives nothing up for now; keep; unknown: no marginal
--                        return can be told
--   against       list   conditions of its direction that are not met
--   not_known     list   those that no data tell: they hold nothing back, and somebody has to judge them
--   shield        text   why it is shielded, until when
--   marginal_roi  share "Marginal"  change of the margin / change of the cost - 1
--   hurdle        share  return that the next money must bring, set by finance
--   slope         points "A quarter"  of the return, last eight quarters
--   slope_before  points "Before"   the same a quarter earlier
--   ramped        rate(ramped_people/people)  sellers who are ramped
--   ramped_people  count  of the sellers, as long there as their role's ramp
--   people        count  sellers of the region on board
--   market_growth  share "Market"  what all vendors sold in the year against the year before
--   company_growth  share "We"   our margin of all regions in the year against the year before
--   utilisation   share  won in the year / what its people could have sold
--   coverage      number  open and due in the next quarter / quotas of that quarter
--   most          money "At most"  cost that may move in a quarter: more breaks more than it gains
--   from_region   text "Gives"     the region that would give: this one, else the first that may release
--   to_region     text "Takes"     the region that would receive, likewise
--   marginal_from  share "Return there"  marginal return of the region that gives
--   marginal_to   share "Return here"    of the one that receives
-- drill:      region-quarters region=region
-- opens:      reallocation from_region=from_region to_region=to_region
--             marginal_from=marginal_from marginal_to=marginal_to

WITH returns AS (
    SELECT * FROM region_returns()
),

markets AS (
    SELECT
        coalesce(spelled.ours, market.region) AS region,
        sum(at_rate(market.amount, market.currency, plan.rate, as_of())) FILTER (numbered.number > -4)
            AS amount,
        sum(at_rate(market.amount, market.currency, plan.rate, as_of())) FILTER (numbered.number <= -4)
            AS amount_before
    FROM facts.market AS market
    INNER JOIN numbered_quarters() AS numbered
        ON market.period_end BETWEEN numbered.quarter_start AND numbered.quarter_end
    LEFT JOIN plan_rates(as_of()) AS plan ON plan.from_currency = market.currency
    LEFT JOIN aliases('region') AS spelled ON spelled.theirs = market.region
    WHERE numbered.number BETWEEN -7 AND 0
    GROUP BY ALL
),

company AS (
    SELECT
        sum(margin) FILTER (number > -4) AS margin,
        sum(margin) FILTER (number <= -4) AS margin_before
    FROM region_margins()
    WHERE number BETWEEN -7 AND 0
),

pace AS (
    SELECT * FROM role_pace()
),

carriers AS (
    SELECT
        coalesce(seller.region, carrier.region) AS region,
        carrier.* EXCLUDE (region)
    FROM quota_carriers() AS carrier
    LEFT JOIN sellers() AS seller ON seller.person_id = carrier.person_id
),

people AS (
    SELECT
        carriers.region,
        count(*) AS people,
        count(*) FILTER (tenure(carriers.started_on, as_of()) >= pace.ramp_months) AS ramped
    FROM carriers
    INNER JOIN pace ON pace.role = carriers.role
    WHERE coalesce(carriers.started_on <= as_of(), true)
        AND coalesce(carriers.left_on > as_of(), true)
    GROUP BY carriers.region
),

-- What the people on board in the year could have sold, and what they won.
used AS (
    SELECT
        carriers.region,
        sum(
            quota.amount * pace.factor
            * presence(carriers.started_on, carriers.left_on, month.month_start, month.month_end)
            * pace.shares[least(24, tenure(carriers.started_on, month.month_start)) + 1]
        ) AS able,
        sum(coalesce(won.won, 0)) AS won
    FROM carriers
    INNER JOIN pace ON pace.role = carriers.role
    INNER JOIN (
        SELECT person_id, month_start, sum(amount) AS amount FROM own_quotas() GROUP BY ALL
    ) AS quota ON quota.person_id = carriers.person_id
    INNER JOIN settings.fiscal_month AS month ON month.month_start = quota.month_start
    INNER JOIN numbered_quarters() AS numbered
        ON numbered.quarter = month.quarter AND numbered.number BETWEEN -3 AND 0
    LEFT JOIN won_by_month() AS won
        ON won.person_id = carriers.person_id AND won.month_start = quota.month_start
    WHERE month.month_end <= as_of()
    GROUP BY carriers.region
),

following AS (
    SELECT quarter, quarter_start, quarter_end FROM planned_quarters() ORDER BY quarter_start LIMIT 1
),

pipeline AS (
    SELECT deal.region, sum(deal.amount) AS open
    FROM deal_versions(as_of(), true) AS deal
    INNER JOIN following ON deal.close_date BETWEEN following.quarter_start AND following.quarter_end
    WHERE deal.within_scope
        AND deal.valid_from <= as_of()
        AND (deal.valid_to IS NULL OR deal.valid_to > as_of())
        AND deal.state = 'open'
        AND deal.category IS DISTINCT FROM 'omitted'
    GROUP BY deal.region
),

quotas AS (
    SELECT carriers.region, 3 * sum(own.amount) AS amount
    FROM planned_quotas() AS own
    INNER JOIN following ON following.quarter = own.quarter
    INNER JOIN carriers ON carriers.person_id = own.person_id
    WHERE coalesce(carriers.left_on > as_of(), true)
    GROUP BY carriers.region
),

shields AS (
    SELECT
        coalesce(spelled.ours, shield.region) AS region,
        arg_max(shield.why || ' until ' || shield.until, shield.until) AS shield
    FROM record_region_shield AS shield
    LEFT JOIN aliases('region') AS spelled ON spelled.theirs = shield.region
    WHERE shield.state = 'in-force'
        AND shield.until >= as_of()
    GROUP BY ALL
),

spent AS (
    SELECT region, cost FROM region_costs() WHERE number = 0
),

told AS (
    SELECT
        returns.region,
        returns.marginal_roi,
        CAST(assumption('roi_hurdle', returns.region, as_of()) AS DOUBLE) AS hurdle,
        returns.slope,
        returns.slope_before,
        CASE
            WHEN returns.first_number > -CAST(assumption('launch_quarters', '*', as_of()) AS INTEGER)
                THEN 'new: cost for ' || CAST(1 - returns.first_number AS INTEGER) || ' quarters'
            ELSE shields.shield
        END AS shield,
        coalesce(people.ramped, 0) AS ramped_people,
        coalesce(people.people, 0) AS people,
        CASE WHEN markets.amount_before > 0
            THEN CAST(markets.amount AS DOUBLE) / CAST(markets.amount_before AS DOUBLE) - 1
        END AS market_growth,
        CASE WHEN company.margin_before > 0
            THEN CAST(coalesce(company.margin, 0) AS DOUBLE) / CAST(company.margin_before AS DOUBLE) - 1
        END AS company_growth,
        CASE WHEN used.able > 0 THEN used.won / used.able END AS utilisation,
        CASE WHEN quotas.amount > 0
            THEN CAST(coalesce(pipeline.open, 0) AS DOUBLE) / quotas.amount
        END AS coverage,
        CAST(spent.cost * assumption('reallocation_cap', '*', as_of()) AS DECIMAL(18, 2)) AS most,
        CAST(assumption('roi_ramped_share', '*', as_of()) AS DOUBLE) AS least_ramped,
        CAST(assumption('roi_utilisation', '*', as_of()) AS DOUBLE) AS least_used,
        CAST(assumption('roi_coverage', '*', as_of()) AS DOUBLE) AS least_covered
    FROM returns
    CROSS JOIN company
    LEFT JOIN markets ON markets.region = returns.region
    LEFT JOIN people ON people.region = returns.region
    LEFT JOIN used ON used.region = returns.region
    LEFT JOIN pipeline ON pipeline.region = returns.region
    LEFT JOIN quotas ON quotas.region = returns.region
    LEFT JOIN shields ON shields.region = returns.region
    LEFT JOIN spent ON spent.region = returns.region
),

-- The direction that the next money points to, and its conditions: true, false or not known.
pointed AS (
    SELECT
        *,
        CASE
            WHEN marginal_roi > hurdle THEN 'receive'
            WHEN marginal_roi < hurdle THEN 'release'
        END AS direction,
        CASE
            WHEN marginal_roi > hurdle THEN [
                struct_pack(met := market_growth > company_growth, word := 'market'),
                struct_pack(met := utilisation > least_used, word := 'people in use'),
                struct_pack(met := coverage >= least_covered, word := 'coverage')
            ]
            WHEN marginal_roi < hurdle THEN [
                struct_pack(met := slope < 0 AND slope_before < 0, word := 'falling'),
                struct_pack(met := rate_of(ramped_people, people) > least_ramped, word := 'ramped')
            ]
            ELSE []
        END AS conditions
    FROM told
),

judged AS (
    SELECT
        *,
        list_transform(
            list_filter(conditions, lambda one: NOT coalesce(one.met, true)), lambda one: one.word
        ) AS against,
        list_transform(
            list_filter(conditions, lambda one: one.met IS NULL), lambda one: one.word
        ) AS not_known
    FROM pointed
),

ruled AS (
    SELECT
        *,
        CASE
            WHEN shield IS NOT NULL THEN 'shielded'
            WHEN marginal_roi IS NULL THEN 'unknown'
            -- A decline has to be seen; nobody gives up on what is not known.
            WHEN direction = 'release' AND slope_before IS NULL THEN 'keep'
            WHEN direction IS NOT NULL AND len(against) = 0 THEN direction
            ELSE 'keep'
        END AS verdict
    FROM judged
),

ends AS (
    SELECT
        arg_min(region, (marginal_roi, region)) FILTER (verdict = 'release') AS giver,
        min(marginal_roi) FILTER (verdict = 'release') AS giver_roi,
        arg_max(region, (marginal_roi, region)) FILTER (verdict = 'receive') AS taker,
        max(marginal_roi) FILTER (verdict = 'receive') AS taker_roi
    FROM ruled
)

SELECT
    region,
    verdict,
    against,
    not_known,
    shield,
    marginal_roi,
    hurdle,
    slope,
    slope_before,
    rate_of(ramped_people, people) AS ramped,
    ramped_people,
    people,
    market_growth,
    company_growth,
    utilisation,
    coverage,
    most,
    CASE verdict WHEN 'release' THEN region WHEN 'receive' THEN ends.giver END AS from_region,
    CASE verdict WHEN 'receive' THEN region WHEN 'release' THEN ends.taker END AS to_region,
    CASE verdict WHEN 'release' THEN marginal_roi WHEN 'receive' THEN ends.giver_roi END
        AS marginal_from,
    CASE verdict WHEN 'receive' THEN marginal_roi WHEN 'release' THEN ends.taker_roi END AS marginal_to
FROM ruled
CROSS JOIN ends
ORDER BY list_position(['release', 'receive', 'keep', 'shielded', 'unknown'], verdict), region
