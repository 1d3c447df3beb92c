-- figure:     card-prices
-- title:      Their prices over time
-- question:   What has been seen of each competitor's prices, and what did it take to win against each of them?
-- curriculum: M8.4
-- source:     domain M8.4 Pricing shift analysis: observed price points per competitor with the discount required
--             to win
-- grain:      one row per price seen: on any version of a card, or in the register of events
-- parameters:
--   as_of     date   seen up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   competitor  text    whose price it is
--   package     text    what it is the price of; NULL: not said
--   seen_on     date    when it was seen
--   price       number  in its own currency: a list price is not converted
--   currency    text    of the price
--   unit        text    per what; NULL: not said
--   change      share   against the price seen before of the same thing; NULL: the first
--   points      count   prices seen of the same thing
--   median      number  of all of them
--   low         number  the lowest of them
--   high        number  the highest of them
--   won_since   count   deals won against it, of whatever package, from that day until the price seen next, that
--                       say what they were given off the list
--   discount_to_win  share  median of what those were given; NULL: none
--   lost_since  count   deals lost with it in the same days that say so
--   discount_lost  share  median of what had been offered in those; NULL: none
--   origin      text    the card, or where the event was seen
--   confidence  text    how sure it is, as the source words it; NULL: not said
--   thing       text    competitor, package, unit and currency: only prices of one thing are compared
--   month       month   fiscal month in which it was seen
-- chart:      line x=seen_on y=price series=thing

WITH noted AS (
    SELECT
        coalesce(written.competitor, trim(step.body ->> '$.competitor')) AS competitor,
        step.record_id,
        line ->> '$.line' AS package,
        TRY_CAST(line ->> '$.figure' AS DECIMAL(18, 2)) AS price,
        upper(line ->> '$.currency') AS currency,
        line ->> '$.unit' AS unit,
        TRY_CAST(line ->> '$.seen_on' AS DATE) AS seen_on,
        line ->> '$.confidence' AS confidence
    FROM (
        SELECT
            record_id,
            TRY_CAST(body AS JSON) AS body,
            unnest(from_json(TRY_CAST(body AS JSON) -> '$.pricing', '["JSON"]')) AS line
        FROM ledger.revision
        WHERE kind = 'battle-card'
            AND (known_at() IS NULL OR "at" <= known_at())
    ) AS step
    LEFT JOIN written_rivals() AS written
        ON written.spelling = lower(trim(step.body ->> '$.competitor'))
),

points AS (
    -- A line that later versions of a card repeat was seen once.
    SELECT
        competitor,
        package,
        price,
        currency,
        unit,
        seen_on,
        min(record_id) AS origin,
        max(confidence) AS confidence
    FROM noted
    WHERE price IS NOT NULL
        AND seen_on <= as_of()
    GROUP BY ALL
    UNION ALL BY NAME
    SELECT
        coalesce(listed.competitor, event.competitor_id) AS competitor,
        event.product AS package,
        event.price,
        event.currency,
        event.unit,
        event.happened_on AS seen_on,
        coalesce(event.source, 'event') AS origin,
        event.confidence
    FROM facts.competitor_event AS event
    LEFT JOIN spelled_rivals() AS listed ON listed.competitor_id = event.competitor_id
    WHERE event.price IS NOT NULL
        AND event.happened_on <= as_of()
),

named AS (
    SELECT
        *,
        concat_ws(' · ', competitor, package, unit, currency) AS thing,
        lower(concat_ws('/', competitor, coalesce(package, ''), coalesce(unit, ''), coalesce(currency, '')))
            AS thing_key
    FROM points
),

compared AS (
    SELECT
        *,
        row_number() OVER in_time AS place,
        lag(price) OVER in_time AS price_before,
        lead(seen_on) OVER in_time AS seen_next,
        count(*) OVER whole AS points,
        CAST(median(price) OVER whole AS DOUBLE) AS median,
        CAST(min(price) OVER whole AS DOUBLE) AS low,
        CAST(max(price) OVER whole AS DOUBLE) AS high
    FROM named
    WINDOW
        in_time AS (PARTITION BY thing_key ORDER BY seen_on, origin, price),
        whole AS (PARTITION BY thing_key)
),

closings AS (
    SELECT DISTINCT
        rival.competitor,
        closing.opportunity_id,
        closing.close_date,
        closing.state = 'won' AS won,
        given.discount
    FROM deals_valued(as_of(), as_of(), true, NULL) AS closing
    INNER JOIN deal_rivals() AS rival ON rival.opportunity_id = closing.opportunity_id
    INNER JOIN deal_discounts() AS given ON given.opportunity_id = closing.opportunity_id
    WHERE closing.state IN ('won', 'lost')
        AND closing.close_date <= as_of()
        AND closing.within_scope
),

required AS (
    SELECT
        compared.thing_key,
        compared.place,
        count(*) FILTER (closings.won) AS won_since,
        median(closings.discount) FILTER (closings.won) AS discount_to_win,
        count(*) FILTER (NOT closings.won) AS lost_since,
        median(closings.discount) FILTER (NOT closings.won) AS discount_lost
    FROM compared
    INNER JOIN closings
        ON closings.competitor = compared.competitor
        AND closings.close_date >= compared.seen_on
        AND closings.close_date < coalesce(compared.seen_next, DATE 'infinity')
    GROUP BY compared.thing_key, compared.place
)

SELECT
    compared.competitor,
    compared.package,
    compared.seen_on,
    CAST(compared.price AS DOUBLE) AS price,
    compared.currency,
    compared.unit,
    share_of(compared.price, compared.price_before) - 1 AS change,
    compared.points,
    compared.median,
    compared.low,
    compared.high,
    coalesce(required.won_since, 0) AS won_since,
    required.discount_to_win,
    coalesce(required.lost_since, 0) AS lost_since,
    required.discount_lost,
    compared.origin,
    compared.confidence,
    compared.thing,
    fiscal.month_start AS month
FROM compared
LEFT JOIN required ON required.thing_key = compared.thing_key AND required.place = compared.place
LEFT JOIN fiscal_days() AS fiscal ON fiscal.day = compared.seen_on
ORDER BY
    compared.competitor,
    compared.thing_key,
    compared.seen_on DESC,
    compared.origin,
    compared.price
