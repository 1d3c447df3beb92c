-- figure:     win-rate-alerts
-- title:      Win-rate alerts
-- question:   Where has the win rate been below its threshold for three months running, and how sure is that?
-- curriculum: M8.2
-- source:     domain M8.2, policy strict: an empty month ends a streak, an unfinished one never counts
-- grain:      one row per value of the dimension and run of two or more months below the threshold
-- needs:      opportunities
-- parameters:
--   period_start  date   first day of the period; a run that ended before it is not shown
--   period_end    date   last day of it
--   as_of         date   closings as they stood on this day
--   known_at      instant?  decisions written after this instant are not seen
-- columns:
--   alert_id          id                 rule, dimension, slice and first month: the same alert has the
--                                        same id on every run, however long it grows
--   slice             text               value of the dimension
--   status            state              firing: three months or more, up to the newest complete month;
--                                        ended: it was three or more, and a better month has followed;
--                                        watch: two months, up to the newest; interrupted: it was two
--   answer            state              decided: a decision answers it; proposed: one is written and not
--                                        decided; NULL: none
--   win_rate          rate(won/closed)   pooled over them
--   threshold         share              in force in these months, weighted by closings if it changed
--   months            count              how many months
--   grade             state              strong: the whole interval is below the threshold; moderate:
--                                        chance of 20 % at most; weak: otherwise, or fewer than 10 closed
--   first_month       month              first month below
--   last_month        month              last month below
--   last_day          date               last day of that month
--   months_text       text "Month by month"  each month with won/closed
--   won               count              deals won in all of these months
--   closed            count              won + lost in all of them
--   low               share              lower end of the Wilson interval, 90 %
--   high              share              upper end of it
--   chance            share              chance of winning so few or fewer if the true rate were the
--                                        threshold (binomial)
--   segments_tested   count "Slices tested"  slices that were looked at: of twenty at their threshold,
--                                        some fire every quarter by chance
--   decision          id                 that decision; NULL: none yet
-- drill:      deals slice=slice closed_from=first_month closed_to=last_day
-- opens:      decision finding=alert_id record=decision

WITH months AS (
    SELECT *
    FROM win_rate_months(DATE '-infinity')
),

-- Months as numbers, so that neighbours differ by one.
complete AS (
    SELECT
        *,
        dense_rank() OVER (ORDER BY month_start) AS month_number
    FROM months
    WHERE state IS DISTINCT FROM 'PARTIAL'
),

-- Within a run, number and place grow alike: their difference names the run.
below AS (
    SELECT
        *,
        month_number - row_number() OVER (PARTITION BY slice ORDER BY month_start) AS run
    FROM complete
    WHERE state = 'BELOW'
),

runs AS (
    SELECT
        slice,
        min(month_start) AS first_month,
        min_by(month, month_start) AS first_label,
        max(month_start) AS last_month,
        max(month_end) AS last_day,
        count(*) AS months,
        string_agg(month || ' ' || won || '/' || closed, ', '
            ORDER BY month_start) AS months_text,
        CAST(sum(won) AS BIGINT) AS won,
        CAST(sum(closed) AS BIGINT) AS closed,
        sum(CAST(threshold AS DOUBLE) * closed) / sum(closed) AS threshold
    FROM below
    GROUP BY slice, run
    HAVING count(*) >= 2
),

tested AS (
    SELECT
        max(month_start) AS newest_month,
        count(DISTINCT slice) FILTER (closed > 0 AND month_start >= trend_start()) AS slices
    FROM complete
),

shown AS (
    SELECT
        runs.*,
        tested.slices,
        CASE
            WHEN runs.months >= 3 AND runs.last_month = tested.newest_month THEN 'firing'
            WHEN runs.months >= 3 THEN 'ended'
            WHEN runs.last_month = tested.newest_month THEN 'watch'
            ELSE 'interrupted'
        END AS status,
        wilson_high(runs.won, runs.closed, z_90()) AS high,
        binomial_tail(runs.won, runs.closed, runs.threshold) AS chance
    FROM runs
    CROSS JOIN tested
    WHERE runs.last_day >= period_start()
        OR runs.last_month = tested.newest_month
),

named AS (
    SELECT
        *,
        'win-rate/' || sliced_by() || '/' || slice || '/' || first_label AS alert_id
    FROM shown
),

-- What is only proposed answers nothing: it stands here so that it can be decided.
answers AS (
    SELECT
        finding,
        min_by(state, created_at) FILTER (state = 'decided') AS decided,
        min_by(record_id, created_at) FILTER (state = 'decided') AS decision,
        min_by(state, created_at) AS first_state,
        min_by(record_id, created_at) AS first_decision
    FROM record_decision
    WHERE state <> 'superseded'
    GROUP BY finding
)

SELECT
    named.alert_id,
    named.slice,
    named.status,
    coalesce(answers.decided, answers.first_state) AS answer,
    rate_of(named.won, named.closed) AS win_rate,
    named.threshold,
    named.months,
    CASE
        WHEN named.closed < 10 THEN 'weak'
        WHEN named.high < named.threshold THEN 'strong'
        WHEN named.chance <= 0.20 THEN 'moderate'
        ELSE 'weak'
    END AS grade,
    named.first_month,
    named.last_month,
    named.last_day,
    named.months_text,
    named.won,
    named.closed,
    wilson_low(named.won, named.closed, z_90()) AS low,
    named.high,
    named.chance,
    named.slices AS segments_tested,
    coalesce(answers.decision, answers.first_decision) AS decision
FROM named
LEFT JOIN answers ON answers.finding = named.alert_id
ORDER BY
    list_position(['firing', 'ended', 'watch', 'interrupted'], named.status),
    named.chance,
    named.slice,
    named.first_month
