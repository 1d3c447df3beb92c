-- figure:     card-usage
-- title:      Are the cards used
-- question:   In which competitive deals was a card used, and how did those end?
-- curriculum: M8.4
-- source:     domain M8.4 Usage and effect: with and without use; who uses a card chose to, so this is
--             reported and proves nothing
-- grain:      one row per card that is not archived
-- needs:      opportunities, deal-competitors
-- parameters:
--   as_of     date   closings of the 547 days up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   competitor   text   whom the card is about
--   card         id     the card
--   verdict      state  no data: nobody said of any deal that it was used; few: fewer than card_effect_min_n
--                       deals on either side; better or worse with it; unclear: the interval holds zero
--   used         count  closed deals against the competitor in which it was used
--   closed       count  closed deals against the competitor
--   usage        rate(used/closed)  NULL when nothing closed
--   used_won     count  won of those with it
--   with_it      rate(used_won/used)  NULL: none
--   unused_won   count  won of those without, or of which nobody said
--   unused       count  closed deals without, or of which nobody said
--   without_it   rate(unused_won/unused)  NULL: none
--   difference   points  with it - without; NULL: one side is empty
--   low          points  lower end of its interval, 90 %
--   high         points  upper end of it
--   helped       count  notes that say it helped
--   not_helped   count  notes that say it did not
--   notes        count  notes on what is wrong or missing that nobody has answered yet
--   cited        count  decisions, actions and course corrections that name it
-- drill:      deals competitor=competitor
-- opens:      card-note card=card

WITH used AS (
    SELECT card, opportunity_id FROM record_card_note WHERE opportunity_id IS NOT NULL
    UNION
    SELECT card, opportunity_id FROM record_qualification WHERE card IS NOT NULL
    UNION
    SELECT card, opportunity_id FROM record_post_mortem WHERE card IS NOT NULL
),

counted AS (
    SELECT
        kept.competitor,
        kept.record_id,
        count(closing.opportunity_id) AS closed,
        count(used.opportunity_id) AS used,
        count(used.opportunity_id) FILTER (closing.won) AS used_won,
        count(closing.opportunity_id) FILTER (used.opportunity_id IS NULL) AS unused,
        count(closing.opportunity_id) FILTER (used.opportunity_id IS NULL AND closing.won) AS unused_won
    FROM cards_kept() AS kept
    LEFT JOIN rival_closings() AS closing ON closing.competitor = kept.competitor
    LEFT JOIN used ON used.card = kept.record_id AND used.opportunity_id = closing.opportunity_id
    GROUP BY kept.competitor, kept.record_id
),

notes AS (
    SELECT
        card,
        count(*) FILTER (verdict = 'helped') AS helped,
        count(*) FILTER (verdict = 'did not help') AS not_helped,
        count(*) FILTER (
            state = 'open' AND verdict IN ('wrong', 'out of date', 'missing')
        ) AS waiting
    FROM record_card_note
    GROUP BY card
),

cited AS (
    SELECT card, count(*) AS records
    FROM (
        SELECT link AS card FROM record_decision
        UNION ALL
        SELECT about AS card FROM record_action
        UNION ALL
        SELECT changes AS card FROM record_course_correction
    )
    GROUP BY card
),

measured AS (
    SELECT
        *,
        rate_of(used_won, used) - rate_of(unused_won, unused) AS difference,
        CASE WHEN used > 0 AND unused > 0
            THEN difference_low(used_won, used, unused_won, unused, z_90()) END AS low,
        CASE WHEN used > 0 AND unused > 0
            THEN difference_high(used_won, used, unused_won, unused, z_90()) END AS high
    FROM counted
)

SELECT
    measured.competitor,
    measured.record_id AS card,
    CASE
        WHEN measured.used = 0 THEN 'no data'
        WHEN least(measured.used, measured.unused) < assumption('card_effect_min_n', '*', as_of()) THEN 'few'
        WHEN measured.low > 0 THEN 'better'
        WHEN measured.high < 0 THEN 'worse'
        ELSE 'unclear'
    END AS verdict,
    measured.used,
    measured.closed,
    rate_of(measured.used, measured.closed) AS usage,
    measured.used_won,
    rate_of(measured.used_won, measured.used) AS with_it,
    measured.unused_won,
    measured.unused,
    rate_of(measured.unused_won, measured.unused) AS without_it,
    measured.difference,
    measured.low,
    measured.high,
    coalesce(notes.helped, 0) AS helped,
    coalesce(notes.not_helped, 0) AS not_helped,
    coalesce(notes.waiting, 0) AS notes,
    coalesce(cited.records, 0) AS cited
FROM measured
LEFT JOIN notes ON notes.card = measured.record_id
LEFT JOIN cited ON cited.card = measured.record_id
ORDER BY measured.closed DESC, measured.competitor, measured.record_id
