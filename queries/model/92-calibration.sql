-- What became of the deals that stood in a stage: what a stage's probability is recalibrated by
-- (domain M8.1).

-- Finished fiscal quarters that are looked at, the newest ones.
CREATE OR REPLACE TEMP MACRO calibration_quarters() AS
    CAST(judged_by('calibration_quarters', 8) AS INTEGER);
-- How many deals the probability in force counts for beside the observed ones.
CREATE OR REPLACE TEMP MACRO calibration_prior() AS
    CAST(judged_by('calibration_prior_deals', 20) AS DOUBLE);
-- A stage with fewer deals gives no proposal.
CREATE OR REPLACE TEMP MACRO calibration_min_deals() AS
    CAST(judged_by('calibration_min_deals', 20) AS INTEGER);
-- A smaller difference is no reason to change anything.
CREATE OR REPLACE TEMP MACRO calibration_min_change() AS
    CAST(judged_by('calibration_min_change', 0.05) AS DOUBLE);
-- A deal of more than this many times the 95th percentile says nothing about the others.
CREATE OR REPLACE TEMP MACRO calibration_mega() AS
    CAST(judged_by('calibration_mega_multiple', 3) AS DOUBLE);

-- The quarters with the export that shows how each began: the newest of the two weeks up to its
-- first day, else the first of its own first two weeks. A quarter without one cannot be looked at.
CREATE OR REPLACE TEMP MACRO calibration_openings() AS TABLE
    WITH quarters AS (
        SELECT DISTINCT quarter, quarter_start, quarter_end
        FROM settings.fiscal_month
        WHERE quarter_end <= least(as_of(), period_end())
        ORDER BY quarter_start DESC
        LIMIT calibration_quarters()
    )

    SELECT
        quarters.quarter,
        quarters.quarter_start,
        quarters.quarter_end,
        coalesce(
            max(snapshot.taken_on) FILTER (snapshot.taken_on <= quarters.quarter_start),
            min(snapshot.taken_on)
        ) AS opened_on,
        row_number() OVER (ORDER BY quarters.quarter_start DESC) = 1 AS newest
    FROM quarters
    INNER JOIN facts.snapshot AS snapshot
        ON snapshot.taken_on > quarters.quarter_start - lock_days()
        AND snapshot.taken_on <= quarters.quarter_start + lock_days()
        AND snapshot.taken_on <= as_of()
    GROUP BY quarters.quarter, quarters.quarter_start, quarters.quarter_end;

-- Every deal that was open when a quarter began, once for each such quarter, with what became of it.
-- A deal that later vanished from the exports counts as not won: who leaves it out flatters the
-- stage. One that was cancelled is on neither side (domain §0.1). `counted` says which are behind the
-- rate of the quarter.
CREATE OR REPLACE TEMP MACRO calibration_deals() AS TABLE
    WITH opened AS (
        SELECT
            opening.quarter,
            opening.newest,
            opening.quarter_start,
            opening.quarter_end,
            deal.opportunity_id,
            deal.opportunity,
            deal.account,
            deal.owner,
            deal.slice,
            deal.stage,
            deal.close_date AS expected,
            deal.close_date BETWEEN opening.quarter_start AND opening.quarter_end AS due,
            deal.amount,
            deal.probability
        FROM calibration_openings() AS opening
        INNER JOIN deal_versions(as_of(), true) AS deal
            ON deal.within_scope
            AND deal.valid_from <= opening.opened_on
            AND (deal.valid_to IS NULL OR deal.valid_to > opening.opened_on)
        WHERE deal.state = 'open'
            AND deal.stage IS NOT NULL
    ),

    followed AS (
        SELECT
            opened.*,
            coalesce(latest.state, 'removed') AS state,
            latest.close_date,
            -- As the bridge from call to actual has it: neither won nor lost in its quarter.
            coalesce(
                latest.state = 'open'
                OR latest.state IN ('won', 'lost')
                AND NOT latest.close_date BETWEEN opened.quarter_start AND opened.quarter_end,
                false
            ) AS slipped,
            coalesce(
                latest.state = 'won'
                AND latest.close_date BETWEEN opened.quarter_start AND opened.quarter_end,
                false
            ) AS won_in_quarter,
            coalesce(
                opened.amount
                    > calibration_mega() * quantile_cont(opened.amount::DOUBLE, 0.95) OVER (),
                false
            ) AS mega
        FROM opened
        LEFT JOIN opportunity_at(as_of()) AS latest
            ON latest.opportunity_id = opened.opportunity_id
    )

    SELECT
        *,
        coalesce(due, false) AND NOT mega AND (state <> 'cancelled' OR won_in_quarter) AS counted
    FROM followed;

-- Counts for one probability pulled toward the one in force: (w + k p0) / (n + k); with nothing in
-- force the observed rate alone.
CREATE OR REPLACE TEMP MACRO shrunk(hits, n, incumbent) AS
    CASE
        WHEN incumbent IS NULL THEN rate_of(hits, n)
        ELSE (hits + calibration_prior() * incumbent) / (n + calibration_prior())
    END;
