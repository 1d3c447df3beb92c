-- Won and lost deals summed by fiscal month. The file holds these sums as facts.closing_month, made anew
-- by every import that changes what they come from, so that a rate over ten million deals reads a few
-- thousand rows. The program sets the variable `closing_month` to that table where it is up to date and
-- to the view where it is not: slower, and the same answer.

-- One row per month, span of validity, dimensions and currency. The dimensions are those that the deal and
-- its account give; what the owner and the product give is looked up when they are read, so that a change
-- of people or products needs no new sums. Amounts in the reporting currency are added up; those in
-- another stay apart (unit_amount), because each is rounded when it is converted.
CREATE OR REPLACE TEMP VIEW closing_month_rows AS
    WITH closed AS (
        SELECT * FROM facts.opportunity WHERE state IN ('won', 'lost')
    ),

    -- A loss counts with its last amount while it was open (domain §0.2): that of the newest version
    -- before it, for the versions of a deal follow each other.
    while_open AS (
        SELECT
            lost.opportunity_id,
            lost.valid_from,
            max_by(struct_pack(earlier.amount, earlier.currency), earlier.valid_from) AS last
        FROM closed AS lost
        INNER JOIN facts.opportunity AS earlier
            ON earlier.opportunity_id = lost.opportunity_id
            AND earlier.valid_from < lost.valid_from
        WHERE lost.state = 'lost'
            AND earlier.state = 'open'
            AND earlier.amount <> 0
        GROUP BY lost.opportunity_id, lost.valid_from
    ),

    staked AS (
        SELECT
            closed.* EXCLUDE (amount, currency),
            closed.state = 'won' AS won,
            closed.state = 'lost' AND while_open.last IS NULL AS at_its_end,
            CASE WHEN while_open.last IS NULL THEN closed.amount ELSE while_open.last.amount END
                AS amount,
            CASE WHEN while_open.last IS NULL THEN closed.currency ELSE while_open.last.currency END
                AS currency
        FROM closed
        LEFT JOIN while_open
            ON while_open.opportunity_id = closed.opportunity_id
            AND while_open.valid_from = closed.valid_from
            AND closed.state = 'lost'
    ),

    described AS (
        SELECT
            fiscal.month_start,
            staked.valid_from,
            staked.valid_to,
            staked.won,
            staked.region,
            CASE
                WHEN staked.region IS NULL THEN coalesce(
                    account.region,
                    unmatched(staked.account_id, account.account_id, any_account())
                )
            END AS account_region,
            coalesce(
                staked.segment,
                account.segment,
                unmatched(staked.account_id, account.account_id, any_account())
            ) AS segment,
            staked.owner_id,
            staked.product_id,
            staked.currency,
            CASE WHEN staked.currency <> reporting.value THEN staked.amount END AS unit_amount,
            staked.at_its_end AND staked.currency <> reporting.value AS at_its_end,
            -- Nothing is at stake in a loss that never said more than 0.
            CASE WHEN staked.at_its_end THEN nullif(staked.amount, 0) ELSE staked.amount END AS amount
        FROM staked
        INNER JOIN fiscal_days() AS fiscal ON fiscal.day = staked.close_date
        LEFT JOIN accounts() AS account ON account.account_id = staked.account_id
        CROSS JOIN (
            SELECT value FROM settings.setting WHERE name = 'reporting_currency'
        ) AS reporting
    )

    SELECT
        * EXCLUDE (amount),
        count(*) AS deals,
        sum(amount) AS amount
    FROM (
        -- Deals without an amount are counted apart.
        SELECT *, amount IS NULL AS unvalued FROM described
    )
    GROUP BY ALL;

-- The sums with their slice, each over the days on which it was what was known, money as it stands.
CREATE OR REPLACE TEMP MACRO closing_month_spans() AS TABLE
    WITH described AS (
        SELECT
            months.* REPLACE (
                coalesce(
                    months.region,
                    seller.region,
                    months.account_region,
                    unmatched(months.owner_id, seller.person_id, any_seller())
                ) AS region
            ),
            called(product.product, months.product_id, any_product()) AS product,
            called(seller.owner, months.owner_id, any_seller()) AS owner,
            coalesce(
                seller.manager, unmatched(months.owner_id, seller.person_id, any_seller())
            ) AS manager
        FROM query_table(CAST(getvariable('closing_month') AS VARCHAR)) AS months
        LEFT JOIN sellers() AS seller
            ON seller.person_id = months.owner_id
            AND (asks_for('region') OR asks_for('owner') OR asks_for('manager'))
        LEFT JOIN products() AS product
            ON product.product_id = months.product_id
            AND asks_for('product')
    ),

    spelled AS (
        SELECT
            described.* REPLACE (
                coalesce(region_alias.ours, described.region) AS region,
                coalesce(segment_alias.ours, described.segment) AS segment
            )
        FROM described
        LEFT JOIN aliases('region') AS region_alias ON region_alias.theirs = described.region
        LEFT JOIN aliases('segment') AS segment_alias ON segment_alias.theirs = described.segment
    )

    SELECT
        month_start,
        valid_from,
        valid_to,
        slice_of(region, segment, product, owner, manager) AS slice,
        won,
        deals,
        amount,
        currency,
        unit_amount,
        at_its_end
    FROM spelled
    WHERE in_scope(region, segment, product, owner, manager);

-- The sums as known on a day, money at the plan rates of that day.
CREATE OR REPLACE TEMP MACRO closing_months_at(on_day) AS TABLE
    SELECT
        months.month_start,
        months.slice,
        months.won,
        months.deals,
        CASE
            WHEN months.currency = reporting_currency() THEN months.amount
            ELSE months.deals * CASE
                WHEN months.at_its_end THEN nullif(
                    at_rate(months.unit_amount, months.currency, plan.rate, on_day), 0
                )
                ELSE at_rate(months.unit_amount, months.currency, plan.rate, on_day)
            END
        END AS amount
    FROM closing_month_spans() AS months
    LEFT JOIN plan_rates(on_day) AS plan ON plan.from_currency = months.currency
    WHERE months.valid_from <= on_day
        AND (months.valid_to IS NULL OR months.valid_to > on_day);
