-- figure:     assumptions
-- title:      Assumptions in force
-- question:   With which thresholds and probabilities is this measured, and who set them?
-- curriculum: M8.1
-- source:     domain §0.9
-- grain:      one row per assumption and scope
-- parameters:
--   as_of  date  in force on this day
-- columns:
--   name            text     which assumption
--   scope           text     * for all, or the segment, stage or tier it holds for
--   value           number   the value; shares from 0 to 1
--   effective_from  date     in force from
--   next_value      number   what comes after it; NULL: nothing is set
--   next_from       date     from when
--   version         count    version of the assumption
--   author          text     who set it
--   written_at      instant  when it was written
--   reason          text     why
-- private:    author

WITH versions AS (
    SELECT
        *,
        lead(value) OVER (PARTITION BY name, scope ORDER BY effective_from) AS next_value
    FROM assumption_history()
)

SELECT
    name,
    scope,
    CAST(value AS DOUBLE) AS value,
    effective_from,
    CAST(next_value AS DOUBLE) AS next_value,
    CASE WHEN next_value IS NOT NULL THEN effective_to END AS next_from,
    version,
    author,
    "at" AS written_at,
    reason
FROM versions
WHERE as_of() >= effective_from
    AND as_of() < effective_to
ORDER BY name, scope
