-- figure:     play-effect
-- title:      Does the play work
-- question:   Is each play used, what did deals in its segment do before and after, and what follows?
-- curriculum: M8.5
-- source:     domain M8.5: adoption = deals that use it / deals in scope; stage conversion before against after,
--             the interval of the difference, 30 deals per arm; below 15 % use after 8 weeks it goes
-- grain:      one row per play in its pilot, approved, published or rolled back
-- needs:      opportunities
-- parameters:
--   as_of     date   deals that closed up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   title          text   the play
--   state          state  state of it
--   advice         state  keep: the interval lies above zero; roll back: below; retire: hardly used though
--                         play_adoption_weeks are over; watch: none of these; wait: fewer than
--                         play_effect_min_n deals on either side. Where the play names a stage, of the difference
--                         of going on from it, else of the win rate
--   since          date   tried or in force from
--   days           days   length of both windows: up to play_effect_days or the as-of day
--   used           count  of the deals after, those whose qualification check names the play
--   in_scope       count  deals of its segment that closed in the days after
--   adoption       rate(used/in_scope)  NULL: nobody notes which plays are used, or nothing closed
--   won_before     count  won in the days before
--   closed_before  count  won + lost in them, in its segment
--   before         rate(won_before/closed_before)  NULL: nothing closed
--   won_after      count  won in the days after
--   after          rate(won_after/in_scope)  NULL: nothing closed
--   difference     points  after - before; NULL: one of them is empty
--   low            points  lower end of its interval, 90 %
--   high           points  upper end of it
--   stage          text   in which it is played; NULL: none named
--   on_before      count  deals of its segment that entered the stage in the days before and went on from it: to
--                         a stage that is worth more, or won
--   left_before    count  that went on, back, or were lost; who is still there is not counted
--   went_on_before  rate(on_before/left_before)  NULL: none
--   on_after       count  the same of those that entered it in the days after
--   left_after     count  that have left it
--   went_on_after  rate(on_after/left_after)  NULL: none
--   stage_difference  points  went on after - before; NULL: one of them is empty
--   stage_low      points  lower end of its interval, 90 %
--   stage_high     points  upper end of it
--   used_won       count  won of those that used it: who uses a play chose to, so this proves little
--   with_it        rate(used_won/used)  NULL: none
--   segment        text   whom it is for; NULL: all
--   play           id     the play
--   first_day      date   of the days before
--   last_day       date   of the days after
-- opens:      play record=play

WITH noted AS (
    SELECT DISTINCT
        checked.opportunity_id,
        line.play
    FROM record_qualification AS checked
    INNER JOIN record_qualification_plays AS line ON line.record_id = checked.record_id
    WHERE line.play IS NOT NULL
),

started AS (
    SELECT
        play.record_id,
        play.title,
        play.state,
        play.segment,
        play.stage,
        CASE WHEN play.state = 'pilot' THEN states.since ELSE play.effective_from END AS since
    FROM record_play AS play
    INNER JOIN record_states() AS states ON states.record_id = play.record_id
    WHERE play.state IN ('pilot', 'approved', 'published', 'rolled-back')
),

windows AS (
    SELECT
        *,
        CAST(least(assumption('play_effect_days', '*', as_of()), as_of() - since + 1) AS INTEGER) AS days
    FROM started
    WHERE since <= as_of()
),

closings AS (
    SELECT
        opportunity_id,
        segment,
        close_date,
        state = 'won' AS won
    FROM deals_at(as_of())
    WHERE state IN ('won', 'lost')
        AND close_date <= as_of()
        AND in_scope(region, segment, product, owner, manager)
),

counted AS (
    SELECT
        windows.record_id,
        count(*) FILTER (closings.won AND closings.close_date < windows.since) AS won_before,
        count(closings.opportunity_id) FILTER (closings.close_date < windows.since) AS closed_before,
        count(*) FILTER (closings.won AND closings.close_date >= windows.since) AS won_after,
        count(closings.opportunity_id) FILTER (closings.close_date >= windows.since) AS in_scope,
        count(noted.play) FILTER (closings.close_date >= windows.since) AS used,
        count(noted.play) FILTER (closings.close_date >= windows.since AND closings.won) AS used_won
    FROM windows
    LEFT JOIN closings
        ON closings.close_date >= windows.since - windows.days
        AND closings.close_date < windows.since + windows.days
        AND (windows.segment IS NULL OR lower(trim(windows.segment)) = lower(trim(closings.segment)))
    LEFT JOIN noted
        ON noted.opportunity_id = closings.opportunity_id
        AND noted.play = windows.record_id
    GROUP BY windows.record_id
),

stays AS (
    SELECT
        windows.record_id,
        count(*) FILTER (stay.went_on AND stay.entered_on < windows.since) AS on_before,
        count(*) FILTER (stay.entered_on < windows.since) AS left_before,
        count(*) FILTER (stay.went_on AND stay.entered_on >= windows.since) AS on_after,
        count(*) FILTER (stay.entered_on >= windows.since) AS left_after
    FROM windows
    INNER JOIN stage_stays() AS stay
        ON lower(trim(stay.stage)) = lower(trim(windows.stage))
        AND stay.entered_on >= windows.since - windows.days
        AND stay.entered_on < windows.since + windows.days
    INNER JOIN deals_at(as_of()) AS deal
        ON deal.opportunity_id = stay.opportunity_id
        AND (windows.segment IS NULL OR lower(trim(windows.segment)) = lower(trim(deal.segment)))
    WHERE stay.went_on IS NOT NULL
        AND in_scope(deal.region, deal.segment, deal.product, deal.owner, deal.manager)
    GROUP BY windows.record_id
),

told AS (
    SELECT
        counted.*,
        coalesce(stays.on_before, 0) AS on_before,
        coalesce(stays.left_before, 0) AS left_before,
        coalesce(stays.on_after, 0) AS on_after,
        coalesce(stays.left_after, 0) AS left_after
    FROM counted
    LEFT JOIN stays ON stays.record_id = counted.record_id
),

measured AS (
    SELECT
        windows.*,
        counted.* EXCLUDE (record_id),
        rate_of(on_after, left_after) - rate_of(on_before, left_before) AS stage_difference,
        CASE WHEN left_after > 0 AND left_before > 0
            THEN difference_low(on_after, left_after, on_before, left_before, z_90()) END AS stage_low,
        CASE WHEN left_after > 0 AND left_before > 0
            THEN difference_high(on_after, left_after, on_before, left_before, z_90()) END AS stage_high,
        rate_of(won_after, in_scope) - rate_of(won_before, closed_before) AS difference,
        CASE WHEN in_scope > 0 AND closed_before > 0
            THEN difference_low(won_after, in_scope, won_before, closed_before, z_90()) END AS low,
        CASE WHEN in_scope > 0 AND closed_before > 0
            THEN difference_high(won_after, in_scope, won_before, closed_before, z_90()) END AS high,
        -- Where no check names any play, that none names this one says nothing.
        CASE WHEN (SELECT count(*) FROM noted) > 0 THEN rate_of(used, in_scope) END AS adoption
    FROM windows
    INNER JOIN told AS counted ON counted.record_id = windows.record_id
),

judged AS (
    SELECT
        *,
        CASE WHEN stage IS NULL THEN least(closed_before, in_scope) ELSE least(left_before, left_after) END AS fewest,
        CASE WHEN stage IS NULL THEN low ELSE stage_low END AS lowest,
        CASE WHEN stage IS NULL THEN high ELSE stage_high END AS highest
    FROM measured
),

advised AS (
    SELECT
        *,
        CASE
            WHEN state <> 'rolled-back'
                AND as_of() - since >= 7 * assumption('play_adoption_weeks', '*', as_of())
                AND adoption < CAST(assumption('play_adoption_share', '*', as_of()) AS DOUBLE) THEN 'retire'
            WHEN fewest < assumption('play_effect_min_n', '*', as_of()) THEN 'wait'
            WHEN lowest > 0 THEN 'keep'
            WHEN highest < 0 THEN 'roll back'
            ELSE 'watch'
        END AS advice
    FROM judged
)

SELECT
    title,
    state,
    advice,
    since,
    days,
    used,
    in_scope,
    adoption,
    won_before,
    closed_before,
    rate_of(won_before, closed_before) AS before,
    won_after,
    rate_of(won_after, in_scope) AS after,
    difference,
    low,
    high,
    stage,
    on_before,
    left_before,
    rate_of(on_before, left_before) AS went_on_before,
    on_after,
    left_after,
    rate_of(on_after, left_after) AS went_on_after,
    stage_difference,
    stage_low,
    stage_high,
    used_won,
    rate_of(used_won, used) AS with_it,
    segment,
    record_id AS play,
    since - days AS first_day,
    since + days - 1 AS last_day
FROM advised
ORDER BY
    list_position(['roll back', 'retire', 'keep', 'watch', 'wait'], advice),
    since,
    record_id
