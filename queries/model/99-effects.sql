-- What is compared before and after a criterion or a play came into force (domain M8.5, M8.7).

-- Each time a criterion was put in force with what it said then, and the day from which it held: not before
-- somebody put it in force, whatever day it names.
CREATE OR REPLACE TEMP MACRO criterion_versions() AS TABLE
    WITH steps AS (
        SELECT
            record_id,
            seq,
            state,
            reason,
            author,
            TRY_CAST(body AS JSON) AS body,
            CAST("at" AS DATE) AS on_day,
            lag(state) OVER (PARTITION BY record_id ORDER BY seq) AS state_before
        FROM ledger.revision
        WHERE kind = 'criterion'
            AND (known_at() IS NULL OR "at" <= known_at())
    ),

    entered AS (
        SELECT
            *,
            greatest(on_day, coalesce(TRY_CAST(body ->> '$.effective_on' AS DATE), on_day)) AS since
        FROM steps
        WHERE state IN ('in-force', 'retired')
            AND state_before IS DISTINCT FROM state
    ),

    followed AS (
        SELECT
            *,
            count(*) FILTER (state = 'in-force') OVER (PARTITION BY record_id ORDER BY seq) AS version,
            lead(CASE WHEN state = 'retired' THEN on_day ELSE since END)
                OVER (PARTITION BY record_id ORDER BY seq) AS replaced_on
        FROM entered
    )

    SELECT
        record_id,
        version,
        since,
        replaced_on,
        body ->> '$.title' AS title,
        body ->> '$.kind' AS kind,
        body ->> '$.segment' AS segment,
        body ->> '$.stage' AS stage,
        body ->> '$.rule' AS rule,
        author,
        reason
    FROM followed
    WHERE state = 'in-force'
        AND since <= as_of()
        AND coalesce(replaced_on > since, true);

-- What else changed the way deals are sold, by its day: what happened meanwhile may be the cause.
CREATE OR REPLACE TEMP MACRO changes_of_selling() AS TABLE
    SELECT record_id, since AS on_day, segment FROM criterion_versions()
    UNION ALL
    SELECT record_id, effective_from AS on_day, segment
    FROM record_play
    WHERE state IN ('approved', 'published', 'rolled-back') AND effective_from <= as_of()
    UNION ALL
    SELECT version.record_id, version.published_on AS on_day, version.segment
    FROM card_versions() AS version;

-- Stages that exports show a deal open in, the first day of each, and how the deal left it: on to a stage that
-- is worth more by its probability, or won; not: lost, or back. NULL: it is still there, was called off or is
-- in no export any more. Where a stage has no probability, any other is taken for the next.
CREATE OR REPLACE TEMP MACRO stage_stays() AS TABLE
    WITH worth AS (
        SELECT scope AS stage, arg_max(value, effective_from) AS probability
        FROM assumption_history()
        WHERE name = 'stage_probability'
            AND effective_from <= as_of()
        GROUP BY scope
    ),

    versions AS (
        SELECT
            *,
            lag(state) OVER in_time AS state_before,
            lag(stage) OVER in_time AS stage_before
        FROM facts.opportunity
        WHERE valid_from <= as_of()
        WINDOW in_time AS (PARTITION BY opportunity_id ORDER BY valid_from)
    ),

    changes AS (
        SELECT
            opportunity_id,
            valid_from,
            state,
            stage,
            lead(state) OVER in_time AS next_state,
            lead(stage) OVER in_time AS next_stage
        FROM versions
        WHERE state IS DISTINCT FROM state_before
            OR (state = 'open' AND stage IS DISTINCT FROM stage_before)
        WINDOW in_time AS (PARTITION BY opportunity_id ORDER BY valid_from)
    )

    SELECT
        changes.opportunity_id,
        changes.stage,
        changes.valid_from AS entered_on,
        CASE
            WHEN changes.next_state = 'won' THEN true
            WHEN changes.next_state = 'lost' THEN false
            WHEN changes.next_state = 'open'
                THEN coalesce(following.probability > here.probability, true)
        END AS went_on
    FROM changes
    LEFT JOIN worth AS here ON here.stage = changes.stage
    LEFT JOIN worth AS following ON following.stage = changes.next_stage
    WHERE changes.state = 'open'
        AND changes.stage IS NOT NULL;
