-- figure:     deals
-- title:      Deals
-- question:   Which deals are behind the figure?
-- curriculum: M8.1, M8.2, M8.7
-- source:     the opportunities as imported, as they stood on the as-of day
-- grain:      one row per opportunity
-- needs:      opportunities
-- parameters:
--   period_start    date   close date from this day, unless a parameter below says otherwise
--   period_end      date   close date to this day
--   as_of           date   as they stood on this day
--   quarter         text   all: deals without a close date are shown, too
--   opportunity_id  text?  this one, whenever it closes
--   state           text?  open, won, lost or cancelled only
--   slice           text?  one value of the dimension only
--   competitor      text?  with this competitor only
--   loss_reason     text?  lost for this reason of the CRM, or with this driver in a post-mortem
--   month           date?  closing in the fiscal month that begins on this day
--   closed_from     date?  close date from this day
--   closed_to       date?  close date to this day
-- columns:
--   opportunity_id  id      key of the CRM
--   opportunity     text    its name, or its key where it has none
--   account         text    customer
--   region          text    the deal's, else the owner's, else the account's
--   segment         text    the deal's, else the account's
--   product         text    product
--   owner           text    seller
--   manager         text    the seller's manager
--   slice           text    value of the dimension
--   stage           text    stage by the CRM's name
--   stage_reached   text    last stage while it was open; NULL: no export shows it open
--   state           state   open, won, lost, cancelled
--   category        text    forecast category
--   amount          money   amount; of a lost deal the last while it was open; NULL: nobody entered one
--   probability     share   by the CRM
--   created_on      date    created
--   close_date      date    expected close, or closed on
--   days            days    from creation to close, or to the as-of day while open
--   loss_reason     text    as the CRM says
--   competitor      text    competitors in the deal
--   lead_source     text    where it came from
--   deal_type       text    new, expansion, renewal or the company's own
--   strategic       flag    marked as strategic in the CRM
-- opens:      post-mortem opportunity_id=opportunity_id

WITH wanted AS (
    SELECT
        coalesce(min(month_start), getvariable('closed_from'), period_start()) AS closed_from,
        coalesce(max(month_end), getvariable('closed_to'), period_end()) AS closed_to
    FROM settings.fiscal_month
    WHERE month_start = getvariable('month')
),

last_open_stages AS (
    SELECT
        opportunity_id,
        max_by(stage, valid_from) AS stage_reached
    FROM facts.opportunity
    WHERE state = 'open'
        AND valid_from <= as_of()
    GROUP BY opportunity_id
),

drivers AS (
    SELECT DISTINCT post_mortem.opportunity_id
    FROM record_post_mortem AS post_mortem
    INNER JOIN record_post_mortem_drivers AS named ON named.record_id = post_mortem.record_id
    WHERE post_mortem.state <> 'draft'
        AND named.driver = getvariable('loss_reason')
)

SELECT
    deal.opportunity_id,
    deal.opportunity,
    deal.account,
    deal.region,
    deal.segment,
    deal.product,
    deal.owner,
    deal.manager,
    deal.slice,
    deal.stage,
    stages.stage_reached,
    deal.state,
    deal.category,
    CASE WHEN deal.state = 'lost' THEN coalesce(before.amount, nullif(deal.amount, 0)) ELSE deal.amount
    END AS amount,
    CAST(deal.probability AS DOUBLE) AS probability,
    deal.created_on,
    deal.close_date,
    deal.days,
    deal.loss_reason,
    deal.competitor,
    deal.lead_source,
    deal.deal_type,
    deal.strategic
FROM deals_at(as_of()) AS deal
CROSS JOIN wanted
LEFT JOIN open_amounts(as_of()) AS before ON before.opportunity_id = deal.opportunity_id
LEFT JOIN last_open_stages AS stages ON stages.opportunity_id = deal.opportunity_id
WHERE in_scope(deal.region, deal.segment, deal.product, deal.owner, deal.manager)
    AND CASE
        WHEN getvariable('opportunity_id') IS NOT NULL
            THEN deal.opportunity_id = getvariable('opportunity_id')
        WHEN deal.close_date IS NULL THEN getvariable('quarter') = 'all'
        ELSE deal.close_date BETWEEN wanted.closed_from AND wanted.closed_to
    END
    AND coalesce(deal.state = getvariable('state'), true)
    AND coalesce(deal.slice = getvariable('slice'), true)
    AND (
        getvariable('competitor') IS NULL
        OR list_contains(deal.competitors, getvariable('competitor'))
    )
    AND (
        getvariable('loss_reason') IS NULL
        OR (deal.state = 'lost' AND (
            deal.loss_reason = getvariable('loss_reason')
            OR deal.opportunity_id IN (SELECT opportunity_id FROM drivers)
        ))
    )
ORDER BY amount DESC NULLS LAST, deal.opportunity_id
