-- figure:     repeat-causes
-- title:      Causes that come back
-- question:   Which cause keeps losing strategic deals, and did what we changed about it help?
-- curriculum: M8.7
-- source:     domain M8.7 Follow-through: the same primary cause three times in two quarters escalates;
--             repeat-cause rate = losses with it after its fix / losses after the fix
-- grain:      one row per primary driver of the post-mortems of the 547 days up to the as-of day
-- needs:      opportunities
-- parameters:
--   as_of     date      losses up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   driver        text             primary cause, as the post-mortems word it
--   verdict       state            escalate: repeat_cause_limit times or more in the last two fiscal quarters;
--                                  back: it came back after its fix; fixed: it has not; open: an action runs;
--                                  none: nothing was done about it
--   recent        count            losses with it in the fiscal quarter of the as-of day and the one before
--   losses        count            losses with it in the 547 days
--   amount        money            amount of them, as it was while they were open
--   last_lost     date             newest loss with it
--   actions       count            actions that follow from these post-mortems
--   done          count            of them, finished
--   late          count            of them, open and past their day
--   fixed_on      date             when the newest of them was finished; NULL: none is
--   after_fix     count            losses with it after that day
--   all_after     count "All after"  post-mortems of losses after that day, whatever their cause
--   repeat_rate   rate(after_fix/all_after) "Again"  NULL: no fix, or no loss since
--   confirmed     count            of the losses, those whose cause somebody outside the company named
--   decision      text             what a decision about it is called
-- chart:      bar label=driver value=losses
-- drill:      deals loss_reason=driver
-- opens:      decision title=decision

WITH causes AS (
    SELECT * FROM primary_causes()
),

losses AS (
    SELECT
        causes.*,
        closing.close_date,
        closing.amount
    FROM causes
    INNER JOIN closings_at(as_of(), win_loss_start(), as_of(), true) AS closing
        ON closing.opportunity_id = causes.opportunity_id
    WHERE NOT closing.won
),

two_quarters AS (
    SELECT min(quarter_start) AS first_day
    FROM (
        SELECT DISTINCT quarter_start
        FROM settings.fiscal_month
        WHERE quarter_start <= as_of()
        ORDER BY quarter_start DESC
        LIMIT 2
    )
),

follow_up AS (
    SELECT
        causes.driver,
        count(DISTINCT action.record_id) AS actions,
        count(DISTINCT action.record_id) FILTER (action.state = 'done') AS done,
        count(DISTINCT action.record_id) FILTER (action.state = 'open' AND action.due_on < as_of())
            AS late,
        CAST(max(states.since) FILTER (action.state = 'done') AS DATE) AS fixed_on
    FROM causes
    INNER JOIN record_action AS action ON action.about = causes.record_id
    INNER JOIN record_states() AS states ON states.record_id = action.record_id
    WHERE action.state <> 'dropped'
    GROUP BY causes.driver
),

counted AS (
    SELECT
        losses.driver,
        count(*) FILTER (losses.close_date >= two_quarters.first_day) AS recent,
        count(*) AS losses,
        sum(losses.amount) AS amount,
        max(losses.close_date) AS last_lost,
        coalesce(any_value(follow_up.actions), 0) AS actions,
        coalesce(any_value(follow_up.done), 0) AS done,
        coalesce(any_value(follow_up.late), 0) AS late,
        any_value(follow_up.fixed_on) AS fixed_on,
        count(*) FILTER (losses.close_date > follow_up.fixed_on) AS after_fix,
        count(*) FILTER (losses.confirmed) AS confirmed
    FROM losses
    CROSS JOIN two_quarters
    LEFT JOIN follow_up ON follow_up.driver = losses.driver
    GROUP BY losses.driver
),

since AS (
    SELECT
        counted.*,
        (
            SELECT count(DISTINCT opportunity_id)
            FROM losses
            WHERE losses.close_date > counted.fixed_on
        ) AS all_after
    FROM counted
),

judged AS (
    SELECT
        *,
        CASE
            WHEN recent >= assumption('repeat_cause_limit', '*', as_of()) THEN 'escalate'
            WHEN after_fix > 0 THEN 'back'
            WHEN fixed_on IS NOT NULL THEN 'fixed'
            WHEN actions > 0 THEN 'open'
            ELSE 'none'
        END AS verdict
    FROM since
)

SELECT
    driver,
    verdict,
    recent,
    losses,
    CAST(amount AS DECIMAL(18, 2)) AS amount,
    last_lost,
    actions,
    done,
    late,
    fixed_on,
    after_fix,
    all_after,
    rate_of(after_fix, all_after) AS repeat_rate,
    confirmed,
    'Stop losing to: ' || driver AS decision
FROM judged
ORDER BY
    list_position(['escalate', 'back', 'none', 'open', 'fixed'], verdict),
    losses DESC,
    driver
