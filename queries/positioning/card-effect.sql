-- figure:     card-effect
-- title:      Did the card help
-- question:   How did we do against the competitor before and after each version, and what else changed?
-- curriculum: M8.4
-- source:     domain M8.4 Usage and effect: before and after by version with n; a difference is no proof
-- grain:      one row per published version of a card
-- needs:      opportunities, deal-competitors
-- parameters:
--   as_of     date   closings up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   competitor     text   whom the card is about
--   segment        text   whom it is for, and whose deals are counted; NULL: all
--   version        count  1 for its first publication
--   published_on   date   the day from which it was in use
--   days           days   length of both windows: up to card_effect_days, the next version or the as-of day
--   won_before     count  deals won against it in the days before
--   closed_before  count  won + lost in them
--   before         rate(won_before/closed_before)  NULL when nothing closed
--   won_after      count  won in as many days from the publication on
--   closed_after   count  won + lost in them
--   after          rate(won_after/closed_after)  NULL when nothing closed
--   difference     points  after - before; NULL: one side is empty
--   low            points  lower end of its interval, 90 %
--   high           points  upper end of it
--   verdict        state  better or worse: the interval lies on one side of zero; unclear: it does not; few:
--                         fewer than card_effect_min_n deals on either side
--   meanwhile      list   what else happened to or was seen of the competitor in both windows: it may be the cause
--   what_changed   text   since the version before, as its writer put it
--   approver       text   who approved it
--   card           id     the card
--   first_day      date   of the window before
--   last_day       date   of the window after
-- private:    approver
-- drill:      deals competitor=competitor closed_from=first_day closed_to=last_day
-- opens:      battle-card record=card

WITH windows AS (
    SELECT
        *,
        CAST(least(
            assumption('card_effect_days', '*', as_of()),
            as_of() - published_on + 1,
            replaced_on - published_on
        ) AS INTEGER) AS days
    FROM card_versions()
),

closings AS (
    SELECT DISTINCT
        rival.competitor,
        closing.opportunity_id,
        closing.segment,
        closing.close_date,
        closing.state = 'won' AS won
    FROM deals_valued(as_of(), as_of(), true, NULL) AS closing
    INNER JOIN deal_rivals() AS rival ON rival.opportunity_id = closing.opportunity_id
    WHERE closing.state IN ('won', 'lost')
        AND closing.close_date BETWEEN (SELECT min(published_on) - max(days) FROM windows) AND as_of()
        AND closing.within_scope
),

counted AS (
    SELECT
        windows.record_id,
        windows.version,
        count(*) FILTER (closings.won AND closings.close_date < windows.published_on) AS won_before,
        count(closings.opportunity_id) FILTER (closings.close_date < windows.published_on) AS closed_before,
        count(*) FILTER (closings.won AND closings.close_date >= windows.published_on) AS won_after,
        count(closings.opportunity_id) FILTER (closings.close_date >= windows.published_on) AS closed_after
    FROM windows
    LEFT JOIN closings
        ON closings.competitor = windows.competitor
        AND closings.close_date >= windows.published_on - windows.days
        AND closings.close_date < windows.published_on + windows.days
        AND (windows.segment IS NULL OR lower(trim(windows.segment)) = lower(trim(closings.segment)))
    GROUP BY windows.record_id, windows.version
),

meanwhile AS (
    SELECT
        windows.record_id,
        windows.version,
        list(
            event.kind || ' ' || strftime(event.happened_on, '%Y-%m-%d')
            ORDER BY event.happened_on, event.kind
        ) AS events
    FROM windows
    INNER JOIN rivals() AS listed ON listed.competitor = windows.competitor
    INNER JOIN facts.competitor_event AS event
        ON event.competitor_id = listed.competitor_id
        AND event.happened_on >= windows.published_on - windows.days
        AND event.happened_on < windows.published_on + windows.days
    GROUP BY windows.record_id, windows.version
),

compared AS (
    SELECT
        windows.*,
        counted.* EXCLUDE (record_id, version),
        meanwhile.events,
        counted.closed_before > 0 AND counted.closed_after > 0 AS comparable
    FROM windows
    INNER JOIN counted ON counted.record_id = windows.record_id AND counted.version = windows.version
    LEFT JOIN meanwhile ON meanwhile.record_id = windows.record_id AND meanwhile.version = windows.version
),

measured AS (
    SELECT
        *,
        rate_of(won_after, closed_after) - rate_of(won_before, closed_before) AS difference,
        CASE WHEN comparable
            THEN difference_low(won_after, closed_after, won_before, closed_before, z_90()) END AS low,
        CASE WHEN comparable
            THEN difference_high(won_after, closed_after, won_before, closed_before, z_90()) END AS high
    FROM compared
)

SELECT
    competitor,
    segment,
    version,
    published_on,
    days,
    won_before,
    closed_before,
    rate_of(won_before, closed_before) AS before,
    won_after,
    closed_after,
    rate_of(won_after, closed_after) AS after,
    difference,
    low,
    high,
    CASE
        WHEN least(closed_before, closed_after) < assumption('card_effect_min_n', '*', as_of()) THEN 'few'
        WHEN low > 0 THEN 'better'
        WHEN high < 0 THEN 'worse'
        ELSE 'unclear'
    END AS verdict,
    events AS meanwhile,
    what_changed,
    approver,
    record_id AS card,
    published_on - days AS first_day,
    published_on + days - 1 AS last_day
FROM measured
ORDER BY published_on DESC, record_id, version
