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

-- Spellings that people have accepted, and the key or word that each stands for.
CREATE OR REPLACE TEMP TABLE accepted_spellings AS
    SELECT
        column_name,
        theirs,
        max_by(ours, version) AS ours
    FROM settings.alias
    GROUP BY column_name, theirs
    HAVING max_by(active, version);

CREATE OR REPLACE TEMP MACRO aliases(of_column) AS TABLE
    SELECT theirs, ours
    FROM accepted_spellings
    WHERE column_name = of_column;

-- What stands for a dimension that a list would tell, were the key on it. Not the same as not set: the CRM
-- says something, and no list knows what.
CREATE OR REPLACE TEMP MACRO unmapped() AS '(unmapped)';

-- The dimension of a key that its list, where there is one, does not have.
CREATE OR REPLACE TEMP MACRO unmatched(key, listed, any_listed) AS
    CASE WHEN key IS NOT NULL AND listed IS NULL AND any_listed THEN unmapped() END;

-- What a key is called: as its list says, else by its own text, marked where there is such a list. Its
-- deals stay in every total.
CREATE OR REPLACE TEMP MACRO called(listed, key, any_listed) AS
    coalesce(listed, CASE WHEN any_listed THEN key || ' ' || unmapped() ELSE key END);

-- Which lists there are, in one row.
CREATE OR REPLACE TEMP TABLE lists_given AS
    SELECT
        EXISTS (FROM facts.person) AS sellers,
        EXISTS (FROM facts.product) AS products,
        EXISTS (FROM facts.account) AS accounts;

CREATE OR REPLACE TEMP MACRO any_seller() AS (SELECT sellers FROM lists_given);
CREATE OR REPLACE TEMP MACRO any_product() AS (SELECT products FROM lists_given);
CREATE OR REPLACE TEMP MACRO any_account() AS (SELECT accounts FROM lists_given);

-- Sellers with the manager they report to, by each spelling of their key.
CREATE OR REPLACE TEMP TABLE spelled_sellers AS
    WITH people AS (
        SELECT
            person_id,
            manager_id,
            region,
            told_apart(name, person_id, count(*) OVER (PARTITION BY name)) AS name
        FROM facts.person
    ),

    spelled AS (
        SELECT person_id AS spelling, * FROM people
        UNION ALL
        SELECT alias.theirs AS spelling, people.*
        FROM aliases('person_id') AS alias
        INNER JOIN people ON people.person_id = alias.ours
        ANTI JOIN people AS listed ON listed.person_id = alias.theirs
    )

    SELECT
        seller.spelling AS person_id,
        seller.name AS owner,
        coalesce(region.ours, seller.region) AS region,
        coalesce(manager.person_id, seller.manager_id) AS manager_id,
        coalesce(manager.name, seller.manager_id) AS manager
    FROM spelled AS seller
    LEFT JOIN spelled AS manager ON manager.spelling = seller.manager_id
    LEFT JOIN aliases('region') AS region ON region.theirs = seller.region;

CREATE OR REPLACE TEMP MACRO sellers() AS TABLE FROM spelled_sellers;

CREATE OR REPLACE TEMP MACRO accounts() AS TABLE
    SELECT * FROM facts.account
    UNION ALL
    SELECT account.* REPLACE (alias.theirs AS account_id)
    FROM aliases('account_id') AS alias
    INNER JOIN facts.account AS account ON account.account_id = alias.ours
    ANTI JOIN facts.account AS listed ON listed.account_id = alias.theirs;

CREATE OR REPLACE TEMP TABLE spelled_products AS
    WITH listed AS (
        SELECT
            product_id,
            told_apart(name, product_id, count(*) OVER (PARTITION BY name)) AS product
        FROM facts.product
    )

    SELECT * FROM listed
    UNION ALL
    SELECT alias.theirs AS product_id, product.product
    FROM aliases('product_id') AS alias
    INNER JOIN listed AS product ON product.product_id = alias.ours
    ANTI JOIN listed ON listed.product_id = alias.theirs;

CREATE OR REPLACE TEMP MACRO products() AS TABLE FROM spelled_products;

CREATE OR REPLACE TEMP MACRO rivals() AS TABLE
    SELECT
        competitor_id,
        told_apart(name, competitor_id, count(*) OVER (PARTITION BY name)) AS competitor,
        tier,
        first_seen
    FROM facts.competitor;

-- The same by each spelling of their key.
CREATE OR REPLACE TEMP TABLE spelled_competitors AS
    WITH listed AS (
        SELECT * FROM rivals()
    )

    SELECT competitor_id, competitor FROM listed
    UNION ALL
    SELECT alias.theirs AS competitor_id, rival.competitor
    FROM aliases('competitor_id') AS alias
    INNER JOIN listed AS rival ON rival.competitor_id = alias.ours
    ANTI JOIN listed ON listed.competitor_id = alias.theirs;

CREATE OR REPLACE TEMP MACRO spelled_rivals() AS TABLE FROM spelled_competitors;

-- Which competitors were in which deal. One that is on no list keeps the text of the CRM.
CREATE OR REPLACE TEMP MACRO deal_rivals() AS TABLE
    SELECT
        named.opportunity_id,
        coalesce(rivals.competitor, named.competitor_id) AS competitor,
        named.price_gap
    FROM facts.deal_competitor AS named
    LEFT JOIN spelled_rivals() AS rivals ON rivals.competitor_id = named.competitor_id;
