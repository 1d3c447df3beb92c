-- What people wrote, beyond the typed views that are made from the forms.

-- Since when each record is in its state. Approvals and revisions leave it where it is.
CREATE OR REPLACE TEMP MACRO record_states() AS TABLE
    WITH steps AS (
        SELECT
            record_id,
            "at",
            state IS DISTINCT FROM lag(state) OVER (PARTITION BY record_id ORDER BY seq) AS moved
        FROM ledger.revision
        WHERE known_at() IS NULL OR "at" <= known_at()
    )

    SELECT
        record_id,
        CAST(max("at") FILTER (moved) AS DATE) AS since
    FROM steps
    GROUP BY record_id;
