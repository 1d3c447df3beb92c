-- The two exports between which a period is told. What no export shows is never made up (domain §0.7).

-- The opening one is the newest taken on or before the first day of the period, else the first one within
-- it; the closing one the newest by the as-of day, at most the days of late booking after the end of the
-- period.
CREATE OR REPLACE TEMP TABLE snapshots_of_review AS
    SELECT
        coalesce(
            max(taken_on) FILTER (taken_on <= period_start()),
            min(taken_on) FILTER (taken_on BETWEEN period_start() AND period_end())
        ) AS opened_on,
        max(taken_on) FILTER (
            taken_on <= period_end()
                + CAST(coalesce(assumption('late_booking_days', '*', as_of()), 0) AS INTEGER)
        ) AS closed_on
    FROM facts.snapshot
    WHERE taken_on <= as_of();

CREATE OR REPLACE TEMP MACRO opening_snapshot() AS (SELECT opened_on FROM snapshots_of_review);
CREATE OR REPLACE TEMP MACRO closing_snapshot() AS (SELECT closed_on FROM snapshots_of_review);

-- How a day is known: from an export, or derived from a CRM's log of changes. NULL: it is not.
CREATE OR REPLACE TEMP MACRO snapshot_origin(on_day) AS (
    SELECT any_value(origin) FROM facts.snapshot WHERE taken_on = on_day
);

-- Both days in one row; no row when fewer than two exports tell the period, for then nothing moved
-- that could be shown.
CREATE OR REPLACE TEMP MACRO snapshot_pair() AS TABLE
    SELECT opened_on, closed_on
    FROM snapshots_of_review
    WHERE opened_on < closed_on;
