-- figure:     qualification-signature
-- title:      Gaps that lose deals
-- question:   Which gap in the qualification goes with losing, and is it as common in deals we won?
-- curriculum: M8.7
-- source:     domain M8.7 Roll-up, qualification signature: lost with the gap against lost when confirmed,
--             wins as control, difference with its interval
-- grain:      one row per element of MEDDPPICC that was looked at in a closed deal
-- needs:      opportunities
-- parameters:
--   as_of     date      deals that closed in the 547 days up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   element         text            of MEDDPPICC
--   verdict         state           tells: the interval lies above zero; nothing: it does not; few: fewer than
--                                   signature_min_n deals on either side
--   gap_lost        count           closed deals with the gap that were lost
--   gap_deals       count           closed deals with the gap
--   gap_rate        rate(gap_lost/gap_deals) "Lost with gap"  NULL: none had it
--   confirmed_lost  count           closed deals with it confirmed that were lost
--   confirmed_deals  count          closed deals with it confirmed
--   confirmed_rate  rate(confirmed_lost/confirmed_deals) "Lost confirmed"  NULL: none had it
--   difference      points          rate with the gap - rate when confirmed; NULL: one side is empty
--   low             points          lower end of its interval, 90 %
--   high            points          upper end of it
--   gap_won         count "Won with gap"  won in spite of it: a gap as common there explains nothing
--   won_looked_at   count           won deals in which the element was looked at
--   lost_looked_at  count           lost deals in which it was
-- chart:      bar label=element value=gap_rate reference=confirmed_rate

WITH looked_at AS (
    SELECT
        post_mortem.opportunity_id,
        line.element,
        line.status,
        post_mortem.updated_at,
        line.row_number
    FROM record_post_mortem AS post_mortem
    INNER JOIN record_post_mortem_meddppicc AS line ON line.record_id = post_mortem.record_id
    WHERE post_mortem.state NOT IN ('draft', 'withdrawn')
    UNION ALL
    SELECT
        checked.opportunity_id,
        line.element,
        line.status,
        checked.updated_at,
        line.row_number
    FROM record_qualification AS checked
    INNER JOIN record_qualification_meddppicc AS line ON line.record_id = checked.record_id
    WHERE checked.state <> 'draft'
),

-- What was written last holds where a deal has both.
latest AS (
    SELECT
        opportunity_id,
        element,
        arg_max(status, (updated_at, row_number)) AS status
    FROM looked_at
    WHERE element IS NOT NULL
        AND status IS NOT NULL
    GROUP BY opportunity_id, element
),

counted AS (
    SELECT
        latest.element,
        count(*) FILTER (latest.status = 'gap' AND NOT closing.won) AS gap_lost,
        count(*) FILTER (latest.status = 'gap') AS gap_deals,
        count(*) FILTER (latest.status = 'confirmed' AND NOT closing.won) AS confirmed_lost,
        count(*) FILTER (latest.status = 'confirmed') AS confirmed_deals,
        count(*) FILTER (closing.won) AS won_looked_at,
        count(*) FILTER (NOT closing.won) AS lost_looked_at
    FROM latest
    INNER JOIN closings_at(as_of(), win_loss_start(), as_of(), false) AS closing
        ON closing.opportunity_id = latest.opportunity_id
    GROUP BY latest.element
),

compared AS (
    SELECT
        *,
        assumption('signature_min_n', '*', as_of()) AS least_deals,
        rate_of(gap_lost, gap_deals) - rate_of(confirmed_lost, confirmed_deals) AS difference,
        CASE WHEN gap_deals > 0 AND confirmed_deals > 0
            THEN difference_low(gap_lost, gap_deals, confirmed_lost, confirmed_deals, z_90())
        END AS low,
        CASE WHEN gap_deals > 0 AND confirmed_deals > 0
            THEN difference_high(gap_lost, gap_deals, confirmed_lost, confirmed_deals, z_90())
        END AS high
    FROM counted
)

SELECT
    element,
    CASE
        WHEN least(gap_deals, confirmed_deals) < least_deals THEN 'few'
        WHEN low > 0 THEN 'tells'
        ELSE 'nothing'
    END AS verdict,
    gap_lost,
    gap_deals,
    rate_of(gap_lost, gap_deals) AS gap_rate,
    confirmed_lost,
    confirmed_deals,
    rate_of(confirmed_lost, confirmed_deals) AS confirmed_rate,
    difference,
    low,
    high,
    gap_deals - gap_lost AS gap_won,
    won_looked_at,
    lost_looked_at
FROM compared
ORDER BY list_position(['tells', 'nothing', 'few'], verdict), difference DESC NULLS LAST, element
