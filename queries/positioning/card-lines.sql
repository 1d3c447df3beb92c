-- figure:     card-lines
-- title:      Lines of the cards
-- question:   What does each line of a card rest on, how old is it, and may a customer see it?
-- curriculum: M8.4
-- source:     domain M8.4 Sections: source, date, confidence and tag per line; older than 30 days flagged
-- grain:      one row per line of a card that is not archived
-- parameters:
--   as_of     date   ages are counted to this day
--   card      text?  of this card alone
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   competitor  text   whom the card is about
--   section     text   where the line stands
--   line        text   what it says
--   state       state  no source, no date, old (past card_line_days, prices past card_pricing_sla_days), good
--   tag         state  internal, or external ok: may be shown. A line without a tag is internal
--   confidence  text   as its writer put it; NULL: not said
--   source      text   where it can be checked
--   seen_on     date   when it was seen
--   age         days   days since then; NULL: no date
--   card        id     the card
--   card_state  state  state of the card
--   number      count  place of the line in its section
-- opens:      battle-card record=card

WITH lines AS (
    SELECT *
    FROM card_lines()
    WHERE getvariable('card') IS NULL
        OR record_id = getvariable('card')
)

SELECT
    competitor,
    section,
    line,
    CASE
        WHEN source IS NULL THEN 'no source'
        WHEN seen_on IS NULL THEN 'no date'
        WHEN as_of() - seen_on > assumption(
            CASE WHEN part = 2 THEN 'card_pricing_sla_days' ELSE 'card_line_days' END, '*', as_of()
        ) THEN 'old'
        ELSE 'good'
    END AS state,
    tag,
    confidence,
    source,
    seen_on,
    as_of() - seen_on AS age,
    record_id AS card,
    card_state,
    CAST(row_number AS BIGINT) AS number
FROM lines
ORDER BY competitor, record_id, part, row_number
