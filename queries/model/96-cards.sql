-- Battle cards: which are kept, what stands on them, and where two lines contradict (domain M8.4).

-- People write a competitor's name as they please; an id will do, too.
CREATE OR REPLACE TEMP MACRO written_rivals() AS TABLE
    SELECT
        spelling,
        min(competitor) AS competitor
    FROM (
        SELECT lower(competitor) AS spelling, competitor FROM rivals()
        UNION
        SELECT lower(competitor_id) AS spelling, competitor FROM rivals()
    )
    GROUP BY spelling;

-- Whether two scopes can have a deal in common; NULL is everybody.
CREATE OR REPLACE TEMP MACRO may_share_deals(segment, other) AS
    coalesce(lower(trim(segment)) = lower(trim(other)), true);

-- Every card that is not archived, with its competitor by the name of the list.
CREATE OR REPLACE TEMP TABLE kept_cards AS
    SELECT
        card.record_id,
        card.state AS card_state,
        coalesce(written.competitor, trim(card.competitor)) AS competitor,
        card.segment,
        TRY_CAST(card.tier AS INTEGER) AS tier,
        card.owner,
        card.expires_on,
        -- What is in use was looked at when it was last written, even if nobody noted a day.
        coalesce(
            card.reviewed_on,
            CASE WHEN card.state IN ('published', 'stale') THEN CAST(card.updated_at AS DATE) END
        ) AS reviewed_on
    FROM record_battle_card AS card
    LEFT JOIN written_rivals() AS written ON written.spelling = lower(trim(card.competitor))
    WHERE card.state <> 'archived';

CREATE OR REPLACE TEMP MACRO cards_kept() AS TABLE FROM kept_cards;

-- The publications of each card: a version in use is one of them.
CREATE OR REPLACE TEMP MACRO card_versions() AS TABLE
    WITH steps AS (
        SELECT
            *,
            lag(state) OVER (PARTITION BY record_id ORDER BY seq) AS state_before,
            last_value(CASE WHEN state = 'approved' THEN author END IGNORE NULLS) OVER (
                PARTITION BY record_id ORDER BY seq
            ) AS approver
        FROM ledger.revision
        WHERE kind = 'battle-card'
            AND (known_at() IS NULL OR "at" <= known_at())
    )

    SELECT
        record_id,
        revision,
        CAST("at" AS DATE) AS published_on,
        approver,
        body ->> '$.what_changed' AS what_changed,
        coalesce(written.competitor, trim(body ->> '$.competitor')) AS competitor,
        body ->> '$.segment' AS segment,
        row_number() OVER (PARTITION BY record_id ORDER BY seq) AS version,
        lead(CAST("at" AS DATE)) OVER (PARTITION BY record_id ORDER BY seq) AS replaced_on
    FROM steps
    LEFT JOIN written_rivals() AS written
        ON written.spelling = lower(trim(steps.body ->> '$.competitor'))
    WHERE state = 'published'
        AND state_before IS DISTINCT FROM 'published'
        AND CAST("at" AS DATE) <= as_of();

-- Every line of every card that is kept, in the order of its sections. A price says itself.
CREATE OR REPLACE TEMP MACRO card_lines() AS TABLE
    WITH lines AS (
        SELECT 1 AS part, 'Quick facts' AS section, record_id, row_number, topic, line, source, seen_on,
            confidence, tag
        FROM record_battle_card_quick_facts
        UNION ALL BY NAME
        SELECT 2 AS part, 'Pricing' AS section, record_id, row_number, coalesce(line, '') AS topic,
            concat_ws(' ', line || ':', CAST(figure AS VARCHAR), currency, unit) AS line,
            figure, currency, unit, source, seen_on, confidence, tag
        FROM record_battle_card_pricing
        UNION ALL BY NAME
        SELECT 3 AS part, 'Where we win' AS section, record_id, row_number, line AS topic,
            concat_ws(' ', line, '(' || format('{:g}', won) || '/' || format('{:g}', closed) || ')') AS line,
            source, seen_on, confidence, tag
        FROM record_battle_card_where_we_win
        UNION ALL BY NAME
        SELECT 4 AS part, 'Where we lose' AS section, record_id, row_number, line AS topic,
            concat_ws(' ', line, '(' || format('{:g}', won) || '/' || format('{:g}', closed) || ')') AS line,
            source, seen_on, confidence, tag
        FROM record_battle_card_where_we_lose
        UNION ALL BY NAME
        SELECT 5 AS part, 'Landmines' AS section, record_id, row_number, line, source, seen_on, confidence, tag
        FROM record_battle_card_landmines
        UNION ALL BY NAME
        SELECT 6 AS part, 'Objections' AS section, record_id, row_number,
            concat_ws(' → ', objection, response, proof) AS line, source, seen_on, confidence, tag
        FROM record_battle_card_objections
        UNION ALL BY NAME
        SELECT 7 AS part, 'Features' AS section, record_id, row_number, topic, line, source, seen_on,
            confidence, tag
        FROM record_battle_card_features
        UNION ALL BY NAME
        SELECT 8 AS part, 'What they say about us' AS section, record_id, row_number, line, source, seen_on,
            confidence, tag
        FROM record_battle_card_their_claims
        UNION ALL BY NAME
        SELECT 9 AS part, 'Do not say' AS section, record_id, row_number, line, source, seen_on, confidence, tag
        FROM record_battle_card_do_not_say
        UNION ALL BY NAME
        SELECT 10 AS part, 'References' AS section, record_id, row_number, line, source, seen_on, confidence, tag
        FROM record_battle_card_references
    )

    SELECT
        kept.competitor,
        kept.card_state,
        kept.expires_on,
        kept.segment,
        lines.* REPLACE (coalesce(lines.tag, 'internal') AS tag)
    FROM lines
    INNER JOIN cards_kept() AS kept ON kept.record_id = lines.record_id;

-- Topics of one competitor that lines of its cards, or a card and a newer price, state in more than one
-- way. Of two lines the one that was seen later is the likelier.
CREATE OR REPLACE TEMP MACRO line_conflicts() AS TABLE
    WITH stated AS (
        SELECT
            competitor,
            section,
            part,
            lower(trim(topic)) || coalesce('/' || lower(trim(unit)), '') || coalesce('/' || upper(currency), '')
                AS topic_key,
            trim(topic) AS topic,
            trim(line) AS statement,
            coalesce(CAST(figure AS VARCHAR), lower(trim(line))) AS said,
            record_id,
            row_number,
            segment,
            seen_on
        FROM card_lines()
        WHERE part IN (1, 2, 3, 4, 7)
            AND trim(topic) <> ''
    ),

    -- A price that was seen of the same package, after the card's.
    seen AS (
        SELECT
            stated.competitor,
            stated.section,
            stated.part,
            stated.topic_key,
            stated.topic,
            concat_ws(' ', event.product || ':', CAST(event.price AS VARCHAR), event.currency, event.unit)
                AS statement,
            CAST(event.price AS VARCHAR) AS said,
            event.happened_on AS seen_on
        FROM facts.competitor_event AS event
        INNER JOIN spelled_rivals() AS listed ON listed.competitor_id = event.competitor_id
        INNER JOIN stated
            ON stated.competitor = listed.competitor
            AND stated.part = 2
            AND stated.topic_key = lower(trim(event.product)) || coalesce('/' || lower(trim(event.unit)), '')
                || coalesce('/' || upper(event.currency), '')
            AND event.happened_on > coalesce(stated.seen_on, DATE '-infinity')
        WHERE event.price IS NOT NULL
            AND event.happened_on <= as_of()
        QUALIFY row_number() OVER (
            PARTITION BY stated.competitor, stated.topic_key ORDER BY event.happened_on DESC, event.price
        ) = 1
    ),

    together AS (
        SELECT * FROM stated
        UNION ALL BY NAME
        SELECT * FROM seen
    ),

    -- Cards for different segments may say different things.
    contested AS (
        SELECT DISTINCT one.competitor, one.part, one.topic_key
        FROM together AS one
        INNER JOIN together AS other
            ON other.competitor = one.competitor
            AND other.part = one.part
            AND other.topic_key = one.topic_key
            AND other.said > one.said
            AND may_share_deals(one.segment, other.segment)
    ),

    -- Each way of saying it once, where it was last seen.
    ways AS (
        SELECT
            competitor,
            part,
            section,
            topic_key,
            said,
            arg_max(statement, (coalesce(seen_on, DATE '-infinity'), coalesce(record_id, '~'))) AS statement,
            max(seen_on) AS seen_on,
            arg_max(coalesce(record_id, 'seen'), (coalesce(seen_on, DATE '-infinity'), coalesce(record_id, '~'))) AS origin
        FROM together
        GROUP BY competitor, part, section, topic_key, said
    ),

    grouped AS (
        SELECT
            competitor,
            part,
            section,
            topic_key,
            min(topic) AS topic,
            count(DISTINCT said) AS ways,
            list(DISTINCT record_id ORDER BY record_id) FILTER (record_id IS NOT NULL) AS cards,
            count(DISTINCT said) FILTER (record_id IS NOT NULL) AS ways_on_cards,
            arg_min(record_id, (coalesce(seen_on, DATE '-infinity'), record_id)) FILTER (record_id IS NOT NULL)
                AS card
        FROM together
        SEMI JOIN contested USING (competitor, part, topic_key)
        GROUP BY competitor, part, section, topic_key
    ),

    ranked AS (
        SELECT
            *,
            row_number() OVER (
                PARTITION BY competitor, part, topic_key ORDER BY seen_on DESC NULLS LAST, origin, said
            ) AS place
        FROM ways
    )

    SELECT
        grouped.competitor,
        grouped.section,
        grouped.topic,
        CASE
            WHEN grouped.ways_on_cards < 2 THEN 'intelligence'
            WHEN len(grouped.cards) > 1 THEN 'cards'
            ELSE 'one card'
        END AS "between",
        grouped.ways,
        max(ranked.statement) FILTER (ranked.place = 1) AS newest,
        max(ranked.seen_on) FILTER (ranked.place = 1) AS newest_on,
        list(
            ranked.origin || coalesce(' ' || strftime(ranked.seen_on, '%Y-%m-%d'), '') || ': ' || ranked.statement
            ORDER BY ranked.place
        ) FILTER (ranked.place > 1) AS others,
        grouped.cards,
        grouped.card
    FROM grouped
    INNER JOIN ranked
        ON ranked.competitor = grouped.competitor
        AND ranked.part = grouped.part
        AND ranked.topic_key = grouped.topic_key
    GROUP BY ALL;

-- What each deal was given off the list price, as a share of it: by its lines, if each of them says both prices
-- in one currency, else by the quote that was accepted, else by the newest that a customer has seen.
CREATE OR REPLACE TEMP MACRO deal_discounts() AS TABLE
    WITH lines AS (
        SELECT
            opportunity_id,
            currency,
            coalesce(list_price * quantity, amount / nullif(1 - discount, 0)) AS list_value,
            coalesce(net_price * quantity, amount) AS net_value
        FROM facts.line_item
    ),

    by_lines AS (
        SELECT
            opportunity_id,
            1 - CAST(sum(net_value) AS DOUBLE) / CAST(sum(list_value) AS DOUBLE) AS discount
        FROM lines
        GROUP BY opportunity_id
        HAVING count(*) = count(list_value)
            AND count(*) = count(net_value)
            AND count(DISTINCT currency) = 1
            AND sum(list_value) > 0
    ),

    quoted AS (
        SELECT
            opportunity_id,
            1 - CAST(amount AS DOUBLE) / CAST(list_amount AS DOUBLE) AS discount
        FROM facts.quote
        WHERE opportunity_id IS NOT NULL
            AND list_amount > 0
            AND amount IS NOT NULL
            AND coalesce(status NOT IN ('draft', 'in approval', 'rejected'), true)
            AND coalesce(accepted_on, sent_on, created_on, as_of()) <= as_of()
        QUALIFY row_number() OVER (
            PARTITION BY opportunity_id
            ORDER BY accepted_on DESC NULLS LAST, coalesce(sent_on, created_on) DESC NULLS LAST, quote_id
        ) = 1
    )

    SELECT opportunity_id, discount FROM by_lines
    UNION ALL BY NAME
    SELECT opportunity_id, discount FROM quoted ANTI JOIN by_lines USING (opportunity_id);
