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

-- The part of each target that falls between two days, by fiscal months: a year's target counts with
-- three twelfths in a quarter, each month's with all of it. The days are one review, or, with
-- `quarterly`, as many as there are fiscal quarters between them.
CREATE OR REPLACE TEMP MACRO targets_between(first_day, last_day, quarterly) AS TABLE
    WITH months AS (
        SELECT
            month_start,
            CASE
                WHEN NOT month_start BETWEEN first_day AND last_day THEN NULL
                WHEN quarterly THEN quarter_start
                ELSE first_day
            END AS review
        FROM settings.fiscal_month
    ),

    reviews AS (
        SELECT review, count(*) AS months FROM months WHERE review IS NOT NULL GROUP BY review
    ),

    targets AS (
        SELECT
            row_number() OVER (
                ORDER BY target.period_start, target.period_end, target.region, target.segment,
                    target.product_id, target.owner_id
            ) AS target_id,
            target.*
        FROM facts.target AS target
        WHERE target.period_start <= last_day
            AND target.period_end >= first_day
    ),

    shares AS (
        SELECT
            targets.target_id,
            months.review,
            CAST(sum(count(*)) OVER (PARTITION BY targets.target_id) AS BIGINT) AS months,
            count(*) AS months_in_review
        FROM targets
        INNER JOIN months
            ON months.month_start BETWEEN targets.period_start AND targets.period_end
        GROUP BY targets.target_id, months.review
    ),

    described AS (
        SELECT
            targets.target_id,
            shares.review,
            targets.period_start,
            targets.period_end,
            coalesce(region.ours, targets.region) AS own_region,
            coalesce(segment.ours, targets.segment) AS own_segment,
            called(product.product, targets.product_id, any_product()) AS own_product,
            called(seller.owner, targets.owner_id, any_seller()) AS own_owner,
            -- A seller's target is one of the seller's region and manager, too.
            coalesce(
                region.ours,
                targets.region,
                seller.region,
                unmatched(targets.owner_id, seller.person_id, any_seller())
            ) AS region,
            coalesce(
                seller.manager, unmatched(targets.owner_id, seller.person_id, any_seller())
            ) AS manager,
            -- How well the lengths match: a year's target in the review of a quarter 0.25, a
            -- month's 0.33, the quarter's own 1.
            shares.months_in_review
                / (shares.months + reviews.months - shares.months_in_review) AS fit,
            CAST(
                CAST(at_rate(targets.amount, targets.currency, plan.rate, as_of()) AS DECIMAL(30, 2))
                * shares.months_in_review / shares.months
                AS DECIMAL(18, 2)
            ) AS amount
        FROM targets
        INNER JOIN shares ON shares.target_id = targets.target_id
        INNER JOIN reviews ON reviews.review = shares.review
        LEFT JOIN plan_rates(as_of()) AS plan ON plan.from_currency = targets.currency
        LEFT JOIN sellers() AS seller ON seller.person_id = targets.owner_id
        LEFT JOIN products() AS product ON product.product_id = targets.product_id
        LEFT JOIN aliases('region') AS region ON region.theirs = targets.region
        LEFT JOIN aliases('segment') AS segment ON segment.theirs = targets.segment
    ),

    -- Only a target that names a dimension can be split or filtered by it.
    usable AS (
        SELECT
            *,
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

    -- A whole gives way to parts whose length fits the period better: the year to its quarters.
    fitting AS (
        SELECT whole.*
        FROM usable AS whole
        ANTI JOIN usable AS part
            ON part.review = whole.review
            AND targets_overlap(whole, part)
            AND target_includes(whole, part)
            AND part.fit > whole.fit
    ),

    -- Of what is left, parts give way to their whole, and one split to another.
    counted AS (
        SELECT target.*
        FROM fitting AS target
        ANTI JOIN fitting AS other
            ON other.review = target.review
            AND targets_overlap(target, other)
            AND CASE
                WHEN target_includes(target, other) AND target_includes(other, target)
                    THEN other.target_id < target.target_id
                WHEN target_includes(other, target) THEN true
                WHEN target_includes(target, other) THEN false
                ELSE other.rank > target.rank
            END
    )

    SELECT
        review,
        slice,
        amount
    FROM counted;

-- Those of the review.
CREATE OR REPLACE TEMP MACRO review_targets() AS TABLE
    SELECT slice, amount
    FROM targets_between(period_start(), period_end(), false);
