-- figure:     snapshots
-- title:      Exports taken in
-- question:   On which days do we know what the pipeline looked like?
-- curriculum: M5.1, M8.1
-- source:     domain §0.7
-- grain:      one row per day with a full export
-- needs:      opportunities
-- parameters:
--   period_start  date  first day of the period under review
--   period_end    date  last day of it
--   as_of         date  no export after this day
-- columns:
--   taken_on     date     the day the export shows
--   use          text     start or end of the movement of the period; NULL: neither
--   origin       state    export, or derived from a history
--   rows         count    opportunities in it
--   file         text     file it came from
--   imported_at  instant  when it was taken in
--   imported_by  text     by whom
-- private:    imported_by

SELECT
    snapshot.taken_on,
    CASE
        WHEN snapshot.taken_on = pair.opened_on THEN 'start of the period'
        WHEN snapshot.taken_on = pair.closed_on THEN 'end of the period'
    END AS use,
    snapshot.origin,
    snapshot.row_count AS rows,
    import.file_name AS file,
    import.imported_at,
    import.imported_by
FROM facts.snapshot AS snapshot
LEFT JOIN meta.import AS import ON import.import_id = snapshot.import_id
LEFT JOIN snapshot_pair() AS pair ON true
WHERE snapshot.taken_on <= as_of()
ORDER BY snapshot.taken_on DESC
