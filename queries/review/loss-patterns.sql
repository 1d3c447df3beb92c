-- figure:     loss-patterns
-- title:      Patterns of loss
-- question:   Which driver costs us deals in which segment, to whom, and is it getting more?
-- curriculum: M8.7
-- source:     domain M8.7 Roll-up: driver x segment x competitor with counts, amount and trend
-- grain:      one row per primary driver, segment and competitor of the 547 days; a deal with several
--             competitors counts for each, so rows do not add up
-- needs:      opportunities
-- parameters:
--   as_of     date   losses up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   driver      text   primary one, as the post-mortems word it, else the CRM's loss reason
--   segment     text   of the deal
--   competitor  text   in the deal; NULL: none was named
--   losses      count  deals
--   amount      money  of them, as it was while they were open
--   trend       state  more, fewer or as many in the newest quarter than in the one before
--   newest      count  losses of them in the fiscal quarter of the as-of day
--   before      count  in the one before
--   studied     count  of them, with a post-mortem
--   confirmed   count  of them, whose driver somebody outside the company named
--   last_lost   date   the newest of them
--   cases       list   the post-mortems
-- drill:      deals loss_reason=driver competitor=competitor

WITH quarters AS (
    SELECT
        max(quarter_start) AS newest,
        min(quarter_start) AS before
    FROM (
        SELECT DISTINCT quarter_start
        FROM settings.fiscal_month
        WHERE quarter_start <= as_of()
        ORDER BY quarter_start DESC
        LIMIT 2
    )
),

causes AS (
    SELECT
        opportunity_id,
        driver,
        max(record_id) AS record_id,
        bool_or(confirmed) AS confirmed
    FROM primary_causes()
    GROUP BY opportunity_id, driver
),

losses AS (
    SELECT
        deal.opportunity_id,
        coalesce(causes.driver, deal.loss_reason) AS driver,
        coalesce(deal.segment, not_set()) AS segment,
        deal.close_date,
        closing.amount,
        causes.record_id,
        coalesce(causes.confirmed, false) AS confirmed
    FROM closings_at(as_of(), win_loss_start(), as_of(), true) AS closing
    INNER JOIN deals_at(as_of()) AS deal ON deal.opportunity_id = closing.opportunity_id
    LEFT JOIN causes ON causes.opportunity_id = closing.opportunity_id
    WHERE NOT closing.won
        AND coalesce(causes.driver, deal.loss_reason) IS NOT NULL
),

counted AS (
    SELECT
        losses.driver,
        losses.segment,
        rival.competitor,
        count(*) AS losses,
        sum(losses.amount) AS amount,
        count(*) FILTER (losses.close_date >= quarters.newest) AS newest,
        count(*) FILTER (losses.close_date >= quarters.before AND losses.close_date < quarters.newest) AS before,
        count(losses.record_id) AS studied,
        count(*) FILTER (losses.confirmed) AS confirmed,
        max(losses.close_date) AS last_lost,
        list(losses.record_id ORDER BY losses.record_id) FILTER (losses.record_id IS NOT NULL) AS cases
    FROM losses
    CROSS JOIN quarters
    LEFT JOIN (SELECT DISTINCT opportunity_id, competitor FROM deal_rivals()) AS rival
        ON rival.opportunity_id = losses.opportunity_id
    GROUP BY losses.driver, losses.segment, rival.competitor
)

SELECT
    driver,
    segment,
    competitor,
    losses,
    CAST(amount AS DECIMAL(18, 2)) AS amount,
    CASE WHEN newest > before THEN 'more' WHEN newest < before THEN 'fewer' ELSE 'as many' END AS trend,
    newest,
    before,
    studied,
    confirmed,
    last_lost,
    cases
FROM counted
ORDER BY losses DESC, driver, segment, competitor NULLS LAST
