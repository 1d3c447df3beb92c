-- figure:     alert-diagnosis
-- title:      What is behind the win rate
-- question:   Is it other deals, the same deals won less often, one reason, one rival, one person or a clean-up?
-- curriculum: M8.2
-- source:     domain M8.2, before acting: mix and within, loss reasons, competitors, concentration, auto-close
--             sweeps, value without the largest deal; the twelve fiscal months before are what it is held against
-- grain:      one row per aspect and value of it, and one per aspect for all of them; aspects in which all deals
--             are alike are left out
-- needs:      opportunities
-- parameters:
--   period_start  date   where no months are given: the first day of the period
--   period_end    date   and the last
--   as_of         date   closings as they stood on this day
--   by            text   the dimension of the slice
--   slice         text?  one value of the dimension only
--   closed_from   date?  first day of the months that are looked at
--   closed_to     date?  last day of them
-- columns:
--   aspect         text                 owner, product, region, segment, deal type, lead source; loss reason,
--                                       competitor, day of closing, amount
--   value          text                 value of it; (all): the aspect as a whole
--   sign           state                one person: more than half of the losses; clean-up: a quarter of them on
--                                       one day; other deals: the mix moved the rate more than what is within it;
--                                       same deals: the reverse; more: at least ten points more of the losses
--                                       than before, of ten or more; less: the reverse; one deal: the largest
--                                       turns the rate by value; NULL: nothing stands out
--   lost           count                lost in these months
--   all_lost       count "Of"           all that were lost in them
--   share_of_lost  rate(lost/all_lost) "Of losses"  how many of them; a deal with several rivals counts for each
--   share_before   share "Before"       the same share in the twelve months before
--   change         points               change of the share
--   won            count                won in these months; NULL: a loss reason has none
--   closed         count                won + lost
--   win_rate       rate(won/closed)     NULL when nothing closed
--   rate_before    share "Rate before"  win rate of the twelve months before
--   within         points               what its own rate moved the whole: weight before x change of the rate
--   mix            points               what its weight moved the whole: rate now x change of the weight; NULL:
--                                       the aspect does not part the deals
--   value_rate     share "By value"     amount won / won or lost, a loss with its last amount while open
--   reason         text                 the loss reason, for the deals behind the row
--   competitor     text                 the competitor, for the deals behind the row
--   first_day      date                 first day that is looked at
--   last_day       date                 last day
--   slice          text                 the value of the dimension; NULL: all
-- chart:      bar label=value value=share_of_lost
-- drill:      deals slice=slice closed_from=first_day closed_to=last_day loss_reason=reason competitor=competitor

WITH bounds AS (
    SELECT
        coalesce(getvariable('closed_from'), period_start()) AS first_day,
        coalesce(getvariable('closed_to'), period_end()) AS last_day
),

-- The twelve months before the first of them.
span AS (
    SELECT
        bounds.first_day,
        bounds.last_day,
        coalesce(min(before.month_start), bounds.first_day) AS before_day
    FROM bounds
    LEFT JOIN (
        SELECT calendar.month_start
        FROM settings.fiscal_month AS calendar
        CROSS JOIN bounds
        WHERE calendar.month_end < bounds.first_day
        ORDER BY calendar.month_start DESC
        LIMIT 12
    ) AS before ON true
    GROUP BY bounds.first_day, bounds.last_day
),

closed AS (
    SELECT
        deal.*,
        worth.amount AS worth,
        deal.state = 'won' AS won,
        deal.close_date >= span.first_day AS now
    FROM deals_valued(as_of(), as_of(), true, NULL) AS deal
    CROSS JOIN span
    LEFT JOIN closings_at(
        as_of(),
        coalesce(getvariable('closed_from'), period_start()) - 400,
        coalesce(getvariable('closed_to'), period_end()),
        true
    ) AS worth ON worth.opportunity_id = deal.opportunity_id
    WHERE deal.within_scope
        AND deal.state IN ('won', 'lost')
        AND deal.close_date BETWEEN span.before_day AND span.last_day
        AND coalesce(deal.slice = getvariable('slice'), true)
),

-- The day on which most were lost.
sweep AS (
    SELECT close_date
    FROM closed
    WHERE now
        AND NOT won
    GROUP BY close_date
    ORDER BY count(*) DESC, close_date DESC
    LIMIT 1
),

largest AS (
    SELECT opportunity_id
    FROM closed
    WHERE now
        AND worth IS NOT NULL
    ORDER BY worth DESC, opportunity_id
    LIMIT 1
),

-- Aspects that part the deals: each deal has one value of each.
parted AS (
    SELECT unnest([
        struct_pack(aspect := 'owner', value := coalesce(owner, not_set())),
        struct_pack(aspect := 'product', value := coalesce(product, not_set())),
        struct_pack(aspect := 'region', value := coalesce(region, not_set())),
        struct_pack(aspect := 'segment', value := coalesce(segment, not_set())),
        struct_pack(aspect := 'deal type', value := coalesce(deal_type, not_set())),
        struct_pack(aspect := 'lead source', value := coalesce(lead_source, not_set()))
    ], recursive := true), now, won, worth
    FROM closed
),

told AS (
    SELECT aspect, value, true AS parts, now, won, worth FROM parted
    UNION ALL
    SELECT 'loss reason', coalesce(loss_reason, not_set()), false, now, won, worth
    FROM closed
    WHERE NOT won
    UNION ALL
    SELECT 'competitor', coalesce(rival.competitor, '(none named)'), false, now, won, worth
    FROM closed
    LEFT JOIN (SELECT DISTINCT opportunity_id, competitor FROM deal_rivals()) AS rival
        ON rival.opportunity_id = closed.opportunity_id
    UNION ALL
    SELECT 'day of closing', strftime(closed.close_date, '%Y-%m-%d'), false, now, won, worth
    FROM closed
    INNER JOIN sweep ON sweep.close_date = closed.close_date
    UNION ALL
    SELECT 'amount', 'all deals', false, now, won, worth FROM closed
    UNION ALL
    SELECT 'amount', 'without the largest', false, now, won, worth
    FROM closed
    ANTI JOIN largest ON largest.opportunity_id = closed.opportunity_id
),

totals AS (
    SELECT
        count(*) FILTER (now AND NOT won) AS all_lost,
        count(*) FILTER (NOT now AND NOT won) AS all_lost_before,
        count(*) FILTER (now) AS closed,
        count(*) FILTER (NOT now) AS closed_before
    FROM closed
),

counted AS (
    SELECT
        aspect,
        value,
        any_value(parts) AS parts,
        count(*) FILTER (now AND won) AS won,
        count(*) FILTER (now) AS closed,
        count(*) FILTER (NOT now AND won) AS won_before,
        count(*) FILTER (NOT now) AS closed_before,
        count(*) FILTER (now AND NOT won) AS lost,
        count(*) FILTER (NOT now AND NOT won) AS lost_before,
        CASE
            WHEN count(*) FILTER (now AND worth IS NULL) = 0
                THEN share_of(coalesce(sum(worth) FILTER (now AND won), 0), sum(worth) FILTER (now))
        END AS value_rate
    FROM told
    GROUP BY aspect, value
),

rated AS (
    SELECT
        counted.*,
        totals.all_lost,
        rate_of(counted.lost_before, totals.all_lost_before) AS share_before,
        coalesce(rate_of(won, counted.closed), rate_of(won_before, counted.closed_before)) AS rate,
        coalesce(rate_of(won_before, counted.closed_before), rate_of(won, counted.closed)) AS earlier,
        rate_of(counted.closed, totals.closed) AS weight,
        rate_of(counted.closed_before, totals.closed_before) AS weight_before
    FROM counted
    CROSS JOIN totals
    QUALIFY NOT counted.parts OR count(*) OVER (PARTITION BY counted.aspect) > 1
),

moved AS (
    SELECT
        *,
        CASE WHEN parts THEN weight_before * (rate - earlier) END AS within,
        CASE WHEN parts THEN rate * (weight - weight_before) END AS mix,
        rate_of(lost, all_lost) - share_before AS change
    FROM rated
),

-- Each parting aspect as a whole: the two effects add up to the change of the rate.
wholes AS (
    SELECT
        aspect,
        '(all)' AS value,
        true AS parts,
        CAST(sum(won) AS BIGINT) AS won,
        CAST(sum(closed) AS BIGINT) AS closed,
        CAST(sum(won_before) AS BIGINT) AS won_before,
        CAST(sum(closed_before) AS BIGINT) AS closed_before,
        CAST(sum(lost) AS BIGINT) AS lost,
        any_value(all_lost) AS all_lost,
        sum(within) AS within,
        sum(mix) AS mix
    FROM moved
    WHERE parts
    GROUP BY aspect
),

together AS (
    SELECT * FROM moved
    UNION ALL BY NAME
    SELECT * FROM wholes
),

signed AS (
    SELECT
        together.*,
        CASE
            WHEN value = '(all)' AND abs(mix) > abs(within) AND abs(mix) >= shift_points() THEN 'other deals'
            WHEN value = '(all)' AND abs(within) >= shift_points() THEN 'same deals'
            WHEN value = '(all)' THEN NULL
            WHEN aspect = 'owner' AND rate_of(lost, all_lost) > concentrated_share() THEN 'one person'
            WHEN aspect = 'day of closing' AND lost >= 3 AND rate_of(lost, all_lost) >= sweep_share()
                THEN 'clean-up'
            WHEN aspect = 'amount' AND value = 'without the largest'
                AND abs(value_rate - max(value_rate) FILTER (value = 'all deals') OVER (PARTITION BY aspect))
                    >= shift_points() THEN 'one deal'
            WHEN aspect IN ('amount', 'day of closing') OR all_lost < shift_min_losses() THEN NULL
            WHEN change >= shift_points() - 1e-9 THEN 'more'
            WHEN change <= -shift_points() + 1e-9 THEN 'less'
        END AS sign
    FROM together
)

SELECT
    signed.aspect,
    signed.value,
    signed.sign,
    signed.lost,
    signed.all_lost,
    rate_of(signed.lost, signed.all_lost) AS share_of_lost,
    signed.share_before,
    signed.change,
    CASE WHEN signed.aspect <> 'loss reason' THEN signed.won END AS won,
    CASE WHEN signed.aspect <> 'loss reason' THEN signed.closed END AS closed,
    CASE WHEN signed.aspect <> 'loss reason' THEN rate_of(signed.won, signed.closed) END AS win_rate,
    CASE
        WHEN signed.aspect <> 'loss reason' THEN rate_of(signed.won_before, signed.closed_before)
    END AS rate_before,
    signed.within,
    signed.mix,
    signed.value_rate,
    CASE WHEN signed.aspect = 'loss reason' AND signed.value <> not_set() THEN signed.value END AS reason,
    CASE
        WHEN signed.aspect = 'competitor' AND signed.value <> '(none named)' THEN signed.value
    END AS competitor,
    span.first_day,
    span.last_day,
    getvariable('slice') AS slice
FROM signed
CROSS JOIN span
ORDER BY
    signed.sign IS NULL OR signed.sign = 'less',
    list_position([
        'loss reason', 'competitor', 'owner', 'day of closing', 'amount', 'product', 'deal type', 'lead source',
        'region', 'segment'
    ], signed.aspect),
    signed.value <> '(all)',
    signed.lost DESC,
    signed.value
