-- figure:     course-corrections
-- title:      Course corrections
-- question:   What was done about falling win rates, and has it worked?
-- curriculum: M8.2
-- source:     domain M8.2 Life cycle: the rate of the segment is read again from the day on which the
--             plan took effect; resolved after two months in a row at least two points above the
--             threshold, unless set otherwise
-- grain:      one row per course correction that is not finished, or was finished since the period began
-- needs:      opportunities
-- parameters:
--   period_start  date   what was finished before this day is not shown
--   as_of         date   closings as they stood on this day
--   known_at      instant?  what was written after this instant is not seen
-- columns:
--   record        id                  course correction
--   segment       text                whose rate is measured
--   state         state               open, acknowledged, diagnosing, planned, monitoring, resolved, closed,
--                                     dismissed or superseded
--   verdict       state               waits: no plan yet; too early: nothing has closed since; on course:
--                                     the rate is no lower than the target; behind: it is; review: the day to
--                                     look again has come; resolved: two good months in a row; lapsed: the
--                                     dismissal has ended
--   won           count               deals won since the plan took effect
--   closed        count               won + lost since then
--   win_rate      rate(won/closed) "Since"  NULL when nothing has closed
--   low           share               lower end of the Wilson interval, 90 %
--   high          share               upper end of it
--   target_rate   share "Target"      win rate to reach
--   rate_then     share "Then"        win rate in the months of the alert
--   good_months   count               complete months in a row, up to the newest, at least two points
--                                     above the threshold
--   plan          state               kind of plan
--   owner         text                who sees to it
--   effective_on  date                the plan holds from
--   review_on     date                the day to look again
--   days_left     days                until then; below zero: overdue
--   in_state      days                days in this state
--   changes       id                  play, card, decision or assumption that it changes
--   finding       id                  the alert
-- private:    owner
-- drill:      deals segment=segment closed_from=effective_on
-- opens:      course-correction record=record

WITH corrections AS (
    SELECT
        correction.*,
        states.since
    FROM record_course_correction AS correction
    INNER JOIN record_states() AS states ON states.record_id = correction.record_id
    WHERE correction.state NOT IN ('closed', 'superseded')
        OR states.since >= period_start()
),

closings AS (
    SELECT
        segment,
        close_date,
        close_month,
        state = 'won' AS won
    FROM deals_at(as_of())
    WHERE state IN ('won', 'lost')
        AND close_date <= as_of()
        AND segment IN (SELECT segment FROM corrections)
),

since AS (
    SELECT
        corrections.record_id,
        count(*) FILTER (closings.won) AS won,
        count(*) AS closed
    FROM corrections
    INNER JOIN closings
        ON closings.segment = corrections.segment
        AND closings.close_date >= corrections.effective_on
    GROUP BY corrections.record_id
),

-- Complete months after the plan took effect, the newest first, and whether each is good.
months AS (
    SELECT
        corrections.record_id,
        calendar.month_start,
        row_number() OVER (
            PARTITION BY corrections.record_id ORDER BY calendar.month_start DESC
        ) AS place,
        coalesce(
            rate_of(count(*) FILTER (closings.won), count(closings.won))
                >= CAST(assumption('win_rate_threshold', corrections.segment, calendar.month_start)
                    AS DOUBLE) + alert_hysteresis() - 1e-9,
            false
        ) AS good
    FROM corrections
    INNER JOIN settings.fiscal_month AS calendar
        ON calendar.month_start >= corrections.effective_on
        AND as_of() - calendar.month_end
            >= coalesce(assumption('win_rate_grace_days', '*', as_of()), 0)
    LEFT JOIN closings
        ON closings.segment = corrections.segment
        AND closings.close_month = calendar.month_start
    GROUP BY corrections.record_id, corrections.segment, calendar.month_start
),

good AS (
    SELECT
        record_id,
        coalesce(min(place) FILTER (NOT good) - 1, count(*)) AS months
    FROM months
    GROUP BY record_id
),

judged AS (
    SELECT
        corrections.*,
        coalesce(since.won, 0) AS won_since,
        coalesce(since.closed, 0) AS closed_since,
        coalesce(good.months, 0) AS good_months,
        CASE
            WHEN corrections.state IN ('closed', 'superseded') THEN 'resolved'
            WHEN corrections.state = 'dismissed' THEN
                CASE WHEN corrections.dismissed_until < as_of() THEN 'lapsed' ELSE 'waits' END
            WHEN corrections.effective_on IS NULL
                OR corrections.state IN ('open', 'acknowledged', 'diagnosing') THEN 'waits'
            WHEN corrections.state = 'resolved' OR good.months >= 2 THEN 'resolved'
            WHEN corrections.review_on <= as_of() THEN 'review'
            WHEN coalesce(since.closed, 0) = 0 THEN 'too early'
            WHEN rate_of(since.won, since.closed) >= corrections.target_rate - 1e-9 THEN 'on course'
            ELSE 'behind'
        END AS verdict
    FROM corrections
    LEFT JOIN since ON since.record_id = corrections.record_id
    LEFT JOIN good ON good.record_id = corrections.record_id
)

SELECT
    record_id AS record,
    segment,
    state,
    verdict,
    won_since AS won,
    closed_since AS closed,
    rate_of(won_since, closed_since) AS win_rate,
    wilson_low(won_since, closed_since, z_90()) AS low,
    wilson_high(won_since, closed_since, z_90()) AS high,
    target_rate,
    rate_of(won_then, closed_then) AS rate_then,
    good_months,
    plan,
    owner,
    effective_on,
    review_on,
    review_on - as_of() AS days_left,
    as_of() - since AS in_state,
    changes,
    finding
FROM judged
ORDER BY
    list_position(
        ['review', 'lapsed', 'behind', 'waits', 'too early', 'on course', 'resolved'], verdict
    ),
    review_on NULLS LAST,
    record_id
