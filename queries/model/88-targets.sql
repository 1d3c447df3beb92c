-- Targets, brought to the period and the slices under review.

-- Companies set targets on several levels at once: for the year and by quarter, for a region, by
-- segment and by seller. Adding up what overlaps would count it twice, so `targets_between` lets one
-- of them speak. These two tell what overlaps; a dimension that a target does not name is NULL.
CREATE OR REPLACE TEMP MACRO target_includes(whole, part) AS (
    (whole.own_region IS NULL OR whole.own_region = part.region)
    AND (whole.own_segment IS NULL OR whole.own_segment = part.segment)
    AND (whole.own_product IS NULL OR whole.own_product = part.product)
    AND (whole.own_owner IS NULL OR whole.own_owner = part.owner)
);
CREATE OR REPLACE TEMP MACRO targets_overlap(one, other) AS (
    one.target_id <> other.target_id
    AND one.period_start <= other.period_end
    AND one.period_end >= other.period_start
    AND coalesce(one.region = other.region, true)
    AND coalesce(one.segment = other.segment, true)
    AND coalesce(one.product = other.product, true)
    AND coalesce(one.owner = other.owner, true)
);

-- Every target with what it names, its length in fiscal months, and the plan rate of the as-of day.
CREATE OR REPLACE TEMP TABLE told_targets AS
    WITH targets AS (
        SELECT
            row_number() OVER (
                ORDER BY period_start, period_end, region, segment, product_id, owner_id
            ) AS target_id,
            *
        FROM facts.target
    ),

    lengths AS (
        SELECT targets.target_id, count(*) AS months
        FROM targets
        INNER JOIN settings.fiscal_month AS month
            ON month.month_start BETWEEN targets.period_start AND targets.period_end
        GROUP BY targets.target_id
    )

    SELECT
        targets.target_id,
        targets.period_start,
        targets.period_end,
        coalesce(region.ours, targets.region) AS own_region,
        coalesce(segment.ours, targets.segment) AS own_segment,
        called(product.product, targets.product_id, given.products) AS own_product,
        called(seller.owner, targets.owner_id, given.sellers) AS own_owner,
        -- A seller's target is one of the seller's region and manager, too.
        coalesce(
            region.ours,
            targets.region,
            seller.region,
            unmatched(targets.owner_id, seller.person_id, given.sellers)
        ) AS region,
        coalesce(
            seller.manager, unmatched(targets.owner_id, seller.person_id, given.sellers)
        ) AS manager,
        targets.amount,
        targets.currency,
        plan.rate,
        lengths.months
    FROM targets
    INNER JOIN lengths ON lengths.target_id = targets.target_id
    CROSS JOIN lists_given AS given
    LEFT JOIN plan_rates(as_of()) AS plan ON plan.from_currency = targets.currency
    LEFT JOIN sellers() AS seller ON seller.person_id = targets.owner_id
    LEFT JOIN products() AS product ON product.product_id = targets.product_id
    LEFT JOIN aliases('region') AS region ON region.theirs = targets.region
    LEFT JOIN aliases('segment') AS segment ON segment.theirs = targets.segment;

-- The part of each target that falls between two days, by fiscal months: a year's target counts with
-- three twelfths in a quarter, each month's with all of it. The days are one review, or, with
-- `quarterly`, as many as there are fiscal quarters between them.
CREATE OR REPLACE TEMP MACRO targets_between(first_day, last_day, quarterly) AS TABLE
    WITH months AS (
        SELECT
            month_start,
            CASE WHEN quarterly THEN quarter_start ELSE first_day END AS review,
            count(*) OVER (PARTITION BY CASE WHEN quarterly THEN quarter_start END) AS months
        FROM settings.fiscal_month
        WHERE month_start BETWEEN first_day AND last_day
    ),

    described AS (
        SELECT
            target.*,
            months.review,
            months.months AS review_months,
            count(*) AS months_in_review
        FROM told_targets AS target
        INNER JOIN months
            ON months.month_start BETWEEN target.period_start AND target.period_end
        GROUP BY ALL
    ),

    -- Only a target that names a dimension can be split or filtered by it.
    usable AS (
        SELECT
            * REPLACE (
                CAST(
                    CAST(at_rate(amount, currency, rate, as_of()) AS DECIMAL(30, 2))
                    * months_in_review / months
                    AS DECIMAL(18, 2)
                ) AS amount
            ),
            -- How well the lengths match: a year's target in the review of a quarter 0.25, a
            -- month's 0.33, the quarter's own 1.
            months_in_review / (months + review_months - months_in_review) AS fit,
            own_segment AS segment,
            own_product AS product,
            own_owner AS owner,
            slice_of(region, own_segment, own_product, own_owner, manager) AS slice,
            -- Which of two different splits of one total is kept: by region before by segment.
            8 * (region IS NOT NULL)::INTEGER + 4 * (own_segment IS NOT NULL)::INTEGER
                + 2 * (own_product IS NOT NULL)::INTEGER + (own_owner IS NOT NULL)::INTEGER AS rank
        FROM described
        WHERE in_scope(region, own_segment, own_product, own_owner, manager)
            AND (own_region IS NOT NULL OR own_owner IS NOT NULL OR NOT asks_for('region'))
            AND (own_segment IS NOT NULL OR NOT asks_for('segment'))
            AND (own_product IS NOT NULL OR NOT asks_for('product'))
            AND (own_owner IS NOT NULL OR NOT (asks_for('owner') OR asks_for('manager')))
    ),

    -- Each beside those that tell some of the same, itself among them.
    met AS (
        SELECT
            target.review,
            target.target_id,
            target.slice,
            target.amount,
            other.target_id AS other_id,
            -- A whole gives way to parts whose length fits the period better: the year to its quarters.
            target_includes(target, other) AND other.fit > target.fit AS fits_worse,
            target_includes(other, target) AND target.fit > other.fit AS other_fits_worse,
            -- Of what is left, parts give way to their whole, and one split to another.
            CASE
                WHEN target_includes(target, other) AND target_includes(other, target)
                    THEN other.target_id < target.target_id
                WHEN target_includes(other, target) THEN true
                WHEN target_includes(target, other) THEN false
                ELSE other.rank > target.rank
            END AS outranked
        FROM usable AS target
        INNER JOIN usable AS other
            ON other.review = target.review
            AND (other.target_id = target.target_id OR targets_overlap(target, other))
    ),

    fitting AS (
        SELECT
            *,
            bool_or(fits_worse) OVER (PARTITION BY review, target_id) AS gives_way,
            bool_or(other_fits_worse) OVER (PARTITION BY review, other_id) AS other_gives_way
        FROM met
    )

    SELECT
        review,
        slice,
        amount
    FROM fitting
    WHERE NOT gives_way
    GROUP BY review, target_id, slice, amount
    HAVING NOT bool_or(outranked AND NOT other_gives_way);

-- Those of the review.
CREATE OR REPLACE TEMP MACRO review_targets() AS TABLE
    SELECT slice, amount
    FROM targets_between(period_start(), period_end(), false);
