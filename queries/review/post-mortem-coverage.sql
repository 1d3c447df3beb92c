-- figure:     post-mortem-coverage
-- title:      Do we learn from losses
-- question:   How many strategic losses were worked through in time, by whom confirmed, and what followed?
-- curriculum: M8.7
-- source:     domain M8.7: coverage = post-mortems done / strategic losses; sellers and buyers agree seldom;
--             other drivers at most a tenth; every case ends in an action or says why not
-- grain:      one row per fiscal quarter of the 547 days in which a strategic deal was lost
-- needs:      opportunities
-- parameters:
--   as_of     date   losses and records up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   quarter      text   fiscal quarter of the loss
--   losses       count  strategic losses
--   done         count  of them, post-mortems published
--   coverage     rate(done/losses)  how much of it was worked through
--   in_time      count  of them, handed in by the seller within post_mortem_form_days
--   punctual     rate(in_time/losses)  of all losses, due or not
--   interviewed  count  of them, with a buyer who was talked to
--   asked        rate(interviewed/losses)  how often the buyer was heard
--   agreed       count  cases in which the seller named the driver that somebody outside named
--   compared     count  cases in which both named one
--   agreement    rate(agreed/compared)  NULL: none can be compared
--   others       count  primary drivers called other
--   drivers      count  primary drivers named
--   other_share  rate(others/drivers)  above a tenth the list of drivers must change; NULL: none named
--   acted        count  done cases that ask for an action, or have one
--   unchanged    count  done cases that say why nothing changes
--   actions      count  action records that follow from the cases
--   finished     count  of them, done
--   amount       money  lost with these deals, as they were while open
--   first_day    date   of the quarter
-- chart:      bar label=quarter value=coverage reference=agreement

WITH cases AS (
    SELECT
        loss.*,
        calendar.quarter,
        calendar.quarter_start
    FROM strategic_losses(win_loss_start(), as_of()) AS loss
    INNER JOIN settings.fiscal_month AS calendar
        ON loss.close_date BETWEEN calendar.month_start AND calendar.month_end
),

handed_in AS (
    SELECT
        record_id,
        CAST(min("at") AS DATE) AS "on"
    FROM ledger.revision
    WHERE kind = 'post-mortem'
        AND state <> 'draft'
        AND (known_at() IS NULL OR "at" <= known_at())
    GROUP BY record_id
),

outside AS (
    SELECT
        record_id,
        any_value(driver) AS driver
    FROM record_post_mortem_drivers
    WHERE rank = 'primary'
        AND source IN ('buyer', 'third party', 'document')
    GROUP BY record_id
),

asked_for AS (
    SELECT DISTINCT record_id FROM record_post_mortem_actions
),

follow_up AS (
    SELECT
        about AS record_id,
        count(*) AS actions,
        count(*) FILTER (state = 'done') AS finished
    FROM record_action
    WHERE state <> 'dropped'
    GROUP BY about
),

told AS (
    SELECT
        cases.*,
        cases.record_state = 'published' AS done,
        handed_in."on" - cases.close_date <= assumption('post_mortem_form_days', '*', as_of()) AS in_time,
        post_mortem.interview_date <= as_of() AS interviewed,
        outside.driver = post_mortem.rep_driver AS agreed,
        cause.driver,
        asked_for.record_id IS NOT NULL OR follow_up.actions > 0 AS acted,
        post_mortem.no_change_because IS NOT NULL AS unchanged,
        follow_up.actions,
        follow_up.finished
    FROM cases
    LEFT JOIN record_post_mortem AS post_mortem ON post_mortem.record_id = cases.record_id
    LEFT JOIN handed_in ON handed_in.record_id = cases.record_id
    LEFT JOIN outside ON outside.record_id = cases.record_id
    LEFT JOIN (SELECT record_id, min(driver) AS driver FROM primary_causes() GROUP BY record_id) AS cause
        ON cause.record_id = cases.record_id
    LEFT JOIN asked_for ON asked_for.record_id = cases.record_id
    LEFT JOIN follow_up ON follow_up.record_id = cases.record_id
),

counted AS (
    SELECT
        quarter,
        quarter_start,
        count(*) AS losses,
        count(*) FILTER (done) AS done,
        count(*) FILTER (in_time) AS in_time,
        count(*) FILTER (interviewed) AS interviewed,
        count(*) FILTER (agreed) AS agreed,
        count(agreed) AS compared,
        count(*) FILTER (driver = 'other') AS others,
        count(driver) AS drivers,
        count(*) FILTER (done AND acted) AS acted,
        count(*) FILTER (done AND unchanged AND NOT acted) AS unchanged,
        CAST(coalesce(sum(actions), 0) AS BIGINT) AS actions,
        CAST(coalesce(sum(finished), 0) AS BIGINT) AS finished,
        CAST(sum(lost_amount) AS DECIMAL(18, 2)) AS amount
    FROM told
    GROUP BY quarter, quarter_start
)

SELECT
    quarter,
    losses,
    done,
    rate_of(done, losses) AS coverage,
    in_time,
    rate_of(in_time, losses) AS punctual,
    interviewed,
    rate_of(interviewed, losses) AS asked,
    agreed,
    compared,
    rate_of(agreed, compared) AS agreement,
    others,
    drivers,
    rate_of(others, drivers) AS other_share,
    acted,
    unchanged,
    actions,
    finished,
    amount,
    quarter_start AS first_day
FROM counted
ORDER BY first_day DESC
