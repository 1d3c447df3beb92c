-- How each opportunity moved between the opening and the closing snapshot of the period: the state
-- pairs of domain M8.1, bridge B1.

-- Where an opportunity stands, seen from the period. An open one without a close date is expected
-- later, and one left out of the forecast is nowhere in the pipeline, whatever its date.
CREATE OR REPLACE TEMP MACRO place_of(state, category, close_date) AS
    CASE
        WHEN state IN ('lost', 'cancelled') THEN state
        WHEN state = 'won' AND close_date BETWEEN period_start() AND period_end() THEN 'won'
        WHEN state = 'won' THEN 'won elsewhere'
        WHEN category = 'omitted' THEN 'omitted'
        WHEN close_date BETWEEN period_start() AND period_end() THEN 'open'
        WHEN close_date < period_start() THEN 'overdue'
        ELSE 'later'
    END;

-- The matrix. A pair that is not listed touches neither the pipeline nor the bookings of the period.
-- 'new' and 'entered' are the two ways of being absent at the start; 'memo' lines are told and not
-- counted.
CREATE OR REPLACE TEMP MACRO movement_lines() AS TABLE
    SELECT *
    FROM (VALUES
        -- at the start     at the end       line
        ('new',           'open',          'New'),
        ('new',           'won',           'New & won'),
        ('new',           'lost',          'New & lost'),
        ('new',           'cancelled',     'New & cancelled'),
        ('entered',       'open',          'Entered scope'),
        ('entered',       'won',           'Entered & won'),
        ('entered',       'lost',          'Other lost'),
        ('entered',       'cancelled',     'Other cancelled'),
        ('open',          'open',          'Stayed'),
        ('open',          'later',         'Slipped'),
        ('open',          'overdue',       'Re-dated out'),
        ('open',          'won',           'Won'),
        ('open',          'won elsewhere', 'Won elsewhere'),
        ('open',          'lost',          'Lost'),
        ('open',          'cancelled',     'Cancelled'),
        ('open',          'omitted',       'Omitted'),
        ('open',          'absent',        'Removed'),
        ('later',         'open',          'Pulled in'),
        ('later',         'won',           'Pulled in & won'),
        ('later',         'lost',          'Other lost'),
        ('later',         'cancelled',     'Other cancelled'),
        ('overdue',       'open',          'Re-dated in'),
        ('overdue',       'won',           'Re-dated & won'),
        ('overdue',       'lost',          'Other lost'),
        ('overdue',       'cancelled',     'Other cancelled'),
        ('omitted',       'open',          'Restored'),
        ('omitted',       'won',           'Restored & won'),
        ('omitted',       'lost',          'Other lost'),
        ('omitted',       'cancelled',     'Other cancelled'),
        ('lost',          'open',          'Reopened'),
        ('cancelled',     'open',          'Reopened'),
        ('lost',          'won',           'Reopened & won'),
        ('cancelled',     'won',           'Reopened & won'),
        ('won',           'open',          'Un-won'),
        ('won elsewhere', 'open',          'Un-won'),
        ('won',           'later',         'Un-won'),
        ('won',           'overdue',       'Un-won'),
        ('won',           'omitted',       'Un-won'),
        ('won',           'won',           'Already won'),
        ('won elsewhere', 'won',           'Booking re-dated in'),
        ('won',           'won elsewhere', 'Booking re-dated out'),
        ('won',           'lost',          'Reversed'),
        ('won',           'cancelled',     'Cancelled after booking'),
        ('won',           'absent',        'Booking removed')
    ) AS matrix (place_before, place_after, line);

-- One row per opportunity that moved or stayed in the pipeline or the bookings of the period.
-- What leaves counts with its amount at the start, what arrives with that at the end. What is there
-- at both keeps its amount at the start, and the difference is first the effect of the plan rate
-- (fx) and then a change of the amount itself (change). An amount that nobody entered counts as 0.
-- The parameters are the days whose plan rates the two snapshots are valued at; one day for both
-- tells the movement at a constant rate.
CREATE OR REPLACE TEMP MACRO pipeline_movements(opening_rates, closing_rates) AS TABLE
    WITH days AS (
        SELECT * FROM snapshot_pair()
    ),

    before AS (
        SELECT
            deal.*,
            coalesce(deal.amount, 0) AS value,
            coalesce(
                at_rate(deal.local_amount, deal.currency, plan.rate, closing_rates), 0
            ) AS value_restated,
            place_of(deal.state, deal.category, deal.close_date) AS place
        FROM deals_valued(
            (SELECT opened_on FROM days), opening_rates, true, (SELECT closed_on FROM days)
        ) AS deal
        LEFT JOIN plan_rates(closing_rates) AS plan ON plan.from_currency = deal.currency
    ),

    after AS (
        SELECT
            deal.*,
            coalesce(deal.amount, 0) AS value,
            place_of(deal.state, deal.category, deal.close_date) AS place
        FROM deals_valued(
            (SELECT closed_on FROM days), closing_rates, true, (SELECT opened_on FROM days)
        ) AS deal
    ),

    -- Scope is judged on each day by itself: a deal that changes to an owner outside the filter is
    -- removed from it, one that comes from outside enters.
    pairs AS (
        SELECT
            coalesce(after.opportunity_id, before.opportunity_id) AS opportunity_id,
            CASE
                WHEN before.within_scope THEN before.place
                -- Outside the filter at the start, or entered late: it existed before.
                WHEN before.opportunity_id IS NOT NULL
                    OR after.created_on <= (SELECT opened_on FROM days) THEN 'entered'
                ELSE 'new'
            END AS place_before,
            CASE WHEN after.within_scope THEN after.place ELSE 'absent' END AS place_after,
            before,
            after
        FROM before
        FULL JOIN after ON after.opportunity_id = before.opportunity_id
        WHERE coalesce(before.within_scope, false) OR coalesce(after.within_scope, false)
    ),

    placed AS (
        SELECT
            pairs.*,
            matrix.line,
            pairs.place_before IN ('open', 'won')
            AND pairs.place_after IN ('open', 'won')
            AND matrix.line <> 'Un-won' AS carried,
            coalesce(pairs.before.value, 0) AS value_before,
            coalesce(pairs.before.value_restated, 0) AS value_restated,
            coalesce(pairs.after.value, 0) AS value_after
        FROM pairs
        INNER JOIN movement_lines() AS matrix
            ON matrix.place_before = pairs.place_before
            AND matrix.place_after = pairs.place_after
    )

    SELECT
        opportunity_id,
        coalesce(after.opportunity, before.opportunity) AS opportunity,
        coalesce(after.account, before.account) AS account,
        coalesce(after.owner, before.owner) AS owner,
        coalesce(after.slice, before.slice) AS slice,
        line,
        place_before,
        place_after,
        before.owner AS owner_before,
        after.owner AS owner_after,
        before.category AS category_before,
        after.category AS category_after,
        before.close_date AS close_before,
        after.close_date AS close_after,
        CASE WHEN place_before NOT IN ('new', 'entered') THEN before.amount END AS amount_before,
        CASE WHEN place_after <> 'absent' THEN after.amount END AS amount_after,
        value_restated,
        -- The line's own effect on the open pipeline of the period, and on its bookings.
        CASE
            WHEN carried AND place_before = 'open' AND place_after = 'won' THEN -value_before
            WHEN carried THEN 0
            WHEN place_after = 'open' AND place_before <> 'open' THEN value_after
            WHEN place_before = 'open' AND place_after <> 'open' THEN -value_before
            ELSE 0
        END AS open_effect,
        CASE
            WHEN carried AND place_before = 'open' AND place_after = 'won' THEN value_before
            WHEN carried THEN 0
            WHEN place_after = 'won' AND place_before <> 'won' THEN value_after
            WHEN place_before = 'won' AND place_after <> 'won' THEN -value_before
            ELSE 0
        END AS booked_effect,
        CASE WHEN carried THEN value_restated - value_before ELSE 0 END AS fx,
        CASE WHEN carried THEN value_after - value_restated ELSE 0 END AS change
    FROM placed;
