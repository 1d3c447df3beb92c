-- figure:     card-health
-- title:      How far cards can be trusted
-- question:   How many cards are in date, has each an owner, and do we have one where we lose?
-- curriculum: M8.4
-- source:     domain M8.4: freshness = cards in time / cards; coverage = competitors we lost to that have a
--             current card / competitors we lost to
-- grain:      one row per tier, and one for all
-- parameters:
--   as_of     date   events and closings up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   tier         text   1 closest to 3; unranked; all
--   in_time      count  published cards that are not due
--   cards        count  published or marked stale
--   freshness    rate(in_time/cards)  NULL: no card is in use
--   covered      count  competitors that we lost to in 547 days and that have a card in time
--   lost_to      count  competitors that we lost to in them
--   coverage     rate(covered/lost_to)  NULL: nothing was lost to a competitor
--   orphans      count  cards without an owner, drafts too
--   drafts       count  cards that are not published yet
--   overdue      count  what asks for a new version and should have had it by now
--   old_lines    count  lines without source or date, or older than they may be
--   lines        count  lines of the cards
--   contradictions  count  cards with a line that another line or a newer price contradicts
--   worst        text   the card that is due the longest; NULL: none is
-- chart:      bar label=tier value=freshness reference=coverage

WITH judged AS (
    SELECT
        *,
        coalesce(CAST(known_tier AS VARCHAR), 'unranked') AS tier_name,
        freshness IN ('fresh', 'due soon') AS in_time
    FROM cards_judged()
),

subjects AS (
    SELECT tier_name AS tier, * FROM judged
    UNION ALL
    SELECT 'all' AS tier, * FROM judged
),

lost_to AS (
    SELECT DISTINCT competitor FROM rival_closings() WHERE NOT won
),

by_rival AS (
    SELECT
        subjects.tier,
        subjects.competitor,
        bool_or(subjects.in_time) AS covered
    FROM subjects
    INNER JOIN lost_to ON lost_to.competitor = subjects.competitor
    GROUP BY subjects.tier, subjects.competitor
),

coverage AS (
    SELECT
        tier,
        count(*) AS lost_to,
        count(*) FILTER (covered) AS covered
    FROM by_rival
    GROUP BY tier
),

asking AS (
    SELECT
        record_id,
        count(*) AS overdue
    FROM card_triggers()
    WHERE NOT answered
        AND as_of() > due_on
    GROUP BY record_id
),

lines AS (
    SELECT
        record_id,
        count(*) AS lines,
        count(*) FILTER (
            source IS NULL
            OR seen_on IS NULL
            OR as_of() - seen_on > assumption(
                CASE WHEN part = 2 THEN 'card_pricing_sla_days' ELSE 'card_line_days' END, '*', as_of()
            )
        ) AS old_lines
    FROM card_lines()
    GROUP BY record_id
),

contradicted AS (
    SELECT DISTINCT unnest(cards) AS record_id FROM line_conflicts()
)

SELECT
    subjects.tier,
    count(*) FILTER (subjects.in_time AND subjects.card_state IN ('published', 'stale')) AS in_time,
    count(*) FILTER (subjects.card_state IN ('published', 'stale')) AS cards,
    rate_of(
        count(*) FILTER (subjects.in_time AND subjects.card_state IN ('published', 'stale')),
        count(*) FILTER (subjects.card_state IN ('published', 'stale'))
    ) AS freshness,
    coalesce(any_value(coverage.covered), 0) AS covered,
    coalesce(any_value(coverage.lost_to), 0) AS lost_to,
    rate_of(any_value(coverage.covered), any_value(coverage.lost_to)) AS coverage,
    count(*) FILTER (subjects.record_id IS NOT NULL AND subjects.owner IS NULL) AS orphans,
    count(*) FILTER (subjects.freshness = 'draft') AS drafts,
    CAST(coalesce(sum(asking.overdue), 0) AS BIGINT) AS overdue,
    CAST(coalesce(sum(lines.old_lines), 0) AS BIGINT) AS old_lines,
    CAST(coalesce(sum(lines.lines), 0) AS BIGINT) AS lines,
    count(contradicted.record_id) AS contradictions,
    arg_min(subjects.competitor, (subjects.due_on, subjects.competitor)) FILTER (
        subjects.record_id IS NOT NULL AND as_of() > subjects.due_on
    ) AS worst
FROM subjects
LEFT JOIN coverage ON coverage.tier = subjects.tier
LEFT JOIN asking ON asking.record_id = subjects.record_id
LEFT JOIN lines ON lines.record_id = subjects.record_id
LEFT JOIN contradicted ON contradicted.record_id = subjects.record_id
GROUP BY subjects.tier
ORDER BY subjects.tier <> 'all', subjects.tier
