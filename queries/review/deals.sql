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
-- private:    owner, manager
-- drill:      deal-trail opportunity_id=opportunity_id
-- opens:      post-mortem opportunity_id=opportunity_id

-- Bounds are constants, so that of millions of deals only those of the period are read. A month is
-- at most six weeks long; which deals are in it, the calendar tells below.
WITH chosen AS (
    SELECT *
    FROM deals_at(as_of())
    WHERE in_scope(region, segment, product, owner, manager)
        AND coalesce(opportunity_id = getvariable('opportunity_id'), true)
        AND (
            getvariable('opportunity_id') IS NOT NULL
            OR close_date BETWEEN
                coalesce(getvariable('month'), getvariable('closed_from'), period_start())
                AND coalesce(getvariable('month') + 42, getvariable('closed_to'), period_end())
            OR (close_date IS NULL AND getvariable('month') IS NULL AND getvariable('quarter') = 'all')
        )
        AND coalesce(close_month = getvariable('month'), true)
        AND coalesce(state = getvariable('state'), true)
        AND coalesce(slice = getvariable('slice'), true)
        AND (
            getvariable('competitor') IS NULL
            OR list_contains(competitors, getvariable('competitor'))
        )
),

-- A loss is worth what it was while it was open.
losses AS (
    SELECT
        opportunity_id,
        amount
    FROM closings_at(
        as_of(),
        CASE WHEN getvariable('opportunity_id') IS NULL
            THEN coalesce(getvariable('month'), getvariable('closed_from'), period_start())
            ELSE DATE '-infinity'
        END,
        CASE WHEN getvariable('opportunity_id') IS NULL
            THEN coalesce(getvariable('month') + 42, getvariable('closed_to'), period_end())
            ELSE DATE 'infinity'
        END,
        true
    )
    WHERE NOT won
),

while_open AS (
    SELECT
        opportunity_id,
        max_by(stage, valid_from) AS stage_reached
    FROM facts.opportunity
    SEMI JOIN chosen USING (opportunity_id)
    WHERE state = 'open'
        AND valid_from <= as_of()
    GROUP BY opportunity_id
),

drivers AS (
    SELECT DISTINCT post_mortem.opportunity_id
    FROM record_post_mortem AS post_mortem
    INNER JOIN record_post_mortem_drivers AS named ON named.record_id = post_mortem.record_id
    WHERE post_mortem.state NOT IN ('draft', 'withdrawn')
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
    while_open.stage_reached,
    deal.state,
    deal.category,
    CASE WHEN deal.state = 'lost' THEN losses.amount ELSE deal.amount END AS amount,
    CAST(deal.probability AS DOUBLE) AS probability,
    deal.created_on,
    deal.close_date,
    deal.days,
    deal.loss_reason,
    deal.competitor,
    deal.lead_source,
    deal.deal_type,
    deal.strategic
FROM chosen AS deal
LEFT JOIN losses ON losses.opportunity_id = deal.opportunity_id
LEFT JOIN while_open ON while_open.opportunity_id = deal.opportunity_id
WHERE getvariable('loss_reason') IS NULL
    OR (deal.state = 'lost' AND (
        deal.loss_reason = getvariable('loss_reason')
        OR deal.opportunity_id IN (SELECT opportunity_id FROM drivers)
    ))
ORDER BY amount DESC NULLS LAST, deal.opportunity_id
