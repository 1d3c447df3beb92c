-- Schema 3: sums over closings, so that a rate reads a few thousand rows and not ten million.

-- What the model's view closing_month_rows gives. Whether it is up to date, meta.rollup tells.
CREATE TABLE facts.closing_month (
    month_start    DATE NOT NULL,        -- first day of the fiscal month of the close date
    valid_from     DATE NOT NULL,        -- known from this day
    valid_to       DATE,                 -- up to, not including, this one; NULL: still so
    won            BOOLEAN NOT NULL,     -- else lost
    region         VARCHAR,              -- the deal's own
    account_region VARCHAR,              -- its account's, where it has none of its own
    segment        VARCHAR,              -- the deal's, else the account's
    owner_id       VARCHAR,
    product_id     VARCHAR,
    currency       VARCHAR NOT NULL,     -- of the amounts
    unit_amount    DECIMAL(18,2),        -- of each single deal; NULL in the reporting currency
    at_its_end     BOOLEAN NOT NULL,     -- losses in another currency that have only the amount they were lost with
    unvalued       BOOLEAN NOT NULL,     -- deals of which no amount is known
    deals          BIGINT NOT NULL,
    amount         DECIMAL(38,2)         -- of all of them
);

-- What each rollup was made from. It is read only while that is still so.
CREATE TABLE meta.rollup (
    name    VARCHAR NOT NULL,            -- closing_month
    made_of VARCHAR NOT NULL             -- hash of its definition, and the number of rows of each source
);
