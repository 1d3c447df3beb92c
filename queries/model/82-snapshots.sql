-- The two exports between which a period is told. What no export shows is never made up (domain §0.7).

-- The newest taken on or before the first day of the period, else the first one within it.
CREATE OR REPLACE TEMP MACRO opening_snapshot() AS (
    SELECT coalesce(
        max(taken_on) FILTER (taken_on <= period_start()),
        min(taken_on) FILTER (taken_on BETWEEN period_start() AND period_end())
    )
    FROM facts.snapshot
    WHERE taken_on <= as_of()
);

-- The newest by the as-of day, at most the days of late booking after the end of the period.
CREATE OR REPLACE TEMP MACRO closing_snapshot() AS (
    SELECT max(taken_on)
    FROM facts.snapshot
    WHERE taken_on <= least(
        as_of(),
        period_end() + CAST(coalesce(assumption('late_booking_days', '*', as_of()), 0) AS INTEGER)
    )
);

-- How a day is known: from an export, or derived from a CRM's log of changes. NULL: it is not.
CREATE OR REPLACE TEMP MACRO snapshot_origin(on_day) AS (
    SELECT any_value(origin) FROM facts.snapshot WHERE taken_on = on_day
);

-- Both days in one row; no row when fewer than two exports tell the period, for then nothing moved
-- that could be shown.
CREATE OR REPLACE TEMP MACRO snapshot_pair() AS TABLE
    SELECT
        opening_snapshot() AS opened_on,
        closing_snapshot() AS closed_on
    WHERE opening_snapshot() < closing_snapshot();
