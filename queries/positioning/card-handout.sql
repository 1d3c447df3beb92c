-- figure:     card-handout
-- title:      What a customer may see
-- question:   What may be shown of the cards outside the house?
-- curriculum: M8.4
-- source:     domain M8.4: each line is internal or may be shown
-- grain:      one row per line that may be shown, of cards that are published and not past their day
-- parameters:
--   as_of     date   cards that may be used on this day
--   card      text?  of this card alone
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   competitor  text   whom the card is about
--   section     text   where the line stands
--   line        text   what it says
--   seen_on     date   when it was seen
--   card        id     the card

SELECT
    competitor,
    section,
    line,
    seen_on,
    record_id AS card
FROM card_lines()
-- Nothing internal gets here: neither a line that says so or says nothing, nor the sources, which name
-- who told us.
WHERE tag = 'external ok'
    AND part <> 9
    AND card_state = 'published'
    AND (expires_on IS NULL OR expires_on >= as_of())
    AND (getvariable('card') IS NULL OR record_id = getvariable('card'))
ORDER BY competitor, record_id, part, row_number
