-- figure:     stage-calibration
-- title:      Stage probabilities, measured
-- question:   Do deals close in the quarter as often as their stage says, and what should it say?
-- curriculum: M8.1
-- source:     domain M8.1 Recalibration: cohorts by opening export, shrinkage, Wilson 90 %, monotone
--             stages, back-test on the newest finished quarter
-- grain:      one row per stage in which a deal was open when one of the quarters began
-- needs:      opportunities
-- parameters:
--   period_start  date   unused by the counts; the finished quarters up to the period's end are looked at
--   period_end    date   no quarter that ends later is looked at
--   as_of         date   what became of the deals by this day, and the probabilities in force on it
-- columns:
--   stage         text                  by the CRM's name, in the order of their probabilities
--   in_force      share                 probability in force; without one the mean of the deals' own
--   won           count                 due in the quarter at its beginning, and won in it
--   due           count                 due in the quarter at its beginning, cancelled ones left out
--   win_rate      rate(won/due) "In quarter"  won / due: what a weighted pipeline has to use
--   low           share                 lower end of the Wilson interval, 90 %
--   high          share                 upper end of it
--   shrunk        share                 (won + k x in force) / (due + k), k = 20 unless set otherwise
--   proposed      share                 shrunk, brought into the order of the stages, to whole percents;
--                                       NULL: nothing is proposed
--   verdict       state                 propose; keep: too little difference, or the probability in force
--                                       lies within the interval; order: changed so that a later stage
--                                       is no less likely; few: fewer than 20 deals; back-test: it would
--                                       have told the newest quarter worse
--   effect        money "Money effect"  amount of what is open and due by the end of the quarter after
--                                       the as-of day x (proposed - in force); NULL: nothing is proposed
--   brier         number                mean squared error in the newest quarter, probability in force
--   brier_new     number                the same with what the quarters before it would have proposed;
--                                       NULL: no such quarter, or no such deal
--   wape          share "WAPE"          |weighted - won| / won in the newest quarter, in force
--   wape_new      share "WAPE new"      the same with what the quarters before it would have proposed
--   ever_won      count                 deals that were ever won; each counts once for a stage
--   ever_closed   count                 of them, won, lost or vanished
--   ever_rate     rate(ever_won/ever_closed) "Ever"  won at any time; not what the quarter needs
--   matured       share                 closed of all that were seen in the stage; below 80 % the rate of
--                                       ever winning is too early
--   mega          count                 due, but of more than three times the 95th percentile: left out
--   quarters      count                 quarters with an export at their beginning
--   assumption    text                  the assumption that it is about
--   evidence      text                  the counts in a sentence
-- chart:      bar label=stage value=win_rate reference=in_force
-- drill:      stage-cohort stage=stage
-- opens:      assumption name=assumption scope=stage value_before=in_force value=proposed because=evidence effect=effect

WITH cohort AS (
    SELECT *
    FROM calibration_deals()
),

in_force AS (
    SELECT
        stages.stage,
        coalesce(
            CAST(assumption('stage_probability', stages.stage, as_of()) AS DOUBLE),
            stages.own
        ) AS incumbent
    FROM (
        SELECT
            stage,
            CAST(avg(probability) AS DOUBLE) AS own
        FROM cohort
        GROUP BY stage
    ) AS stages
),

counted AS (
    SELECT
        cohort.stage,
        in_force.incumbent,
        count(*) FILTER (counted AND won_in_quarter) AS won,
        count(*) FILTER (counted) AS due,
        count(*) FILTER (counted AND won_in_quarter AND NOT newest) AS won_before,
        count(*) FILTER (counted AND NOT newest) AS due_before,
        count(*) FILTER (cohort.due AND mega) AS mega,
        count(DISTINCT quarter) AS quarters
    FROM cohort
    LEFT JOIN in_force ON in_force.stage = cohort.stage
    GROUP BY cohort.stage, in_force.incumbent
),

-- A deal that stood in the stage at the beginning of several quarters counts once.
ever AS (
    SELECT
        stage,
        count(DISTINCT opportunity_id) FILTER (state = 'won') AS won,
        count(DISTINCT opportunity_id) FILTER (state IN ('won', 'lost', 'removed')) AS closed,
        count(DISTINCT opportunity_id) FILTER (state <> 'cancelled') AS seen
    FROM cohort
    WHERE NOT mega
    GROUP BY stage
),

estimated AS (
    SELECT
        *,
        shrunk(won, due, incumbent) AS estimate,
        wilson_low(won, due, z_90()) AS low,
        wilson_high(won, due, z_90()) AS high,
        CASE WHEN due_before > 0 THEN shrunk(won_before, due_before, incumbent) END
            AS estimate_before
    FROM counted
),

-- How the newest quarter would have been told by either.
tested AS (
    SELECT
        cohort.stage,
        avg(pow(estimated.incumbent - won_in_quarter::INTEGER, 2)) AS brier,
        avg(pow(estimated.estimate_before - won_in_quarter::INTEGER, 2)) AS brier_new,
        abs(sum(amount * estimated.incumbent) - sum(amount * won_in_quarter::INTEGER))
            / nullif(sum(amount * won_in_quarter::INTEGER), 0) AS wape,
        abs(sum(amount * estimated.estimate_before) - sum(amount * won_in_quarter::INTEGER))
            / nullif(sum(amount * won_in_quarter::INTEGER), 0) AS wape_new
    FROM cohort
    INNER JOIN estimated ON estimated.stage = cohort.stage
    WHERE newest
        AND counted
    GROUP BY cohort.stage
),

judged AS (
    SELECT
        estimated.*,
        tested.brier,
        tested.brier_new,
        tested.wape,
        tested.wape_new,
        CASE
            WHEN due < calibration_min_deals() THEN 'few'
            WHEN incumbent IS NOT NULL
                AND (abs(estimate - incumbent) < calibration_min_change()
                    OR incumbent BETWEEN low AND high) THEN 'keep'
            WHEN brier_new > brier OR wape_new > wape THEN 'back-test'
            ELSE 'propose'
        END AS verdict
    FROM estimated
    LEFT JOIN tested ON tested.stage = estimated.stage
),

ranked AS (
    SELECT
        *,
        row_number() OVER (ORDER BY incumbent NULLS FIRST, stage) AS place,
        CASE WHEN verdict = 'propose' THEN estimate ELSE incumbent END AS candidate,
        due + calibration_prior() AS weight
    FROM judged
),

-- A later stage is no less likely: pooling adjacent violators, in the form of the greatest of the
-- least means of neighbours.
stretches AS (
    SELECT
        first.place AS first_place,
        last.place AS last_place,
        sum(between_them.candidate * between_them.weight) / sum(between_them.weight) AS mean
    FROM ranked AS first
    INNER JOIN ranked AS last ON last.place >= first.place
    INNER JOIN ranked AS between_them
        ON between_them.place BETWEEN first.place AND last.place
    WHERE between_them.candidate IS NOT NULL
    GROUP BY first.place, last.place
),

ordered AS (
    SELECT
        ranked.place,
        max(least_mean.mean) AS probability
    FROM ranked
    INNER JOIN (
        SELECT
            here.place,
            stretches.first_place,
            min(stretches.mean) AS mean
        FROM ranked AS here
        INNER JOIN stretches
            ON stretches.first_place <= here.place
            AND stretches.last_place >= here.place
        GROUP BY here.place, stretches.first_place
    ) AS least_mean ON least_mean.place = ranked.place
    WHERE EXISTS (SELECT 1 FROM ranked AS one WHERE one.verdict = 'propose')
    GROUP BY ranked.place
),

decided AS (
    SELECT
        ranked.*,
        CASE
            WHEN ranked.candidate IS NULL THEN NULL
            WHEN round(ordered.probability, 2) <> round(coalesce(incumbent, -1), 2)
                AND (verdict = 'propose' OR abs(ordered.probability - ranked.candidate) > 1e-9)
                THEN round(ordered.probability, 2)
        END AS proposed
    FROM ranked
    LEFT JOIN ordered ON ordered.place = ranked.place
),

-- What is open in the stage and due by the end of the quarter that goes on after the as-of day.
pipeline AS (
    SELECT
        stage,
        sum(amount) AS amount
    FROM sliced_deals_at(as_of(), as_of())
    WHERE state = 'open'
        AND category IS DISTINCT FROM 'omitted'
        AND close_date BETWEEN as_of() AND (
            SELECT min(quarter_end) FROM settings.fiscal_month WHERE quarter_end > as_of()
        )
    GROUP BY stage
)

SELECT
    decided.stage,
    decided.incumbent AS in_force,
    decided.won,
    decided.due,
    rate_of(decided.won, decided.due) AS win_rate,
    decided.low,
    decided.high,
    decided.estimate AS shrunk,
    decided.proposed,
    CASE
        WHEN decided.proposed IS NOT NULL AND decided.verdict <> 'propose' THEN 'order'
        WHEN decided.proposed IS NULL AND decided.verdict = 'propose' THEN 'keep'
        ELSE decided.verdict
    END AS verdict,
    CAST(
        CAST(coalesce(pipeline.amount, 0) AS DECIMAL(30, 2))
        * CAST(decided.proposed - coalesce(decided.incumbent, 0) AS DECIMAL(8, 4))
        AS DECIMAL(18, 2)
    ) AS effect,
    decided.brier,
    decided.brier_new,
    decided.wape,
    decided.wape_new,
    ever.won AS ever_won,
    ever.closed AS ever_closed,
    rate_of(ever.won, ever.closed) AS ever_rate,
    rate_of(ever.closed, ever.seen) AS matured,
    decided.mega,
    decided.quarters,
    'stage_probability' AS assumption,
    'Of ' || decided.due || ' deals due in ' || decided.quarters || ' quarters, ' || decided.won
    || ' were won in the quarter.' AS evidence
FROM decided
LEFT JOIN ever ON ever.stage = decided.stage
LEFT JOIN pipeline ON pipeline.stage = decided.stage
ORDER BY decided.place
