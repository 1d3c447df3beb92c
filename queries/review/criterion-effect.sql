-- figure:     criterion-effect
-- title:      Did the criterion help
-- question:   How did the deals it is for end before and after each version, and what else changed?
-- curriculum: M8.7, M8.5
-- source:     domain M8.7: criteria versions with n; before and after by version as for cards and plays, the
--             interval of the difference; a difference is no proof
-- grain:      one row per time that a criterion was put in force
-- needs:      opportunities
-- parameters:
--   as_of     date      closings up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   title          text   the rule in a line
--   version        count  1 for the first time
--   since          date   the day from which it held
--   days           days   length of both windows: up to criterion_effect_days, the next version, its retirement or
--                         the as-of day
--   won_before     count  deals won in the days before: of its segment and, where it names a stage, that were open
--                         in it
--   closed_before  count  won + lost of them
--   before         rate(won_before/closed_before)  NULL: nothing closed
--   won_after      count  won in as many days from then on
--   closed_after   count  won + lost of them
--   after          rate(won_after/closed_after)  NULL: nothing closed
--   difference     points  after - before; NULL: one side is empty
--   low            points  lower end of its interval, 90 %
--   high           points  upper end of it
--   verdict        state  better or worse: the interval lies on one side of zero; unclear: it does not; few:
--                         fewer than criterion_effect_min_n deals on either side
--   judged         count  of those closed after, the deals that met it: opened, or where it names a stage entered
--                         it, when it held. The others were let in before
--   meanwhile      list   criteria, plays and cards for the same deals that changed in both windows: each may be
--                         the cause
--   kind           state  targeting or qualification
--   segment        text   whom it is for; NULL: all
--   stage          text   before the stage; NULL: none named
--   approver       text   who put it in force
--   criterion      id     the criterion
--   first_day      date   of the days before
--   last_day       date   of the days after
-- private:    approver
-- opens:      criterion record=criterion

WITH windows AS (
    SELECT
        *,
        CAST(least(
            assumption('criterion_effect_days', '*', as_of()),
            as_of() - since + 1,
            replaced_on - since
        ) AS INTEGER) AS days
    FROM criterion_versions()
),

closings AS (
    SELECT
        opportunity_id,
        segment,
        created_on,
        close_date,
        state = 'won' AS won
    FROM deals_at(as_of())
    WHERE state IN ('won', 'lost')
        AND close_date <= as_of()
        AND in_scope(region, segment, product, owner, manager)
),

entered AS (
    SELECT
        opportunity_id,
        lower(trim(stage)) AS stage_key,
        min(entered_on) AS entered_on
    FROM stage_stays() AS stay
    SEMI JOIN windows ON lower(trim(windows.stage)) = lower(trim(stay.stage))
    GROUP BY opportunity_id, lower(trim(stage))
),

paired AS (
    SELECT
        windows.record_id,
        windows.version,
        closings.won,
        closings.close_date >= windows.since AS later,
        CASE WHEN windows.stage IS NULL THEN closings.created_on ELSE entered.entered_on END >= windows.since AS met_it
    FROM windows
    INNER JOIN closings
        ON closings.close_date >= windows.since - windows.days
        AND closings.close_date < windows.since + windows.days
        AND (windows.segment IS NULL OR lower(trim(windows.segment)) = lower(trim(closings.segment)))
    LEFT JOIN entered
        ON entered.opportunity_id = closings.opportunity_id
        AND entered.stage_key = lower(trim(windows.stage))
    WHERE windows.stage IS NULL
        OR entered.opportunity_id IS NOT NULL
),

counted AS (
    SELECT
        record_id,
        version,
        count(*) FILTER (won AND NOT later) AS won_before,
        count(*) FILTER (NOT later) AS closed_before,
        count(*) FILTER (won AND later) AS won_after,
        count(*) FILTER (later) AS closed_after,
        count(*) FILTER (later AND met_it) AS judged
    FROM paired
    GROUP BY record_id, version
),

meanwhile AS (
    SELECT
        windows.record_id,
        windows.version,
        list(other.record_id || ' ' || strftime(other.on_day, '%Y-%m-%d') ORDER BY other.on_day, other.record_id)
            AS changes
    FROM windows
    INNER JOIN changes_of_selling() AS other
        ON other.record_id <> windows.record_id
        AND other.on_day >= windows.since - windows.days
        AND other.on_day < windows.since + windows.days
        AND may_share_deals(windows.segment, other.segment)
    GROUP BY windows.record_id, windows.version
),

compared AS (
    SELECT
        windows.*,
        coalesce(counted.won_before, 0) AS won_before,
        coalesce(counted.closed_before, 0) AS closed_before,
        coalesce(counted.won_after, 0) AS won_after,
        coalesce(counted.closed_after, 0) AS closed_after,
        coalesce(counted.judged, 0) AS judged,
        meanwhile.changes,
        coalesce(counted.closed_before > 0 AND counted.closed_after > 0, false) AS comparable
    FROM windows
    LEFT JOIN counted ON counted.record_id = windows.record_id AND counted.version = windows.version
    LEFT JOIN meanwhile ON meanwhile.record_id = windows.record_id AND meanwhile.version = windows.version
),

measured AS (
    SELECT
        *,
        rate_of(won_after, closed_after) - rate_of(won_before, closed_before) AS difference,
        CASE WHEN comparable
            THEN difference_low(won_after, closed_after, won_before, closed_before, z_90()) END AS low,
        CASE WHEN comparable
            THEN difference_high(won_after, closed_after, won_before, closed_before, z_90()) END AS high
    FROM compared
)

SELECT
    title,
    version,
    since,
    days,
    won_before,
    closed_before,
    rate_of(won_before, closed_before) AS before,
    won_after,
    closed_after,
    rate_of(won_after, closed_after) AS after,
    difference,
    low,
    high,
    CASE
        WHEN least(closed_before, closed_after) < assumption('criterion_effect_min_n', '*', as_of()) THEN 'few'
        WHEN low > 0 THEN 'better'
        WHEN high < 0 THEN 'worse'
        ELSE 'unclear'
    END AS verdict,
    judged,
    changes AS meanwhile,
    kind,
    segment,
    stage,
    author AS approver,
    record_id AS criterion,
    since - days AS first_day,
    since + days - 1 AS last_day
FROM measured
ORDER BY since DESC, record_id, version
