-- figure:     win-rate-alerts
-- title:      Win-rate alerts
-- question:   Where has the win rate been below its threshold for three months running, and how sure is that?
-- curriculum: M8.2
-- source:     domain M8.2; each segment by its alert rule: strict, an empty month ends a streak; hold, one
--             such month neither counts nor ends it; pool, three months are judged together. An unfinished
--             month never counts
-- grain:      one row per value of the dimension and run of months below the threshold: of two or more, or
--             of three that are pooled
-- needs:      opportunities
-- parameters:
--   period_start  date   first day of the period; a run that ended before it is not shown, unless its course
--                        correction is unfinished
--   period_end    date   last day of it
--   as_of         date   closings as they stood on this day
--   known_at      instant?  what was written after this instant is not seen
-- columns:
--   alert_id          id                 rule, dimension, slice and first month: the same alert has the
--                                        same id on every run, however long it grows
--   slice             text               value of the dimension
--   status            state              firing: three months or more, up to the newest complete month;
--                                        ended: it was three or more, and a better month has followed;
--                                        watch: two months, up to the newest; interrupted: it was two
--   answer            state              what its course correction has come to; lapsed: the dismissal has
--                                        ended; NULL: nobody has taken it on
--   open              flag               firing or ended, and neither planned, watched nor dismissed
--   win_rate          rate(won/closed)   pooled over them
--   threshold         share              in force in these months, weighted by closings if it changed
--   months            count              how many months
--   grade             state              strong: the whole interval is below the threshold; moderate:
--                                        chance of 20 % at most; weak: otherwise, or fewer than 10 closed
--   first_month       month              first month below
--   last_month        month              last month below
--   last_day          date               last day of that month
--   months_text       text "Month by month"  each month with won/closed; what was told otherwise at first,
--                                        months that were passed over, and the month that ended it
--   so_far            text "Unfinished month"  won/closed of the months that do not count yet
--   policy            state              strict, hold or pool
--   fired_on          date "Dated"       day on which it fired: the end of its third month and the days of
--                                        grace; NULL: a watch
--   acknowledge_by    date               two business days later; NULL: it has been taken on
--   value_rate        share "By value"   amount won / won or lost in these months; NULL when an amount is
--                                        missing
--   restated          flag               a month of it was told otherwise at first
--   won               count              deals won in all of these months
--   closed            count              won + lost in all of them
--   low               share              lower end of the Wilson interval, 90 %
--   high              share              upper end of it
--   chance            share              chance of winning so few or fewer if the true rate were the
--                                        threshold (binomial)
--   false_alarm       share "By chance a year"  chance of at least one alert in a year with as many closings
--                                        a month and a true rate ten points above the threshold
--   at_threshold      share "At threshold"  the same with a true rate exactly at the threshold
--   segments_tested   count "Slices tested"  slices that were looked at: of twenty at their threshold,
--                                        some fire every quarter by chance
--   owner             text               who has taken it on
--   correction        id                 that course correction; NULL: none
-- private:    owner
-- drill:      alert-diagnosis slice=slice closed_from=first_month closed_to=last_day
-- opens:      course-correction finding=alert_id segment=slice won_then=won closed_then=closed threshold=threshold record=correction

WITH months AS (
    SELECT *
    FROM win_rate_months(DATE '-infinity')
),

-- Three months as one, where the rule pools; else each by itself.
complete AS (
    SELECT
        *,
        CASE
            WHEN policy <> 'pool' THEN state
            WHEN count(*) OVER pooled < 3 OR sum(closed) OVER pooled < least THEN 'LOW_N'
            WHEN sum(won) OVER pooled < sum(closed) OVER pooled * threshold THEN 'BELOW'
            WHEN threshold IS NOT NULL THEN 'OK'
        END AS verdict
    FROM months
    WHERE state IS DISTINCT FROM 'PARTIAL'
    WINDOW pooled AS (PARTITION BY slice ORDER BY number ROWS 2 PRECEDING)
),

neighboured AS (
    SELECT
        *,
        verdict IN ('EMPTY', 'LOW_N') AND policy = 'hold' AS passed_over,
        lag(verdict) OVER by_month AS before,
        lag(verdict, 2) OVER by_month AS before_that
    FROM complete
    WINDOW by_month AS (PARTITION BY slice ORDER BY number)
),

-- A run goes on from the month before; with `hold` also over one month without closings.
below AS (
    SELECT
        *,
        count(*) FILTER (NOT coalesce(
            before = 'BELOW'
            OR (policy = 'hold' AND before IN ('EMPTY', 'LOW_N') AND before_that = 'BELOW'),
            false
        )) OVER (PARTITION BY slice ORDER BY number) AS run
    FROM neighboured
    WHERE verdict = 'BELOW'
),

bounds AS (
    SELECT
        slice,
        run,
        any_value(policy) AS policy,
        min(number) - CASE WHEN any_value(policy) = 'pool' THEN 2 ELSE 0 END AS first_number,
        max(number) AS last_number
    FROM below
    GROUP BY slice, run
),

told AS (
    SELECT
        *,
        month || ' ' || won || '/' || closed || CASE
            WHEN restated THEN ' (told as ' || won_then || '/' || closed_then || ')' ELSE ''
        END AS text
    FROM neighboured
),

runs AS (
    SELECT
        bounds.slice,
        bounds.run,
        bounds.policy,
        bounds.last_number,
        min(told.month_start) AS first_month,
        min_by(told.month, told.number) AS first_label,
        max(told.month_start) AS last_month,
        max(told.month_end) AS last_day,
        count(*) FILTER (NOT told.passed_over) AS months,
        string_agg(told.text, ', ' ORDER BY told.number) FILTER (NOT told.passed_over) AS counted,
        string_agg(
            told.month || CASE told.verdict WHEN 'EMPTY' THEN ' no closings'
                ELSE ' only ' || told.won || '/' || told.closed END, ', ' ORDER BY told.number
        ) FILTER (told.passed_over) AS skipped,
        list(told.month_end ORDER BY told.number) FILTER (NOT told.passed_over) AS month_ends,
        bool_or(coalesce(told.restated, false)) AS restated,
        CAST(sum(told.won) AS BIGINT) AS won,
        CAST(sum(told.closed) AS BIGINT) AS closed,
        CASE
            WHEN sum(told.unvalued) = 0
                THEN share_of(coalesce(sum(told.won_amount), 0), sum(told.closed_amount))
        END AS value_rate,
        sum(CAST(told.threshold AS DOUBLE) * told.closed) / sum(told.closed) AS threshold
    FROM bounds
    INNER JOIN told
        ON told.slice = bounds.slice
        AND told.number BETWEEN bounds.first_number AND bounds.last_number
    GROUP BY bounds.slice, bounds.run, bounds.policy, bounds.last_number
    HAVING months >= 2
),

-- The month that ended a run, and what has not been complete since.
followed AS (
    SELECT
        runs.*,
        next.verdict AS next_verdict,
        next.month || CASE
            WHEN next.verdict = 'EMPTY' THEN ' no closings'
            WHEN next.verdict = 'LOW_N' THEN ' only ' || next.won || '/' || next.closed
            ELSE ' ' || next.won || '/' || next.closed
        END AS ended_by,
        after_next.number IS NOT NULL AS is_old
    FROM runs
    LEFT JOIN told AS next ON next.slice = runs.slice AND next.number = runs.last_number + 1
    LEFT JOIN told AS after_next
        ON after_next.slice = runs.slice AND after_next.number = runs.last_number + 2
),

unfinished AS (
    SELECT
        slice,
        string_agg(
            month || ' ' || won || '/' || closed
                || CASE WHEN won < closed * threshold THEN ', below' ELSE '' END,
            '; ' ORDER BY number
        ) AS text
    FROM months
    WHERE state = 'PARTIAL'
        AND closed > 0
    GROUP BY slice
),

usual AS (
    SELECT
        slice,
        avg(closed) AS closings
    FROM complete
    WHERE month_start >= trend_start()
    GROUP BY slice
),

tested AS (
    SELECT count(DISTINCT slice) FILTER (closed > 0 AND month_start >= trend_start()) AS slices
    FROM complete
),

-- One course correction per alert; a second one may follow a first that was superseded.
answers AS (
    SELECT
        finding,
        record_id,
        owner,
        CASE
            WHEN state = 'dismissed' AND dismissed_until < as_of() THEN 'lapsed' ELSE state
        END AS answer,
        state NOT IN ('closed', 'dismissed') AS unfinished
    FROM record_course_correction
    WHERE state <> 'superseded'
    QUALIFY row_number() OVER (PARTITION BY finding ORDER BY created_at DESC, record_id DESC) = 1
),

named AS (
    SELECT
        followed.*,
        'win-rate/' || sliced_by() || '/' || followed.slice || '/' || followed.first_label
            AS alert_id,
        -- It goes on while nothing has followed, or only a month that is passed over.
        followed.next_verdict IS NULL
        OR (followed.policy = 'hold' AND followed.next_verdict IN ('EMPTY', 'LOW_N')
            AND NOT followed.is_old) AS goes_on,
        followed.months >= 3 AS full
    FROM followed
),

judged AS (
    SELECT
        named.*,
        CASE
            WHEN named.full AND named.goes_on THEN 'firing'
            WHEN named.full THEN 'ended'
            WHEN named.goes_on THEN 'watch'
            ELSE 'interrupted'
        END AS status,
        answers.answer,
        answers.record_id,
        answers.owner,
        named.full
        AND coalesce(answers.answer NOT IN ('planned', 'monitoring', 'dismissed'), true)
        AND NOT (coalesce(answers.answer IN ('resolved', 'closed'), false) AND NOT named.goes_on)
            AS open,
        CASE WHEN named.full THEN named.month_ends[3] + grace_days() END AS fired_on,
        wilson_high(named.won, named.closed, z_90()) AS high,
        binomial_tail(named.won, named.closed, named.threshold) AS chance
    FROM named
    LEFT JOIN answers ON answers.finding = named.alert_id
    WHERE named.last_day >= period_start()
        OR named.goes_on
        OR coalesce(answers.unfinished, false)
)

SELECT
    judged.alert_id,
    judged.slice,
    judged.status,
    judged.answer,
    judged.open,
    rate_of(judged.won, judged.closed) AS win_rate,
    judged.threshold,
    judged.months,
    CASE
        WHEN judged.closed < 10 THEN 'weak'
        WHEN judged.high < judged.threshold THEN 'strong'
        WHEN judged.chance <= 0.20 THEN 'moderate'
        ELSE 'weak'
    END AS grade,
    judged.first_month,
    judged.last_month,
    judged.last_day,
    judged.counted || coalesce('; ' || judged.skipped, '')
        || CASE WHEN judged.goes_on THEN '' ELSE coalesce('; ended by ' || judged.ended_by, '') END
        AS months_text,
    unfinished.text AS so_far,
    judged.policy,
    judged.fired_on,
    -- Two business days: over a week-end if need be.
    CASE
        WHEN judged.answer IS NULL OR judged.answer IN ('open', 'lapsed')
            THEN judged.fired_on + CASE
                WHEN isodow(judged.fired_on) IN (4, 5) THEN 4 WHEN isodow(judged.fired_on) = 6 THEN 3 ELSE 2
            END
    END AS acknowledge_by,
    judged.value_rate,
    judged.restated,
    judged.won,
    judged.closed,
    wilson_low(judged.won, judged.closed, z_90()) AS low,
    judged.high,
    judged.chance,
    false_alarm_odds(usual.closings, least(judged.threshold + 0.10, 1.0), judged.threshold)
        AS false_alarm,
    false_alarm_odds(usual.closings, judged.threshold, judged.threshold) AS at_threshold,
    tested.slices AS segments_tested,
    judged.owner,
    judged.record_id AS correction
FROM judged
CROSS JOIN tested
LEFT JOIN usual ON usual.slice = judged.slice
LEFT JOIN unfinished ON unfinished.slice = judged.slice
ORDER BY
    list_position(['firing', 'ended', 'watch', 'interrupted'], judged.status),
    judged.chance,
    judged.slice,
    judged.first_month
