-- Opportunities as they stood on a day.

-- The version of every opportunity that holds on a day.
CREATE OR REPLACE TEMP MACRO opportunity_at(on_day) AS TABLE
    SELECT *
    FROM facts.opportunity
    WHERE valid_from <= on_day
        AND (valid_to IS NULL OR valid_to > on_day);

-- Every version of every deal with its dimensions, and money at the plan rates of a day. A key that matches
-- nobody and nothing keeps its text, marked as unmapped; no deal is dropped for it. Unless `named`, lists
-- that neither the slice nor a filter asks for are not joined, and the columns that they would give mean
-- nothing: that keeps sums over millions of deals fast.
CREATE OR REPLACE TEMP MACRO deal_versions(rate_day, named) AS TABLE
    WITH described AS (
        SELECT
            deal.opportunity_id,
            deal.valid_from,
            deal.valid_to,
            coalesce(deal.name, deal.opportunity_id) AS opportunity,
            deal.account_id,
            coalesce(account.name, deal.account_id) AS account,
            account.rank AS account_rank,
            coalesce(
                deal.region,
                seller.region,
                account.region,
                unmatched(deal.account_id, account.account_id, given.accounts),
                unmatched(deal.owner_id, seller.person_id, given.sellers)
            ) AS region,
            coalesce(
                deal.segment,
                account.segment,
                unmatched(deal.account_id, account.account_id, given.accounts)
            ) AS segment,
            called(product.product, deal.product_id, given.products) AS product,
            called(seller.owner, deal.owner_id, given.sellers) AS owner,
            coalesce(
                seller.manager, unmatched(deal.owner_id, seller.person_id, given.sellers)
            ) AS manager,
            coalesce(spelled.ours, deal.owner_id) AS owner_id,
            seller.manager_id,
            deal.product_id,
            deal.stage,
            deal.state,
            deal.forecast_category AS category,
            at_rate(deal.amount, deal.currency, plan.rate, rate_day) AS amount,
            deal.amount AS local_amount,
            deal.currency,
            deal.probability,
            deal.created_on,
            deal.close_date,
            deal.loss_reason,
            deal.lead_source,
            deal.deal_type,
            coalesce(deal.strategic, false) AS strategic
        FROM facts.opportunity AS deal
        CROSS JOIN lists_given AS given
        LEFT JOIN plan_rates(rate_day) AS plan ON plan.from_currency = deal.currency
        LEFT JOIN aliases('person_id') AS spelled ON spelled.theirs = deal.owner_id
        LEFT JOIN sellers() AS seller
            ON seller.person_id = deal.owner_id
            AND (named OR asks_for('region') OR asks_for('owner') OR asks_for('manager'))
        LEFT JOIN accounts() AS account
            ON account.account_id = deal.account_id
            AND (named OR asks_for('region') OR asks_for('segment'))
        LEFT JOIN products() AS product
            ON product.product_id = deal.product_id
            AND (named OR asks_for('product'))
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
        *,
        slice_of(region, segment, product, owner, manager) AS slice,
        in_scope(region, segment, product, owner, manager) AS within_scope
    FROM spelled;

-- Those that hold on a day, money at the plan rates of a day that may be another one. With `beside`, another
-- day, only those come that are not the same on both days or close in the period.
CREATE OR REPLACE TEMP MACRO deals_valued(on_day, rate_day, named, beside) AS TABLE
    SELECT * EXCLUDE (valid_from, valid_to)
    FROM deal_versions(rate_day, named)
    WHERE valid_from <= on_day
        AND (valid_to IS NULL OR valid_to > on_day)
        AND (
            beside IS NULL
            OR close_date BETWEEN period_start() AND period_end()
            OR (beside > on_day AND valid_to <= beside)
            OR (beside < on_day AND valid_from > beside)
        );

-- Every deal on a day, in full: for lists.
CREATE OR REPLACE TEMP MACRO deals_at(on_day) AS TABLE
    SELECT
        deal.* EXCLUDE (within_scope, local_amount, currency),
        fiscal.month_start AS close_month,
        fiscal.quarter AS close_quarter,
        -- How long it took, or has taken so far.
        CASE WHEN deal.state = 'open' THEN on_day ELSE deal.close_date END - deal.created_on AS days,
        rival.competitors,
        array_to_string(rival.competitors, ', ') AS competitor
    FROM deals_valued(on_day, on_day, true, NULL) AS deal
    LEFT JOIN fiscal_days() AS fiscal ON fiscal.day = deal.close_date
    LEFT JOIN (
        SELECT opportunity_id, list(DISTINCT competitor ORDER BY competitor) AS competitors
        FROM deal_rivals()
        GROUP BY opportunity_id
    ) AS rival ON rival.opportunity_id = deal.opportunity_id;

-- The deals under review on a day, with their slice and nothing that takes a further list: for sums
-- over many.
CREATE OR REPLACE TEMP MACRO sliced_deals_at(on_day, rate_day) AS TABLE
    SELECT
        opportunity_id,
        owner_id,
        slice,
        stage,
        state,
        category,
        amount,
        probability,
        created_on,
        close_date,
        loss_reason
    FROM deals_valued(on_day, rate_day, false, NULL)
    WHERE within_scope;

-- Won and lost deals under review with the value that was at stake; NULL where nothing ever said it.
-- A CRM often sets the amount to 0 on losing, or cuts it, so a loss counts with its last amount while
-- it was open, if its history has one (domain §0.2). Cancelled deals are on neither side of a rate
-- (domain §0.1). Who only counts says so (`valued` false) and spares the history.
CREATE OR REPLACE TEMP MACRO closings_at(on_day, closed_from, closed_to, valued) AS TABLE
    WITH closed AS (
        SELECT
            opportunity_id,
            slice,
            close_date,
            state,
            loss_reason,
            amount
        FROM sliced_deals_at(on_day, on_day)
        WHERE state IN ('won', 'lost')
            AND close_date BETWEEN closed_from AND closed_to
    ),

    open_amounts AS (
        SELECT
            opportunity_id,
            max_by(struct_pack(amount, currency), valid_from) AS last
        FROM facts.opportunity
        SEMI JOIN (SELECT opportunity_id FROM closed WHERE state = 'lost') AS lost
            USING (opportunity_id)
        WHERE valued
            AND state = 'open'
            AND valid_from <= on_day
            AND amount <> 0
        GROUP BY opportunity_id
    )

    SELECT
        closed.opportunity_id,
        closed.slice,
        closed.close_date,
        closed.state = 'won' AS won,
        closed.loss_reason,
        CASE WHEN closed.state = 'won' THEN closed.amount
             ELSE coalesce(
                at_rate(open_amounts.last.amount, open_amounts.last.currency, plan.rate, on_day),
                nullif(closed.amount, 0)
             )
        END AS amount
    FROM closed
    LEFT JOIN open_amounts ON open_amounts.opportunity_id = closed.opportunity_id
    LEFT JOIN plan_rates(on_day) AS plan ON plan.from_currency = open_amounts.last.currency;
