-- figure:     variance-causes
-- title:      Why it came otherwise
-- question:   How much of the variance is explained, by which causes, and could we have known?
-- curriculum: M8.1
-- source:     domain M8.1, variance explanations of the lines above the materiality threshold
-- grain:      one row for all lines, one per cause and whether it was controllable, one for what is not explained
-- needs:      opportunities, forecasts
-- parameters:
--   quarter       text   the period under review
--   period_start  date   first day of it
--   period_end    date   last day of it
--   as_of         date   bookings by what is known on this day, and all money at its plan rates
--   by            text   notes are about the lines of this dimension
--   known_at      instant?  notes written after this instant are not seen
-- columns:
--   cause         text              (all): the lines that are material; (not explained): what is left of them
--   controllable  state             yes, in part, no; NULL: not a cause
--   verdict       state             enough: at least 80 % is explained, unless set otherwise; too little: less; on
--                                   the first row only
--   lines         count             material lines, or those that name the cause, or that are not explained in full
--   size          money             sum of the sizes, whatever their sign
--   share         share "Of all"    size / size of all material variances; on the first row: the part explained
--   amount        money "Net"       with its sign
--   wanted        text              the cause, for the notes behind the row
-- chart:      bar label=cause value=size
-- drill:      variance-notes cause=wanted

WITH lines AS (
    SELECT * FROM material_variances()
),

total AS (
    SELECT
        count(*) AS lines,
        coalesce(sum(abs(variance)), 0) AS size,
        coalesce(sum(variance), 0) AS amount,
        coalesce(sum(explained), 0) AS explained,
        count(*) FILTER (explained < abs(variance)) AS lines_left
    FROM lines
),

causes AS (
    SELECT
        named.cause,
        named.controllable,
        count(DISTINCT lines.line_id) AS lines,
        sum(abs(named.amount)) AS size,
        sum(named.amount) AS amount
    FROM lines
    INNER JOIN record_variance_note AS note ON note.record_id = lines.record_id
    INNER JOIN record_variance_note_causes AS named ON named.record_id = note.record_id
    WHERE note.state = 'explained'
    GROUP BY named.cause, named.controllable
),

rows_of_all AS (
    SELECT
        0 AS place,
        '(all)' AS cause,
        NULL AS controllable,
        CASE WHEN size > 0 THEN
            CASE WHEN share_of(explained, size) >= explained_enough() THEN 'enough' ELSE 'too little' END
        END AS verdict,
        lines,
        size,
        explained AS part,
        amount
    FROM total
    WHERE lines > 0
    UNION ALL
    SELECT 1, cause, controllable, NULL, lines, size, size, amount FROM causes
    UNION ALL
    SELECT 2, '(not explained)', NULL, NULL, lines_left, size - explained, size - explained, NULL
    FROM total
    WHERE size > explained
)

SELECT
    told.cause,
    told.controllable,
    told.verdict,
    told.lines,
    CAST(told.size AS DECIMAL(18, 2)) AS size,
    share_of(told.part, total.size) AS share,
    CAST(told.amount AS DECIMAL(18, 2)) AS amount,
    CASE WHEN told.place = 1 THEN told.cause END AS wanted
FROM rows_of_all AS told
CROSS JOIN total
ORDER BY told.place, told.size DESC, told.cause, told.controllable
