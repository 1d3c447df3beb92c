-- What people wrote about variances: which lines are large enough to be explained, and how much of each is.

-- The other filters under which a line was told, for they make it another line.
CREATE OR REPLACE TEMP MACRO filtered_to() AS
    coalesce('/region=' || CASE WHEN sliced_by() <> 'region' THEN getvariable('region') END, '')
    || coalesce('/segment=' || CASE WHEN sliced_by() <> 'segment' THEN getvariable('segment') END, '')
    || coalesce('/product=' || CASE WHEN sliced_by() <> 'product' THEN getvariable('product') END, '')
    || coalesce('/owner=' || CASE WHEN sliced_by() <> 'owner' THEN getvariable('owner') END, '')
    || coalesce('/manager=' || CASE WHEN sliced_by() <> 'manager' THEN getvariable('manager') END, '');

-- A variance of this size asks for an explanation: a share of what was called.
CREATE OR REPLACE TEMP MACRO is_material(variance, call) AS coalesce(
    abs(variance) > abs(call) * coalesce(assumption('materiality_share', '*', as_of()), 0), false
);

-- The newest note of each line, and what its causes add up to; a draft explains nothing yet.
CREATE OR REPLACE TEMP MACRO variance_notes() AS TABLE
    SELECT
        note.finding AS line_id,
        note.record_id,
        note.state,
        CASE WHEN note.state = 'explained' THEN coalesce(causes.amount, 0) END AS amount
    FROM record_variance_note AS note
    LEFT JOIN (
        SELECT record_id, sum(amount) AS amount
        FROM record_variance_note_causes
        GROUP BY record_id
    ) AS causes ON causes.record_id = note.record_id
    WHERE note.state <> 'withdrawn'
    QUALIFY row_number() OVER (
        PARTITION BY note.finding ORDER BY note.created_at DESC, note.record_id DESC
    ) = 1;

-- Part of a variance that causes explain: what they leave open counts against it, and so does what they
-- explain beyond it.
CREATE OR REPLACE TEMP MACRO explained_part(variance, causes) AS
    CASE WHEN causes IS NOT NULL THEN greatest(abs(variance) - abs(variance - causes), 0) END;

CREATE OR REPLACE TEMP MACRO variance_line(slice) AS
    'variance/' || getvariable('quarter') || '/' || sliced_by() || '/' || slice || filtered_to();

-- The lines of the review that are large enough, with what their notes explain.
CREATE OR REPLACE TEMP MACRO material_variances() AS TABLE
    WITH called AS (
        SELECT slice, sum(amount) AS call
        FROM forecast_calls()
        WHERE sliced_by() NOT IN ('segment', 'product')
        GROUP BY slice
    ),

    booked AS (
        SELECT slice, sum(amount) AS actual
        FROM bookings()
        GROUP BY slice
    )

    SELECT
        called.slice,
        variance_line(called.slice) AS line_id,
        coalesce(booked.actual, 0) - called.call AS variance,
        notes.record_id,
        coalesce(explained_part(coalesce(booked.actual, 0) - called.call, notes.amount), 0) AS explained
    FROM called
    LEFT JOIN booked ON booked.slice = called.slice
    LEFT JOIN variance_notes() AS notes ON notes.line_id = variance_line(called.slice)
    WHERE is_material(coalesce(booked.actual, 0) - called.call, called.call);

-- Part of all variances that should be explained.
CREATE OR REPLACE TEMP MACRO explained_enough() AS
    CAST(coalesce(assumption('variance_explained_share', '*', as_of()), 0.80) AS DOUBLE);
