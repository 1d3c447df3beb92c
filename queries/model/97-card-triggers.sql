-- What asks for a battle card to be looked at again, and by when (domain M8.4).

-- What was seen of the competitors on the list in eighteen months; moving house changes no card.
CREATE OR REPLACE TEMP MACRO rival_events() AS TABLE
    SELECT
        listed.competitor,
        event.happened_on,
        event.kind,
        event.kind || ' ' || strftime(event.happened_on, '%Y-%m-%d') || coalesce(': ' || event.detail, '')
            AS what
    FROM facts.competitor_event AS event
    INNER JOIN spelled_rivals() AS listed ON listed.competitor_id = event.competitor_id
    WHERE event.kind <> 'other'
        AND event.happened_on BETWEEN win_loss_start() AND as_of();

-- Deals that closed against each competitor in the 547 days.
CREATE OR REPLACE TEMP TABLE closings_against_rivals AS
    SELECT
        rival.competitor,
        closing.opportunity_id,
        closing.close_date,
        closing.won,
        closing.loss_reason
    FROM closings_at(as_of(), win_loss_start(), as_of(), false) AS closing
    INNER JOIN (SELECT DISTINCT opportunity_id, competitor FROM deal_rivals()) AS rival
        ON rival.opportunity_id = closing.opportunity_id;

CREATE OR REPLACE TEMP MACRO rival_closings() AS TABLE FROM closings_against_rivals;

-- Days on which a competitor had won often enough on price within so many days, with the deals.
CREATE OR REPLACE TEMP MACRO price_loss_days() AS TABLE
    WITH losses AS (
        SELECT
            lost.competitor,
            lost.close_date,
            lost.opportunity_id
        FROM rival_closings() AS lost
        LEFT JOIN (
            SELECT DISTINCT post_mortem.opportunity_id
            FROM record_post_mortem AS post_mortem
            INNER JOIN record_post_mortem_drivers AS named ON named.record_id = post_mortem.record_id
            WHERE post_mortem.state NOT IN ('draft', 'withdrawn')
                AND named.driver LIKE 'pricing:%'
        ) AS told ON told.opportunity_id = lost.opportunity_id
        WHERE NOT lost.won
            AND (contains(lower(lost.loss_reason), 'pric') OR told.opportunity_id IS NOT NULL)
    ),

    days AS (
        SELECT
            competitor,
            close_date,
            list(opportunity_id ORDER BY opportunity_id) AS deals
        FROM losses
        GROUP BY competitor, close_date
    )

    SELECT
        today.competitor,
        today.close_date,
        list_sort(flatten(list(recent.deals))) AS deals
    FROM days AS today
    INNER JOIN days AS recent
        ON recent.competitor = today.competitor
        AND recent.close_date <= today.close_date
        AND today.close_date - recent.close_date
            < assumption('card_trigger_price_days', '*', as_of())
    GROUP BY today.competitor, today.close_date
    HAVING len(flatten(list(recent.deals))) >= assumption('card_trigger_price_losses', '*', as_of());

-- Win rate against each competitor in the newest days and in as many before.
CREATE OR REPLACE TEMP MACRO rival_rates() AS TABLE
    SELECT
        competitor,
        count(*) FILTER (recent AND won) AS won,
        count(*) FILTER (recent) AS closed,
        count(*) FILTER (NOT recent AND won) AS won_before,
        count(*) FILTER (NOT recent) AS closed_before,
        max(close_date) FILTER (recent AND NOT won) AS last_lost,
        list(opportunity_id ORDER BY opportunity_id) FILTER (recent AND NOT won) AS lost
    FROM (
        SELECT *, as_of() - close_date < assumption('card_trigger_rate_days', '*', as_of()) AS recent
        FROM rival_closings()
        WHERE as_of() - close_date < 2 * assumption('card_trigger_rate_days', '*', as_of())
    )
    GROUP BY competitor;

-- Competitors that sellers meet and nobody has written a card on, since the deal that made it so.
CREATE OR REPLACE TEMP MACRO rivals_without_card() AS TABLE
    WITH met AS (
        SELECT
            rival.competitor,
            rival.opportunity_id,
            coalesce(deal.created_on, deal.close_date) AS met_on
        FROM sliced_deals_at(as_of(), as_of()) AS deal
        INNER JOIN (SELECT DISTINCT opportunity_id, competitor FROM deal_rivals()) AS rival
            ON rival.opportunity_id = deal.opportunity_id
        WHERE deal.state = 'open'
            OR (deal.state IN ('won', 'lost') AND deal.close_date BETWEEN win_loss_start() AND as_of())
    ),

    numbered AS (
        SELECT
            *,
            row_number() OVER (PARTITION BY competitor ORDER BY met_on NULLS LAST, opportunity_id) AS place
        FROM met
    )

    SELECT
        competitor,
        max(met_on) FILTER (place = assumption('card_trigger_deals', '*', as_of())) AS since,
        list(opportunity_id ORDER BY opportunity_id) AS deals
    FROM numbered
    ANTI JOIN cards_kept() AS kept USING (competitor)
    GROUP BY competitor
    HAVING count(*) >= assumption('card_trigger_deals', '*', as_of());

-- Everything that asks for a card to be looked at again, one row per card and reason; record_id is
-- NULL where there is no card. What happened up to the day of the last check is answered.
CREATE OR REPLACE TEMP TABLE triggers_of_cards AS
    WITH kept AS (
        SELECT * FROM cards_kept()
    ),

    happened AS (
        SELECT
            event.competitor,
            kept.record_id,
            event.kind AS trigger,
            event.happened_on AS since,
            event.what,
            NULL::VARCHAR[] AS deals
        FROM rival_events() AS event
        LEFT JOIN kept ON kept.competitor = event.competitor
        -- What has no card at all is asked for by the entrant, not by each of its moves.
        WHERE kept.record_id IS NOT NULL
            OR event.kind = 'new entrant'
    ),

    named AS (
        SELECT
            competitor,
            NULL AS record_id,
            'no card' AS trigger,
            since,
            'in ' || len(deals) || ' deals and without a card' AS what,
            deals
        FROM rivals_without_card()
    ),

    priced AS (
        SELECT
            kept.competitor,
            kept.record_id,
            'price losses' AS trigger,
            min(day.close_date) AS since,
            len(arg_min(day.deals, day.close_date)) || ' losses on price up to '
            || strftime(min(day.close_date), '%Y-%m-%d') AS what,
            arg_min(day.deals, day.close_date) AS deals
        FROM kept
        INNER JOIN price_loss_days() AS day
            ON day.competitor = kept.competitor
            AND day.close_date > coalesce(kept.reviewed_on, DATE '-infinity')
        GROUP BY kept.competitor, kept.record_id
    ),

    fallen AS (
        SELECT
            kept.competitor,
            kept.record_id,
            'win rate down' AS trigger,
            rate.last_lost AS since,
            rate.won || '/' || rate.closed || ' won after ' || rate.won_before || '/' || rate.closed_before
                AS what,
            rate.lost AS deals
        FROM kept
        INNER JOIN rival_rates() AS rate ON rate.competitor = kept.competitor
        WHERE least(rate.closed, rate.closed_before) >= assumption('card_trigger_min_n', '*', as_of())
            AND rate_of(rate.won_before, rate.closed_before) - rate_of(rate.won, rate.closed)
                >= assumption('card_trigger_drop', '*', as_of()) - 1e-9
    ),

    expired AS (
        SELECT
            competitor,
            record_id,
            'expiry' AS trigger,
            expires_on AS since,
            'use it until ' || strftime(expires_on, '%Y-%m-%d') AS what,
            NULL::VARCHAR[] AS deals
        FROM kept
        WHERE expires_on <= as_of()
    ),

    asked AS (
        SELECT
            kept.competitor,
            kept.record_id,
            'request' AS trigger,
            CAST(note.created_at AS DATE) AS since,
            note.record_id || ': ' || note.verdict || coalesce(', ' || note.note, '') AS what,
            CASE WHEN note.opportunity_id IS NOT NULL THEN [note.opportunity_id] END AS deals
        FROM record_card_note AS note
        INNER JOIN kept ON kept.record_id = note.card
        WHERE note.state = 'open'
            AND note.verdict IN ('wrong', 'out of date', 'missing')
            AND CAST(note.created_at AS DATE) <= as_of()
    ),

    together AS (
        SELECT * FROM happened
        UNION ALL BY NAME SELECT * FROM named
        UNION ALL BY NAME SELECT * FROM priced
        UNION ALL BY NAME SELECT * FROM fallen
        UNION ALL BY NAME SELECT * FROM expired
        UNION ALL BY NAME SELECT * FROM asked
    )

    SELECT
        together.*,
        kept.card_state,
        kept.owner,
        -- A note stays open until somebody has answered it, and an expired card until it is extended.
        coalesce(
            together.trigger NOT IN ('request', 'expiry') AND together.since <= kept.reviewed_on, false
        ) AS answered,
        CASE WHEN together.trigger = 'expiry' THEN together.since
             ELSE together.since
                + CAST(assumption('card_trigger_sla_days', together.trigger, as_of()) AS INTEGER)
        END AS due_on
    FROM together
    LEFT JOIN kept ON kept.record_id = together.record_id;

CREATE OR REPLACE TEMP MACRO card_triggers() AS TABLE FROM triggers_of_cards;

-- Every card and every competitor that lacks one, with the day by which somebody must look.
CREATE OR REPLACE TEMP MACRO cards_judged() AS TABLE
    WITH listed AS (
        SELECT * FROM rivals()
    ),

    cards AS (
        SELECT * FROM cards_kept()
    ),

    asking AS (
        SELECT * FROM card_triggers()
        -- How long a card may be used is one of the days that make it due, not news about the rival.
        WHERE trigger <> 'expiry'
    ),

    without_card AS (
        SELECT DISTINCT competitor
        FROM (
            SELECT competitor FROM rival_closings() WHERE NOT won
            UNION ALL
            SELECT competitor FROM asking WHERE record_id IS NULL
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
            competitor,
            record_id,
            -- The clock runs from the first that nobody has answered; the newest is the news.
            min(due_on) AS due_on,
            max_by(what, (since, what)) AS newest,
            count(*) AS count
        FROM asking
        WHERE NOT answered
        GROUP BY competitor, record_id
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
                triggers.due_on,
                subjects.expires_on
            ) AS due_on
        FROM subjects
        LEFT JOIN listed ON listed.competitor = subjects.competitor
        LEFT JOIN triggers
            ON triggers.competitor = subjects.competitor
            AND triggers.record_id IS NOT DISTINCT FROM subjects.record_id
    )

    SELECT
        *,
        CASE
            WHEN record_id IS NULL THEN 'missing'
            WHEN card_state NOT IN ('published', 'stale') THEN 'draft'
            WHEN card_state = 'stale' OR as_of() > due_on THEN 'stale'
            WHEN due_on - as_of() <= assumption('card_due_soon_days', '*', as_of()) THEN 'due soon'
            ELSE 'fresh'
        END AS freshness
    FROM dated;
