-- The calls that people submitted, and what became of the deals behind them (domain M8.1).

-- Days after the start of a period in which the first call is still the call for that period.
CREATE OR REPLACE TEMP MACRO lock_days() AS 14;

-- Every call of a category that an owner submitted for a period of calls between two days, as it was said,
-- with what was closed by then beside it; money once at the plan rates of the as-of day and once, `_then`, at
-- those of the day on which it was made.
CREATE OR REPLACE TEMP MACRO submitted_calls(categories, first_day, last_day) AS TABLE
    WITH calls AS (
        SELECT call.* REPLACE (coalesce(spelled.ours, call.owner_id) AS owner_id)
        FROM facts.forecast AS call
        LEFT JOIN aliases('person_id') AS spelled ON spelled.theirs = call.owner_id
    ),

    submitted AS (
        SELECT *
        FROM calls
        WHERE list_contains(categories, category)
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
            called.owner_id,
            called.period_start,
            called.period_end,
            called.submitted_on,
            sum(at_rate(deal.amount, deal.currency, plan.rate, as_of())) AS amount,
            sum(at_rate(
                deal.amount, deal.currency, coalesce(made.rate, plan.rate), called.submitted_on
            )) AS amount_then
        FROM (
            SELECT deal.*, coalesce(spelled.ours, deal.owner_id) AS seller_id
            FROM facts.opportunity AS deal
            LEFT JOIN aliases('person_id') AS spelled ON spelled.theirs = deal.owner_id
            WHERE deal.state = 'won'
        ) AS deal
        INNER JOIN (
            SELECT DISTINCT owner_id, period_start, period_end, submitted_on FROM submitted
        ) AS called
            ON deal.seller_id = called.owner_id
            AND deal.state = 'won'
            AND deal.close_date BETWEEN called.period_start AND called.period_end
            AND deal.valid_from <= called.submitted_on
            AND (deal.valid_to IS NULL OR deal.valid_to > called.submitted_on)
        LEFT JOIN plan_rates(as_of()) AS plan ON plan.from_currency = deal.currency
        LEFT JOIN plan_rate_spans() AS made
            ON made.from_currency = deal.currency
            AND called.submitted_on >= made.holds_from
            AND called.submitted_on < made.holds_to
        GROUP BY ALL
    ),

    -- Someone without a deal whose people submit calls of their own speaks for them: counting both
    -- would count the team twice.
    team_calls AS (
        SELECT DISTINCT report.manager_id AS owner_id
        FROM submitted AS called
        INNER JOIN sellers() AS report ON report.person_id = called.owner_id
        ANTI JOIN facts.opportunity AS own ON own.owner_id = report.manager_id
    ),

    described AS (
        SELECT
            call.*,
            called(seller.owner, call.owner_id, given.sellers) AS owner,
            coalesce(seller.region, unmatched(call.owner_id, seller.person_id, given.sellers)) AS region,
            coalesce(seller.manager, unmatched(call.owner_id, seller.person_id, given.sellers)) AS manager
        FROM submitted AS call
        CROSS JOIN lists_given AS given
        LEFT JOIN sellers() AS seller ON seller.person_id = call.owner_id
        ANTI JOIN team_calls ON team_calls.owner_id = call.owner_id
    )

    SELECT
        call.owner_id,
        call.period_start,
        call.period_end,
        call.category,
        call.owner,
        slice_of(call.region, NULL, NULL, call.owner, call.manager) AS slice,
        call.submitted_on,
        call.roll_up = 'cumulative' AS cumulative,
        at_rate(call.amount, call.currency, plan.rate, as_of()) AS said,
        at_rate(call.amount, call.currency, coalesce(made.rate, plan.rate), call.submitted_on)
            AS said_then,
        coalesce(closed_as_submitted.amount, closed_in_the_crm.amount, 0) AS closed,
        coalesce(closed_as_submitted.amount_then, closed_in_the_crm.amount_then, 0) AS closed_then
    FROM described AS call
    LEFT JOIN closed_as_submitted USING (owner_id, period_start, period_end, submitted_on)
    LEFT JOIN closed_in_the_crm USING (owner_id, period_start, period_end, submitted_on)
    LEFT JOIN plan_rates(as_of()) AS plan ON plan.from_currency = call.currency
    LEFT JOIN plan_rate_spans() AS made
        ON made.from_currency = call.currency
        AND call.submitted_on >= made.holds_from
        AND call.submitted_on < made.holds_to
    WHERE in_scope(call.region, NULL, NULL, call.owner, call.manager);

-- Every commit, each told for the whole period, that is commit and closed together. A call for the
-- category alone therefore gets what was closed by then added, a cumulative one holds it already; both kinds
-- then compare with the same actual (domain §6.6).
CREATE OR REPLACE TEMP MACRO forecast_submissions(first_day, last_day) AS TABLE
    SELECT
        owner_id,
        period_start,
        period_end,
        owner,
        slice,
        submitted_on,
        said + CASE WHEN cumulative THEN 0 ELSE closed END AS amount,
        said_then + CASE WHEN cumulative THEN 0 ELSE closed_then END AS amount_then,
        -- The first one by the lock is the call for the period.
        coalesce(
            submitted_on = min(submitted_on) FILTER (submitted_on <= period_start + lock_days())
                OVER (PARTITION BY owner_id, period_start, period_end),
            false
        ) AS is_the_call
    FROM submitted_calls(['commit'], first_day, last_day);

-- The same for each category: a best case holds the commit, and a pipeline the best case, that stood on
-- its day, so that every category tells what the whole period would bring if all up to it were won. One
-- above which nothing stood on that day has no such sum: NULL.
CREATE OR REPLACE TEMP MACRO category_submissions(first_day, last_day) AS TABLE
    WITH commits AS (
        SELECT
            *,
            CASE
                WHEN category = 'commit' THEN said + CASE WHEN cumulative THEN 0 ELSE closed END
                WHEN cumulative THEN said
            END AS told
        FROM submitted_calls(['commit', 'best case', 'pipeline'], first_day, last_day)
    ),

    best_cases AS (
        SELECT
            * REPLACE (
                CASE
                    WHEN category = 'best case' AND NOT cumulative
                        THEN said + last_value(CASE WHEN category = 'commit' THEN told END IGNORE NULLS)
                            OVER standing
                    ELSE told
                END AS told
            )
        FROM commits
        WINDOW standing AS (PARTITION BY owner_id, period_start, period_end ORDER BY submitted_on)
    )

    SELECT
        owner_id,
        period_start,
        period_end,
        category,
        slice,
        submitted_on,
        CASE
            WHEN category = 'pipeline' AND NOT cumulative
                THEN said + last_value(CASE WHEN category = 'best case' THEN told END IGNORE NULLS)
                    OVER standing
            ELSE told
        END AS amount
    FROM best_cases
    WINDOW standing AS (PARTITION BY owner_id, period_start, period_end ORDER BY submitted_on);

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
