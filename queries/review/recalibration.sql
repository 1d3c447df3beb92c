-- figure:     recalibration
-- title:      Assumptions, measured
-- question:   What should the size, the length, the slipping and the timing of deals be taken to be from now on?
-- curriculum: M8.1
-- source:     domain M8.1 Recalibration: shrinkage, interval of 90 %, the rule for proposing, back-test on the newest
--             finished quarter, money effect
-- grain:      one row per assumption and the slice it holds for; the linearity by month of the quarter
-- needs:      opportunities
-- parameters:
--   period_start  date   unused by the counts; the finished quarters up to the period's end are looked at
--   period_end    date   no quarter that ends later is looked at
--   as_of         date   what became of the deals by this day, and the assumptions in force on it
--   by            text   in all, or by segment, say: an assumption then holds for the segment alone
-- columns:
--   assumption    text                  average_deal: amount of a won deal; cycle_days: created to won; slip_rate:
--                                       due in a quarter at its beginning and neither won nor lost in it;
--                                       create_and_close: created in the quarter, of the deals won in it;
--                                       linearity: won in each month, of the deals won in the quarter
--   scope         text                  what it holds for; * for all, and the month after a colon
--   in_force      number                NULL: nobody has set it
--   measured      number                the mean, or the share of hits
--   hits          count                 deals that slipped, were created and won, or were won in the month; NULL: a mean
--   n             count "Deals"         of how many
--   low           number                lower end of the interval, 90 %: Wilson's for a share
--   high          number                upper end of it
--   shrunk        number                (sum + k x in force) / (n + k), k = 20 unless set otherwise
--   proposed      number                shrunk, shares to whole percents, else to whole numbers; NULL: nothing is proposed
--   verdict       state                 propose; keep: too little difference, or what is in force lies within the
--                                       interval; few: fewer than 20 deals; back-test: it would have told the newest
--                                       quarter worse; together: months of one linearity are changed together
--   effect        money "Money effect"  of proposed against in force, on what is open and due by the end of the quarter
--                                       after the as-of day (size, slipping) or on what a quarter usually brings (the
--                                       others); NULL: nothing is proposed, or nothing was in force
--   error         share                 |in force - newest quarter's| / newest quarter's
--   error_new     share                 the same with what the quarters before it would have proposed
--   quarters      count                 quarters with such deals
--   evidence      text                  the counts in a sentence
-- opens:      assumption name=assumption scope=scope value_before=in_force value=proposed because=evidence effect=effect

WITH seen AS (
    SELECT
        *,
        CASE WHEN sliced_by() = 'all' THEN '*' ELSE slice END || coalesce(':' || part, '') AS scope,
        assumption NOT IN ('average_deal', 'cycle_days') AS is_share
    FROM practice()
),

counted AS (
    SELECT
        assumption,
        part,
        slice,
        scope,
        is_share,
        count(*) AS n,
        sum(x) AS total,
        stddev_samp(x) AS spread,
        count(*) FILTER (NOT newest) AS n_before,
        sum(x) FILTER (NOT newest) AS total_before,
        avg(x) FILTER (newest) AS newest_mean,
        count(DISTINCT quarter) AS quarters
    FROM seen
    GROUP BY ALL
),

-- The scope's own version, else the general one; each month of a linearity has its own.
estimated AS (
    SELECT
        counted.*,
        CAST(coalesce(own.value, general.value) AS DOUBLE) AS incumbent,
        total / n AS measured,
        CASE WHEN is_share THEN wilson_low(total, n, z_90()) ELSE total / n - z_90() * spread / sqrt(n) END AS low,
        CASE WHEN is_share THEN wilson_high(total, n, z_90()) ELSE total / n + z_90() * spread / sqrt(n) END
            AS high,
        shrunk(total, n, incumbent) AS estimate,
        CASE WHEN n_before > 0 THEN shrunk(total_before, n_before, incumbent) END AS estimate_before
    FROM counted
    LEFT JOIN assumption_history() AS own
        ON own.name = counted.assumption
        AND own.scope = counted.scope
        AND as_of() >= own.effective_from
        AND as_of() < own.effective_to
    LEFT JOIN assumption_history() AS general
        ON general.name = counted.assumption
        AND general.scope = '*' || coalesce(':' || counted.part, '')
        AND as_of() >= general.effective_from
        AND as_of() < general.effective_to
),

judged AS (
    SELECT
        *,
        CASE
            WHEN n < calibration_min_deals() THEN 'few'
            WHEN abs(estimate - incumbent)
                < calibration_min_change() * CASE WHEN is_share THEN 1 ELSE incumbent END
                OR incumbent BETWEEN low AND high THEN 'keep'
            WHEN abs(estimate_before - newest_mean) > abs(incumbent - newest_mean) THEN 'back-test'
            ELSE 'propose'
        END AS verdict
    FROM estimated
),

together AS (
    SELECT
        *,
        CASE
            WHEN assumption = 'linearity'
                AND bool_or(verdict = 'propose') OVER (PARTITION BY assumption, slice)
                AND verdict <> 'propose' THEN 'together'
            ELSE verdict
        END AS decided,
        round(estimate, CASE WHEN is_share THEN 2 ELSE 0 END) AS rounded
    FROM judged
),

-- The months of a quarter are all of it: the last one is what the others leave.
rounded AS (
    SELECT
        * REPLACE (
            CASE
                WHEN assumption = 'linearity' AND part = max(part) OVER curve
                    THEN round(1 - (sum(rounded) OVER curve - rounded), 2)
                ELSE rounded
            END AS rounded
        )
    FROM together
    WINDOW curve AS (PARTITION BY assumption, slice)
),

proposed AS (
    SELECT
        *,
        CASE WHEN decided IN ('propose', 'together') AND rounded IS DISTINCT FROM incumbent THEN rounded END
            AS proposed
    FROM rounded
),

-- What is open and due by the end of the quarter that goes on after the as-of day.
pipeline AS (
    SELECT
        slice,
        sum(amount) AS amount,
        count(*) AS deals
    FROM sliced_deals_at(as_of(), as_of())
    WHERE state = 'open'
        AND category IS DISTINCT FROM 'omitted'
        AND close_date BETWEEN as_of() AND (
            SELECT min(quarter_end) FROM settings.fiscal_month WHERE quarter_end > as_of()
        )
    GROUP BY slice
),

-- What a quarter brings, and what part of the deals that are due in one is won in it.
usual AS (
    SELECT
        slice,
        sum(x) FILTER (assumption = 'average_deal') / count(DISTINCT quarter) FILTER (assumption = 'average_deal')
            AS bookings
    FROM seen
    GROUP BY slice
),

due AS (
    SELECT
        slice,
        avg(won_in_quarter::INTEGER) AS won
    FROM calibration_deals()
    WHERE counted
    GROUP BY slice
),

worth AS (
    SELECT
        proposed.*,
        CASE assumption
            WHEN 'average_deal' THEN coalesce(pipeline.deals, 0) * due.won * (proposed - incumbent)
            WHEN 'slip_rate' THEN -coalesce(pipeline.amount, 0) * (proposed - incumbent)
            WHEN 'cycle_days' THEN CASE WHEN proposed > 0 THEN usual.bookings * (incumbent / proposed - 1) END
            ELSE usual.bookings * (proposed - incumbent)
        END AS effect
    FROM proposed
    LEFT JOIN pipeline ON pipeline.slice = proposed.slice
    LEFT JOIN usual ON usual.slice = proposed.slice
    LEFT JOIN due ON due.slice = proposed.slice
)

SELECT
    assumption,
    scope,
    incumbent AS in_force,
    measured,
    CASE WHEN is_share THEN CAST(total AS BIGINT) END AS hits,
    n,
    low,
    high,
    estimate AS shrunk,
    proposed,
    CASE WHEN proposed IS NULL AND decided IN ('propose', 'together') THEN 'keep' ELSE decided END AS verdict,
    CAST(effect AS DECIMAL(18, 2)) AS effect,
    share_of(abs(incumbent - newest_mean), newest_mean) AS error,
    share_of(abs(estimate_before - newest_mean), newest_mean) AS error_new,
    quarters,
    CASE assumption
        WHEN 'average_deal' THEN 'Worth ' || CAST(measured AS DECIMAL(18, 0)) || ' on average: '
        WHEN 'cycle_days' THEN 'Took ' || CAST(measured AS DECIMAL(18, 0)) || ' days on average: '
        WHEN 'slip_rate' THEN 'Slipped: ' || CAST(total AS BIGINT) || ' of '
        WHEN 'create_and_close' THEN 'Created in the quarter: ' || CAST(total AS BIGINT) || ' of '
        ELSE 'Won in month ' || part || ': ' || CAST(total AS BIGINT) || ' of '
    END
    || n || CASE assumption WHEN 'slip_rate' THEN ' deals due in ' ELSE ' deals won in ' END || quarters || ' quarters.'
        AS evidence
FROM worth
ORDER BY
    list_position(['average_deal', 'cycle_days', 'slip_rate', 'create_and_close', 'linearity'], assumption),
    slice = not_set(),
    slice,
    part
