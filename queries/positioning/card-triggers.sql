-- figure:     card-triggers
-- title:      What asks for a new card
-- question:   What happened to us or was seen of them that a card does not say yet?
-- curriculum: M8.4
-- source:     domain M8.4 Triggers: an entrant, a price, packaging, a launch, funding; named in deals
--             without a card; win rate down by 10 points; losses on price; expiry; a seller's request
-- grain:      one row per card (or competitor without one) and reason; answered ones of the period too
-- needs:      opportunities
-- parameters:
--   period_start  date   what was answered and is from before this day is not shown
--   as_of         date   what happened up to this day
--   known_at      instant?  what was written after this instant is not seen
-- columns:
--   competitor    text   whom it is about
--   trigger       state  what asks: new entrant, price move, packaging, launch, funding, no card, win rate
--                        down, price losses, expiry or request
--   status        state  overdue, asks, answered: the card was checked since
--   what          text   what happened, in a line
--   since         date   when it happened, or became so
--   due_on        date   the card is to say so by this day
--   days_overdue  days   days past it; NULL: not yet, or answered
--   deals         count  our own deals that show it; NULL: it was seen elsewhere
--   evidence      list   their ids
--   owner         text   who keeps the card; NULL: nobody
--   card          id     the card; NULL: there is none
--   card_state    state  state of it
--   reason        text   what a revision is to say of it: the trigger and what happened
-- private:    owner
-- drill:      deals competitor=competitor
-- opens:      battle-card competitor=competitor trigger=reason record=card

WITH judged AS (
    SELECT
        *,
        CASE WHEN answered THEN 'answered' WHEN as_of() > due_on THEN 'overdue' ELSE 'asks' END AS status
    FROM card_triggers()
)

SELECT
    competitor,
    trigger,
    status,
    what,
    since,
    due_on,
    CASE WHEN status = 'overdue' THEN as_of() - due_on END AS days_overdue,
    CAST(len(deals) AS BIGINT) AS deals,
    deals AS evidence,
    owner,
    record_id AS card,
    card_state,
    CASE WHEN starts_with(what, trigger) THEN what ELSE trigger || ': ' || what END AS reason
FROM judged
WHERE status <> 'answered'
    OR since >= period_start()
ORDER BY
    list_position(['overdue', 'asks', 'answered'], status),
    days_overdue DESC NULLS LAST,
    competitor,
    record_id,
    trigger,
    since,
    what
