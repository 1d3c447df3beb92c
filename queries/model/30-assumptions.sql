-- Thresholds and other judgements, as versions (domain §0.9).

-- Every version with the days on which it is in force, effective_to exclusive. Of two versions from
-- the same day the later written holds.
CREATE OR REPLACE TEMP MACRO assumption_history() AS TABLE
    WITH newest_of_a_day AS (
        SELECT *
        FROM settings.assumption
        QUALIFY row_number() OVER (
            PARTITION BY name, scope, effective_from ORDER BY version DESC, "at" DESC
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
