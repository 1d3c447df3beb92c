-- figure:     battle-cards
-- title:      Battle cards
-- question:   Which cards can a seller still trust, and against whom is there none?
-- curriculum: M8.4
-- source:     domain M8.4; due = first of last check + days of its tier, first unanswered trigger + days
--             to respond, and expiry
-- grain:      one row per card that is not archived, and per competitor that lacks one
-- parameters:
--   as_of     date   events and closings up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   competitor    text              whom the card is about
--   segment       text              whom the card is for; NULL: everybody, or no card
--   tier          count             1 closest to 3, by the card, else by competitors
--   state         state             missing: lost to it in the window, new, or met often, and no card;
--                                   stale: due, or marked so; draft: not published; due soon: within
--                                   card_due_soon_days; fresh
--   due_on        date              next check; NULL: nothing calls for one
--   days_overdue  days              days past it; NULL: not due
--   owner         text              who keeps the card; NULL: an orphan, or no card
--   reviewed_on   date              last checked on, else last written on
--   trigger       text              the newest of what asks for a new version
--   triggers      count             how many ask for it; card-triggers lists them
--   old_prices    count             price lines without a date, or older than they may be
--   won           count             deals won against it in 547 days
--   closed        count             won + lost
--   win_rate      rate(won/closed)  NULL when nothing closed
--   lost_amount   money "Lost"      amount lost with it in the deal
--   card          id                the record; NULL: missing
--   card_state    state             state of the record
--   window_start  date              first day of the 547
--   window_end    date              last day of them
-- private:    owner
-- drill:      deals competitor=competitor closed_from=window_start closed_to=window_end
-- opens:      battle-card competitor=competitor record=card

WITH records AS (
    SELECT * FROM rival_record()
),

old_prices AS (
    SELECT
        record_id,
        count(*) AS count
    FROM record_battle_card_pricing
    WHERE seen_on IS NULL
        OR as_of() - seen_on > assumption('card_pricing_sla_days', '*', as_of())
    GROUP BY record_id
)

SELECT
    judged.competitor,
    judged.segment,
    judged.known_tier AS tier,
    judged.freshness AS state,
    judged.due_on,
    CASE WHEN as_of() > judged.due_on THEN as_of() - judged.due_on END AS days_overdue,
    judged.owner,
    judged.reviewed_on,
    judged.newest AS trigger,
    judged.triggers,
    coalesce(old_prices.count, 0) AS old_prices,
    coalesce(records.won, 0) AS won,
    coalesce(records.closed, 0) AS closed,
    rate_of(records.won, records.closed) AS win_rate,
    CAST(records.lost_amount AS DECIMAL(18, 2)) AS lost_amount,
    judged.record_id AS card,
    judged.card_state,
    win_loss_start() AS window_start,
    as_of() AS window_end
FROM cards_judged() AS judged
LEFT JOIN old_prices ON old_prices.record_id = judged.record_id
LEFT JOIN records ON records.competitor = judged.competitor
ORDER BY
    list_position(['missing', 'stale', 'draft', 'due soon', 'fresh'], judged.freshness),
    days_overdue DESC NULLS LAST,
    judged.competitor,
    judged.record_id
