-- Thresholds and other judgements, as versions (domain §0.9).

-- Every version with the days on which it is in force, effective_to exclusive: those that were
-- imported, and those that somebody wrote and somebody else accepted. Of two versions from the same
-- day the later written holds.
CREATE OR REPLACE TEMP TABLE assumption_versions AS
    WITH accepted AS (
        SELECT
            name,
            scope,
            CAST(value AS DECIMAL(18, 4)) AS value,
            effective_on AS effective_from,
            revision AS version,
            updated_by AS author,
            updated_at AS "at",
            record_id || ': ' || coalesce(reason, because) AS reason
        FROM record_assumption
        WHERE state = 'accepted'
            AND value IS NOT NULL
            AND effective_on IS NOT NULL
    ),

    newest_of_a_day AS (
        SELECT *
        FROM (
            SELECT name, scope, value, effective_from, version, author, "at", reason
            FROM settings.assumption
            UNION ALL
            SELECT name, scope, value, effective_from, version, author, "at", reason
            FROM accepted
        )
        QUALIFY row_number() OVER (
            PARTITION BY name, scope, effective_from ORDER BY "at" DESC, version DESC
        ) = 1
    )

    SELECT
        name,
        scope,
        value,
        effective_from,
        lead(effective_from, 1, DATE 'infinity') OVER (
            PARTITION BY name, scope ORDER BY effective_from
        ) AS effective_to,
        version,
        author,
        "at",
        reason
    FROM newest_of_a_day;

CREATE OR REPLACE TEMP MACRO assumption_history() AS TABLE FROM assumption_versions;

-- The value in force on a day: that of the scope if it has one, else that for all ('*'). NULL if
-- there is neither.
CREATE OR REPLACE TEMP MACRO assumption(which, in_scope_of, on_day) AS (
    SELECT arg_min(value, scope = '*')
    FROM assumption_history()
    WHERE name = which
        AND scope IN (in_scope_of, '*')
        AND on_day >= effective_from
        AND on_day < effective_to
);

-- The general one in force on the as-of day, or a number where nobody has set it.
CREATE OR REPLACE TEMP MACRO judged_by(which, otherwise) AS coalesce(assumption(which, '*', as_of()), otherwise);
