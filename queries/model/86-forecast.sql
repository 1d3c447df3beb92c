-- The calls that people submitted, and what became of the deals behind them (domain M8.1).

-- Days after the start of a period in which the first call is still the call for that period.
CREATE OR REPLACE TEMP MACRO lock_days() AS 14;

-- Every commit that an owner submitted for a period of calls between two days, each told for the
-- whole period, that is commit and closed together. A call for the category alone therefore gets
-- what was closed by then added, a cumulative one holds it already; both kinds then compare with the
-- same actual (domain §6.6).
CREATE OR REPLACE TEMP MACRO forecast_submissions(first_day, last_day) AS TABLE
    WITH calls AS (
        SELECT call.* REPLACE (coalesce(spelled.ours, call.owner_id) AS owner_id)
        FROM facts.forecast AS call
        LEFT JOIN aliases('person_id') AS spelled ON spelled.theirs = call.owner_id
    ),

    commits AS (
        SELECT *
        FROM calls
        WHERE category = 'commit'
            AND period_start >= first_day
            AND period_end <= last_day
            AND submitted_on BETWEEN period_start AND period_end
            AND submitted_on <= as_of()
    ),

    -- Closed by the caller's own account; without it, by the deals won at the time.
    closed_as_submitted AS (
        SELECT
            closed.owner_id,
            closed.period_start,
            closed.period_end,
            closed.submitted_on,
            sum(at_rate(closed.amount, closed.currency, plan.rate, as_of())) AS amount,
            sum(at_rate(
                closed.amount, closed.currency, coalesce(made.rate, plan.rate), closed.submitted_on
            )) AS amount_then
        FROM calls AS closed
        LEFT JOIN plan_rates(as_of()) AS plan ON plan.from_currency = closed.currency
        LEFT JOIN plan_rate_spans() AS made
            ON made.from_currency = closed.currency
            AND closed.submitted_on >= made.holds_from
            AND closed.submitted_on < made.holds_to
        WHERE closed.category = 'closed'
        GROUP BY ALL
    ),

    closed_in_the_crm AS (
        SELECT
            commits.owner_id,
            commits.period_start,
            commits.period_end,
            commits.submitted_on,
            sum(at_rate(deal.amount, deal.currency, plan.rate, as_of())) AS amount,
            sum(at_rate(
                deal.amount, deal.currency, coalesce(made.rate, plan.rate), commits.submitted_on
            )) AS amount_then
        FROM (
            SELECT deal.*, coalesce(spelled.ours, deal.owner_id) AS seller_id
            FROM facts.opportunity AS deal
            LEFT JOIN aliases('person_id') AS spelled ON spelled.theirs = deal.owner_id
            WHERE deal.state = 'won'
        ) AS deal
        INNER JOIN commits
            ON deal.seller_id = commits.owner_id
            AND deal.state = 'won'
            AND deal.close_date BETWEEN commits.period_start AND commits.period_end
            AND deal.valid_from <= commits.submitted_on
            AND (deal.valid_to IS NULL OR deal.valid_to > commits.submitted_on)
        LEFT JOIN plan_rates(as_of()) AS plan ON plan.from_currency = deal.currency
        LEFT JOIN plan_rate_spans() AS made
            ON made.from_currency = deal.currency
            AND commits.submitted_on >= made.holds_from
            AND commits.submitted_on < made.holds_to
        GROUP BY ALL
    ),

    -- Someone without a deal whose people submit calls of their own speaks for them: counting both
    -- would count the team twice.
    team_calls AS (
        SELECT DISTINCT report.manager_id AS owner_id
        FROM commits
        INNER JOIN sellers() AS report ON report.person_id = commits.owner_id
        ANTI JOIN facts.opportunity AS own ON own.owner_id = report.manager_id
    ),

    described AS (
        SELECT
            commits.*,
            called(seller.owner, commits.owner_id, any_seller()) AS owner,
            coalesce(seller.region, unmatched(commits.owner_id, seller.person_id, any_seller()))
                AS region,
            coalesce(seller.manager, unmatched(commits.owner_id, seller.person_id, any_seller()))
                AS manager
        FROM commits
        LEFT JOIN sellers() AS seller ON seller.person_id = commits.owner_id
        ANTI JOIN team_calls ON team_calls.owner_id = commits.owner_id
    )

    SELECT
        commits.owner_id,
        commits.period_start,
        commits.period_end,
        commits.owner,
        slice_of(commits.region, NULL, NULL, commits.owner, commits.manager) AS slice,
        commits.submitted_on,
        at_rate(commits.amount, commits.currency, plan.rate, as_of())
        + CASE
            WHEN commits.roll_up = 'cumulative' THEN 0
            ELSE coalesce(closed_as_submitted.amount, closed_in_the_crm.amount, 0)
        END AS amount,
        -- The same at the plan rates of the day on which it was made.
        at_rate(
            commits.amount, commits.currency, coalesce(made.rate, plan.rate), commits.submitted_on
        )
        + CASE
            WHEN commits.roll_up = 'cumulative' THEN 0
            ELSE coalesce(closed_as_submitted.amount_then, closed_in_the_crm.amount_then, 0)
        END AS amount_then,
        -- The first one by the lock is the call for the period.
        coalesce(
            commits.submitted_on = min(commits.submitted_on) FILTER (
                commits.submitted_on <= commits.period_start + lock_days()
            ) OVER (PARTITION BY commits.owner_id, commits.period_start, commits.period_end),
            false
        ) AS is_the_call
    FROM described AS commits
    LEFT JOIN closed_as_submitted USING (owner_id, period_start, period_end, submitted_on)
    LEFT JOIN closed_in_the_crm USING (owner_id, period_start, period_end, submitted_on)
    LEFT JOIN plan_rates(as_of()) AS plan ON plan.from_currency = commits.currency
    LEFT JOIN plan_rate_spans() AS made
        ON made.from_currency = commits.currency
        AND commits.submitted_on >= made.holds_from
        AND commits.submitted_on < made.holds_to
    WHERE in_scope(commits.region, NULL, NULL, commits.owner, commits.manager);

-- The calls of the review.
CREATE OR REPLACE TEMP MACRO forecast_calls() AS TABLE
    SELECT *
    FROM forecast_submissions(period_start(), period_end())
    WHERE is_the_call;

-- What is booked in the period by what is known on the as-of day: the actual of every figure.
CREATE OR REPLACE TEMP MACRO bookings() AS TABLE
    SELECT *
    FROM sliced_deals_at(as_of(), as_of())
    WHERE state = 'won'
        AND close_date BETWEEN period_start() AND period_end();

-- Each deal's part in the way from the call to the actual (domain M8.1, bridge B2): `effect` is what
-- it adds to, or takes from, the commit that was rolled up at the start. At the plan rates of the
-- as-of day throughout, so that there is no effect of currency.
CREATE OR REPLACE TEMP MACRO forecast_movements() AS TABLE
    WITH moves AS (
        SELECT *
        FROM pipeline_movements(as_of(), as_of())
    ),

    within_the_period AS (
        SELECT
            *,
            CASE
                WHEN place_before = 'open' AND category_before = 'commit' THEN
                    CASE
                        WHEN place_after = 'won' THEN 'Won from commit'
                        WHEN place_after = 'open' AND closing_snapshot() < period_end()
                            THEN 'Still open'
                        WHEN place_after IN ('open', 'later', 'overdue', 'won elsewhere')
                            THEN 'Slipped'
                        WHEN place_after = 'lost' THEN 'Lost'
                        ELSE 'Cancelled or removed'
                    END
                WHEN place_before = 'won' AND place_after = 'won' THEN 'Already won'
                WHEN place_before = 'won' THEN 'Reversed'
                WHEN place_after <> 'won' THEN NULL
                WHEN place_before = 'open' AND category_before = 'best case'
                    THEN 'Won from best case'
                WHEN place_before = 'open' THEN 'Won from pipeline'
                WHEN place_before = 'new' THEN 'Created & won'
                ELSE line
            END AS part,
            place_before = 'won' OR (place_before = 'open' AND category_before = 'commit')
                AS rolled_up
        FROM moves
    ),

    -- What was booked, taken back or corrected between the closing snapshot and the as-of day.
    late AS (
        SELECT
            coalesce(now.opportunity_id, at_close.opportunity_id) AS opportunity_id,
            coalesce(now.opportunity, at_close.opportunity) AS opportunity,
            coalesce(now.account, at_close.account) AS account,
            coalesce(now.owner, at_close.owner) AS owner,
            at_close.amount AS amount_before,
            now.amount AS amount_after,
            at_close.close_date AS close_before,
            now.close_date AS close_after,
            coalesce(now.amount, 0) - coalesce(at_close.amount, 0) AS effect
        FROM (
            SELECT *
            FROM deals_valued(as_of(), as_of(), true, NULL)
            WHERE within_scope
                AND state = 'won'
                AND close_date BETWEEN period_start() AND period_end()
        ) AS now
        FULL JOIN (
            SELECT *
            FROM deals_valued(closing_snapshot(), as_of(), true, NULL)
            WHERE within_scope
                AND state = 'won'
                AND close_date BETWEEN period_start() AND period_end()
        ) AS at_close ON at_close.opportunity_id = now.opportunity_id
        WHERE EXISTS (SELECT 1 FROM snapshot_pair())
    )

    SELECT
        opportunity_id,
        opportunity,
        account,
        owner,
        part AS line,
        place_after,
        category_before,
        rolled_up,
        amount_before,
        amount_after,
        close_before,
        close_after,
        CASE WHEN rolled_up THEN coalesce(amount_before, 0) ELSE 0 END AS start_amount,
        CASE
            WHEN rolled_up AND place_after = 'won' THEN change
            WHEN rolled_up THEN -coalesce(amount_before, 0)
            ELSE coalesce(amount_after, 0)
        END AS effect
    FROM within_the_period
    WHERE part IS NOT NULL
    UNION ALL BY NAME
    SELECT
        *,
        'Booked late' AS line,
        false AS rolled_up,
        0 AS start_amount
    FROM late
    WHERE effect <> 0;
