-- figure:     loss-drivers
-- title:      Why we lose
-- question:   What do we lose deals to, and who says so?
-- curriculum: M8.7, M2.1
-- source:     domain M8.7; drivers of submitted post-mortems beside the reasons in the CRM
-- grain:      one row per driver and value of the dimension; a deal with several drivers counts for
--             each, so rows do not add up
-- needs:      opportunities
-- parameters:
--   period_start  date   losses from this day
--   period_end    date   to this one
--   as_of         date   as they stood on this day
--   known_at      instant?  post-mortems written after this instant are not seen
-- columns:
--   driver         text               as the post-mortem, or the CRM, words it
--   area           text               the part before the colon: competitive, pricing …
--   slice          text               value of the dimension
--   deals          count              lost deals that name it
--   lost           count              deals lost in the slice, whatever they name
--   share_of_lost  rate(deals/lost)   how often it is named
--   amount         money              amount of these deals, as it was while they were open
--   main           count "As primary" deals in which a post-mortem calls it the primary driver
--   crm            count "CRM says"   deals in which the CRM's loss reason says it
--   rep            count "Rep says"   deals in which the rep does
--   manager        count "Manager says"  deals in which the manager does
--   buyer          count "Buyer says" deals in which the buyer does
--   other          count "Others say" deals in which a third party or a document does
--   influence      number             mean influence from 1 to 5; NULL: from the CRM alone
--   confidence     state              confirmed by somebody outside the company, or seller only:
--                                     sellers and buyers often disagree
-- chart:      bar label=driver value=deals
-- drill:      deals loss_reason=driver slice=slice

WITH losses AS (
    SELECT *
    FROM closings_at(as_of(), period_start(), period_end(), true)
    WHERE NOT won
),

lost AS (
    SELECT
        slice,
        count(*) AS deals
    FROM losses
    GROUP BY slice
),

drivers AS (
    SELECT
        post_mortem.opportunity_id,
        named.driver,
        named.rank,
        named.source,
        named.influence
    FROM record_post_mortem AS post_mortem
    INNER JOIN record_post_mortem_drivers AS named ON named.record_id = post_mortem.record_id
    WHERE post_mortem.state NOT IN ('draft', 'withdrawn')
    UNION ALL BY NAME
    -- What the seller chose, beside what the review found; alone it is the primary one.
    SELECT
        post_mortem.opportunity_id,
        post_mortem.rep_driver AS driver,
        CASE WHEN cause.driver = post_mortem.rep_driver THEN 'primary' END AS rank,
        'rep' AS source
    FROM record_post_mortem AS post_mortem
    LEFT JOIN primary_causes() AS cause ON cause.record_id = post_mortem.record_id
    WHERE post_mortem.state NOT IN ('draft', 'withdrawn')
        AND post_mortem.rep_driver IS NOT NULL
),

named AS (
    SELECT
        losses.opportunity_id,
        losses.slice,
        losses.amount,
        drivers.driver,
        drivers.rank,
        coalesce(drivers.source, 'rep') AS source,
        drivers.influence
    FROM losses
    INNER JOIN drivers ON drivers.opportunity_id = losses.opportunity_id
    UNION ALL BY NAME
    SELECT
        opportunity_id,
        slice,
        amount,
        loss_reason AS driver,
        'crm' AS source
    FROM losses
    WHERE loss_reason IS NOT NULL
),

-- Once per deal, however many sources name it.
by_deal AS (
    SELECT
        driver,
        slice,
        opportunity_id,
        any_value(amount) AS amount,
        bool_or(coalesce(rank = 'primary', false)) AS main,
        bool_or(source = 'crm') AS crm,
        bool_or(source = 'rep') AS rep,
        bool_or(source = 'manager') AS manager,
        bool_or(source = 'buyer') AS buyer,
        bool_or(source IN ('third party', 'document')) AS other,
        avg(influence) AS influence
    FROM named
    WHERE driver IS NOT NULL
    GROUP BY driver, slice, opportunity_id
)

SELECT
    by_deal.driver,
    CASE WHEN contains(by_deal.driver, ':') THEN trim(split_part(by_deal.driver, ':', 1)) END AS area,
    by_deal.slice,
    count(*) AS deals,
    lost.deals AS lost,
    rate_of(count(*), lost.deals) AS share_of_lost,
    CAST(sum(by_deal.amount) AS DECIMAL(18, 2)) AS amount,
    count(*) FILTER (by_deal.main) AS main,
    count(*) FILTER (by_deal.crm) AS crm,
    count(*) FILTER (by_deal.rep) AS rep,
    count(*) FILTER (by_deal.manager) AS manager,
    count(*) FILTER (by_deal.buyer) AS buyer,
    count(*) FILTER (by_deal.other) AS other,
    avg(by_deal.influence) AS influence,
    CASE WHEN bool_or(by_deal.buyer OR by_deal.other) THEN 'confirmed' ELSE 'seller only' END
        AS confidence
FROM by_deal
INNER JOIN lost ON lost.slice = by_deal.slice
GROUP BY by_deal.driver, by_deal.slice, lost.deals
ORDER BY deals DESC, by_deal.driver, by_deal.slice = not_set(), by_deal.slice
