-- figure:     battle-cards
-- title:      Battle cards
-- question:   Which cards can a seller still trust, and against whom is there none?
-- curriculum: M8.4
-- source:     domain M8.4; due = first of last check + days of its tier, first new event + days to
--             respond, and expiry
-- grain:      one row per card that is not archived, and per competitor that lacks one
-- parameters:
--   as_of     date   events and closings up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   competitor    text              whom the card is about
--   tier          count             1 closest to 3, by the card, else by competitors
--   state         state             missing: lost to it in the window, or a new entrant, and no card;
--                                   stale: due, or marked so; draft: not published; due soon: within 7
--                                   days; fresh
--   due_on        date              next check; NULL: nothing calls for one
--   days_overdue  days              days past it; NULL: not due
--   owner         text              who keeps the card; NULL: an orphan, or no card
--   reviewed_on   date              last checked on, else last written on
--   trigger       text              newest event since then
--   triggers      count             how many events since then
--   old_prices    count             price lines without a date, or older than they may be
--   won           count             deals won against it in 547 days
--   closed        count             won + lost
--   win_rate      rate(won/closed)  NULL when nothing closed
--   lost_amount   money "Lost"      amount lost with it in the deal
--   card          id                the record; NULL: missing
--   card_state    state             state of the record
--   window_start  date              first day of the 547
--   window_end    date              last day of them
-- drill:      deals competitor=competitor closed_from=window_start closed_to=window_end
-- opens:      battle-card competitor=competitor record=card

WITH records AS (
    SELECT * FROM rival_record()
),

listed AS (
    SELECT * FROM rivals()
),

-- People write a competitor's name as they please; an id will do, too.
spellings AS (
    SELECT spelling, min(competitor) AS competitor
    FROM (
        SELECT lower(competitor) AS spelling, competitor FROM listed
        UNION
        SELECT lower(competitor_id) AS spelling, competitor FROM listed
    )
    GROUP BY spelling
),

cards AS (
    SELECT
        card.record_id,
        card.state AS card_state,
        coalesce(spellings.competitor, trim(card.competitor)) AS competitor,
        TRY_CAST(card.tier AS INTEGER) AS tier,
        card.owner,
        card.expires_on,
        -- What is in use was looked at when it was last written, even if nobody noted a day.
        coalesce(
            card.reviewed_on,
            CASE WHEN card.state IN ('published', 'stale') THEN CAST(card.updated_at AS DATE) END
        ) AS reviewed_on
    FROM record_battle_card AS card
    LEFT JOIN spellings ON spellings.spelling = lower(trim(card.competitor))
    WHERE card.state <> 'archived'
),

events AS (
    SELECT
        listed.competitor,
        event.happened_on,
        event.kind,
        event.kind || ' ' || strftime(event.happened_on, '%Y-%m-%d') || coalesce(': ' || event.detail, '')
            AS description
    FROM facts.competitor_event AS event
    INNER JOIN listed ON listed.competitor_id = event.competitor_id
    WHERE event.kind <> 'other'
        AND event.happened_on BETWEEN win_loss_start() AND as_of()
),

without_card AS (
    SELECT DISTINCT competitor
    FROM (
        SELECT competitor FROM records WHERE closed > won
        UNION ALL
        SELECT competitor FROM events WHERE kind = 'new entrant'
    )
    ANTI JOIN cards USING (competitor)
),

subjects AS (
    SELECT * FROM cards
    UNION ALL BY NAME
    SELECT competitor FROM without_card
),

triggers AS (
    SELECT
        subjects.competitor,
        subjects.record_id,
        -- The clock runs from the first event that nobody has answered; the newest is the news.
        min(events.happened_on) AS first_on,
        max_by(events.description, (events.happened_on, events.description)) AS newest,
        count(*) AS count
    FROM subjects
    INNER JOIN events
        ON events.competitor = subjects.competitor
        AND events.happened_on > coalesce(subjects.reviewed_on, DATE '-infinity')
    GROUP BY subjects.competitor, subjects.record_id
),

old_prices AS (
    SELECT
        record_id,
        count(*) AS count
    FROM record_battle_card_pricing
    WHERE seen_on IS NULL
        OR as_of() - seen_on > assumption('card_pricing_sla_days', '*', as_of())
    GROUP BY record_id
),

dated AS (
    SELECT
        subjects.*,
        coalesce(subjects.tier, listed.tier) AS known_tier,
        triggers.newest,
        coalesce(triggers.count, 0) AS triggers,
        -- least() passes over what is NULL.
        least(
            subjects.reviewed_on + CAST(coalesce(
                assumption('card_sla_days', CAST(coalesce(subjects.tier, listed.tier) AS VARCHAR), as_of()),
                -- Nobody ranked it, so it gets the time of the farthest.
                assumption('card_sla_days', '3', as_of())
            ) AS INTEGER),
            triggers.first_on + CAST(assumption('card_trigger_sla_days', '*', as_of()) AS INTEGER),
            subjects.expires_on
        ) AS due_on
    FROM subjects
    LEFT JOIN listed ON listed.competitor = subjects.competitor
    LEFT JOIN triggers
        ON triggers.competitor = subjects.competitor
        AND triggers.record_id IS NOT DISTINCT FROM subjects.record_id
),

judged AS (
    SELECT
        *,
        CASE
            WHEN record_id IS NULL THEN 'missing'
            WHEN card_state NOT IN ('published', 'stale') THEN 'draft'
            WHEN card_state = 'stale' OR as_of() > due_on THEN 'stale'
            WHEN due_on - as_of() <= 7 THEN 'due soon'
            ELSE 'fresh'
        END AS freshness
    FROM dated
)

SELECT
    judged.competitor,
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
FROM judged
LEFT JOIN old_prices ON old_prices.record_id = judged.record_id
LEFT JOIN records ON records.competitor = judged.competitor
ORDER BY
    list_position(['missing', 'stale', 'draft', 'due soon', 'fresh'], judged.freshness),
    days_overdue DESC NULLS LAST,
    judged.competitor,
    judged.record_id
