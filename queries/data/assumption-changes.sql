-- figure:     assumption-changes
-- title:      Changed assumptions
-- question:   With which thresholds and probabilities is it measured otherwise than before, who changed them and why?
-- curriculum: M8.1
-- source:     domain §0.9, M8.1: two versions of the assumptions, compared
-- grain:      one row per assumption and scope whose value is not the same on both days, or whose version is
--             another with the same value
-- parameters:
--   period_start  date   compared with the day before this one, unless another is given
--   as_of         date   the newer of the two days
--   before        date?  the older of them
--   known_at      instant?  what was written after this instant is not seen
-- columns:
--   name            text     which assumption
--   scope           text     * for all, or the segment, stage or tier it holds for
--   change          state    new, changed, the same (confirmed by a new version), or inherited: the general
--                            one held before
--   value_before    number   on the older day; NULL: none was in force
--   value           number   on the newer day
--   difference      number   value - value before
--   effective_from  date     the newer version is in force from
--   author          text     who set it
--   written_at      instant  when it was written
--   reason          text     why
--   reason_before   text     why it was as it was
--   author_before   text     who had set that
--   from_day        date     the older day
--   to_day          date     the newer day
-- private:    author, author_before

WITH days AS (
    SELECT
        coalesce(getvariable('before'), CAST(period_start() AS DATE) - 1) AS from_day,
        as_of() AS to_day
),

-- What holds for a scope on a day: its own version, else the general one.
versions AS (
    SELECT history.*, days.from_day, days.to_day
    FROM assumption_history() AS history
    CROSS JOIN days
),

earlier AS (
    SELECT * FROM versions WHERE from_day >= effective_from AND from_day < effective_to
),

later AS (
    SELECT * FROM versions WHERE to_day >= effective_from AND to_day < effective_to
),

compared AS (
    SELECT
        later.*,
        coalesce(own.value, general.value) AS value_before,
        CASE WHEN own.value IS NULL THEN general.reason ELSE own.reason END AS reason_before,
        CASE WHEN own.value IS NULL THEN general.author ELSE own.author END AS author_before,
        own.value IS NULL AND general.value IS NOT NULL AS inherited,
        own.effective_from = later.effective_from AS unchanged
    FROM later
    LEFT JOIN earlier AS own ON own.name = later.name AND own.scope = later.scope
    LEFT JOIN earlier AS general ON general.name = later.name AND general.scope = '*'
)

SELECT
    name,
    scope,
    CASE
        WHEN value_before IS NULL THEN 'new'
        WHEN value_before = value THEN 'the same'
        WHEN inherited THEN 'inherited'
        ELSE 'changed'
    END AS change,
    CAST(value_before AS DOUBLE) AS value_before,
    CAST(value AS DOUBLE) AS value,
    CAST(value - value_before AS DOUBLE) AS difference,
    effective_from,
    author,
    "at" AS written_at,
    reason,
    reason_before,
    author_before,
    from_day,
    to_day
FROM compared
WHERE NOT coalesce(unchanged, false)
ORDER BY name, scope
