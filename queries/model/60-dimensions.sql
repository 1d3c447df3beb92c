-- Who, what and where: the dimensions that figures are sliced and filtered by.

-- What a slice is called when the CRM does not say. A word and not NULL, so that it can be joined,
-- filtered and drilled into like any other.
CREATE OR REPLACE TEMP MACRO not_set() AS '(not set)';

-- The value of the dimension asked for.
CREATE OR REPLACE TEMP MACRO slice_of(region, segment, product, owner, manager) AS
    CASE sliced_by()
        WHEN 'region' THEN coalesce(region, not_set())
        WHEN 'segment' THEN coalesce(segment, not_set())
        WHEN 'product' THEN coalesce(product, not_set())
        WHEN 'owner' THEN coalesce(owner, not_set())
        WHEN 'manager' THEN coalesce(manager, not_set())
        ELSE 'all'
    END;

-- Whether a dimension's value passes the filter on it.
CREATE OR REPLACE TEMP MACRO passes(wanted, found) AS
    wanted IS NULL OR coalesce(found, not_set()) = CAST(wanted AS VARCHAR);

-- Whether a deal, a target or a call belongs to what is reviewed.
CREATE OR REPLACE TEMP MACRO in_scope(region, segment, product, owner, manager) AS (
    passes(getvariable('region'), region)
    AND passes(getvariable('segment'), segment)
    AND passes(getvariable('product'), product)
    AND passes(getvariable('owner'), owner)
    AND passes(getvariable('manager'), manager)
);

-- Whether slicing or filtering needs a dimension at all.
CREATE OR REPLACE TEMP MACRO asks_for(dimension) AS (
    coalesce(sliced_by() = dimension, false) OR getvariable(dimension) IS NOT NULL
);

-- A name, made unmistakable where two share it: "Alex Kim (E07)".
CREATE OR REPLACE TEMP MACRO told_apart(name, id, namesakes) AS
    CASE WHEN name IS NULL THEN id WHEN namesakes > 1 THEN name || ' (' || id || ')' ELSE name END;

-- Sellers with the manager they report to.
CREATE OR REPLACE TEMP MACRO sellers() AS TABLE
    WITH people AS (
        SELECT
            person_id,
            manager_id,
            region,
            told_apart(name, person_id, count(*) OVER (PARTITION BY name)) AS name
        FROM facts.person
    )

    SELECT
        seller.person_id,
        seller.name AS owner,
        seller.region,
        seller.manager_id,
        coalesce(manager.name, seller.manager_id) AS manager
    FROM people AS seller
    LEFT JOIN people AS manager ON manager.person_id = seller.manager_id;

CREATE OR REPLACE TEMP MACRO products() AS TABLE
    SELECT
        product_id,
        told_apart(name, product_id, count(*) OVER (PARTITION BY name)) AS product
    FROM facts.product;

CREATE OR REPLACE TEMP MACRO rivals() AS TABLE
    SELECT
        competitor_id,
        told_apart(name, competitor_id, count(*) OVER (PARTITION BY name)) AS competitor,
        tier,
        first_seen
    FROM facts.competitor;

-- Which competitors were in which deal. One that is on no list keeps the text of the CRM.
CREATE OR REPLACE TEMP MACRO deal_rivals() AS TABLE
    SELECT
        named.opportunity_id,
        coalesce(rivals.competitor, named.competitor_id) AS competitor,
        named.price_gap
    FROM facts.deal_competitor AS named
    LEFT JOIN rivals() AS rivals ON rivals.competitor_id = named.competitor_id;
