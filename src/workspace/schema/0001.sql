-- Schema 1 of a workspace: facts come from imports, the ledger from people,
-- settings hold what both are measured with, meta what happened to the file.

CREATE SCHEMA facts;
CREATE SCHEMA ledger;
CREATE SCHEMA settings;
CREATE SCHEMA meta;

CREATE TABLE meta.info (
    key   VARCHAR PRIMARY KEY,   -- schema_version, created_at, created_by, ledger_head
    value VARCHAR NOT NULL
);

-- One row per file taken in. The same hash for the same table is a no-op.
CREATE TABLE meta.import (
    import_id     INTEGER PRIMARY KEY,
    table_name    VARCHAR NOT NULL,
    file_name     VARCHAR NOT NULL,
    file_hash     VARCHAR NOT NULL,      -- SHA-256 of the file's bytes, hex
    file_bytes    BIGINT NOT NULL,
    preset        VARCHAR NOT NULL,
    taken_on      DATE,                  -- day the export shows; NULL for tables without history
    imported_at   TIMESTAMP NOT NULL,    -- UTC
    imported_by   VARCHAR NOT NULL,
    rows_read     BIGINT NOT NULL,
    rows_taken    BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    report        VARCHAR NOT NULL       -- the closing report, JSON
);

CREATE TABLE meta.reject (
    import_id   INTEGER NOT NULL,
    line        BIGINT NOT NULL,         -- line of the file, the header line is 1
    column_name VARCHAR,                 -- as the file names it; NULL when the whole line is at fault
    value       VARCHAR,
    reason      VARCHAR NOT NULL
);

CREATE TABLE settings.setting (
    name  VARCHAR PRIMARY KEY,           -- reporting_currency, fiscal_year_start, as_of (sample files only)
    value VARCHAR NOT NULL
);

-- Thresholds, probabilities and other judgements: a change is a new version
-- with an effective date; nothing is overwritten.
CREATE TABLE settings.assumption (
    name           VARCHAR NOT NULL,     -- win_rate_threshold, stage_probability, …
    scope          VARCHAR NOT NULL,     -- '*' or the segment, stage or tier it holds for
    value          DECIMAL(18,4) NOT NULL,
    effective_from DATE NOT NULL,
    version        INTEGER NOT NULL,
    author         VARCHAR NOT NULL,
    "at"           TIMESTAMP NOT NULL,
    reason         VARCHAR NOT NULL
);

-- The only authority on which month, quarter and year a day belongs to.
CREATE TABLE settings.fiscal_month (
    month_start      DATE PRIMARY KEY,
    month_end        DATE NOT NULL,      -- inclusive
    month            VARCHAR NOT NULL,   -- '2025-03'
    quarter          VARCHAR NOT NULL,   -- '2025-Q1', of the fiscal year
    quarter_start    DATE NOT NULL,
    quarter_end      DATE NOT NULL,      -- inclusive
    fiscal_year      INTEGER NOT NULL,
    month_in_quarter INTEGER NOT NULL    -- 1, 2, 3
);

-- A day on which the whole pipeline was exported.
CREATE TABLE facts.snapshot (
    taken_on  DATE PRIMARY KEY,
    import_id INTEGER NOT NULL,
    origin    VARCHAR NOT NULL,          -- 'export' or 'derived'
    row_count BIGINT NOT NULL
);

-- Opportunities as changes: a version holds from valid_from up to, not
-- including, valid_to (NULL: still so). Gone from an export: its version ends.
CREATE TABLE facts.opportunity (
    opportunity_id    VARCHAR NOT NULL,
    valid_from        DATE NOT NULL,
    valid_to          DATE,
    name              VARCHAR,
    account_id        VARCHAR,
    owner_id          VARCHAR,
    product_id        VARCHAR,
    segment           VARCHAR,
    region            VARCHAR,
    stage             VARCHAR,
    state             VARCHAR NOT NULL,  -- open | won | lost | cancelled
    forecast_category VARCHAR,           -- commit | best case | pipeline | omitted | closed
    amount            DECIMAL(18,2),
    currency          VARCHAR NOT NULL,
    probability       DECIMAL(5,4),      -- 0 to 1
    created_on        DATE,
    close_date        DATE,
    loss_reason       VARCHAR,
    lead_source       VARCHAR,
    deal_type         VARCHAR,
    strategic         BOOLEAN,
    import_id         INTEGER NOT NULL
);

CREATE TABLE facts.account (
    account_id VARCHAR NOT NULL,
    name       VARCHAR,
    segment    VARCHAR,
    industry   VARCHAR,
    region     VARCHAR,
    country    VARCHAR,
    employees  BIGINT,
    revenue    DECIMAL(18,2),
    parent_id  VARCHAR,
    rank       VARCHAR,                  -- A, B, C or the company's own
    import_id  INTEGER NOT NULL
);

CREATE TABLE facts.product (
    product_id VARCHAR NOT NULL,
    name       VARCHAR,
    family     VARCHAR,
    list_price DECIMAL(18,2),
    currency   VARCHAR,
    import_id  INTEGER NOT NULL
);

CREATE TABLE facts.person (
    person_id  VARCHAR NOT NULL,
    name       VARCHAR,
    manager_id VARCHAR,
    region     VARCHAR,
    role       VARCHAR,
    started_on DATE,
    left_on    DATE,
    import_id  INTEGER NOT NULL
);

-- Quota for a period and the most specific of the dimensions that are given.
CREATE TABLE facts.target (
    period_start DATE NOT NULL,
    period_end   DATE NOT NULL,          -- inclusive
    region       VARCHAR,
    segment      VARCHAR,
    product_id   VARCHAR,
    owner_id     VARCHAR,
    amount       DECIMAL(18,2) NOT NULL,
    currency     VARCHAR NOT NULL,
    import_id    INTEGER NOT NULL
);

-- Submitted calls. roll_up says whether a category includes those above it.
CREATE TABLE facts.forecast (
    submitted_on DATE NOT NULL,
    period_start DATE NOT NULL,
    period_end   DATE NOT NULL,          -- inclusive
    owner_id     VARCHAR NOT NULL,
    category     VARCHAR NOT NULL,       -- commit | best case | pipeline | closed
    amount       DECIMAL(18,2) NOT NULL,
    currency     VARCHAR NOT NULL,
    roll_up      VARCHAR NOT NULL,       -- single | cumulative
    note         VARCHAR,
    import_id    INTEGER NOT NULL
);

CREATE TABLE facts.competitor (
    competitor_id VARCHAR NOT NULL,
    name          VARCHAR,
    tier          INTEGER,               -- 1 closest to 3
    first_seen    DATE,
    import_id     INTEGER NOT NULL
);

-- What was seen of a competitor: a new entrant, a price move, a launch.
CREATE TABLE facts.competitor_event (
    competitor_id VARCHAR NOT NULL,
    happened_on   DATE NOT NULL,
    kind          VARCHAR NOT NULL,      -- new entrant | price move | packaging | launch | funding | other
    detail        VARCHAR,
    price         DECIMAL(18,2),
    currency      VARCHAR,
    source        VARCHAR,
    import_id     INTEGER NOT NULL
);

CREATE TABLE facts.deal_competitor (
    opportunity_id VARCHAR NOT NULL,
    competitor_id  VARCHAR NOT NULL,
    price_gap      DECIMAL(18,4),        -- our price over theirs, as a share: 0.12 is 12 % dearer
    note           VARCHAR,
    import_id      INTEGER NOT NULL
);

CREATE TABLE facts.exchange_rate (
    from_currency VARCHAR NOT NULL,
    to_currency   VARCHAR NOT NULL,
    rate_date     DATE NOT NULL,
    rate          DECIMAL(18,8) NOT NULL,
    kind          VARCHAR NOT NULL,      -- plan | spot | close
    import_id     INTEGER NOT NULL
);

-- What people wrote. Append-only: nothing here is ever updated or deleted.
-- No index: one would be written anew at every save and double the time that others wait;
-- that no seq is missing or there twice is for the chain to prove.
CREATE TABLE ledger.revision (
    seq       BIGINT NOT NULL,           -- 1, 2, 3 … over the whole file: the order of the chain
    record_id VARCHAR NOT NULL,          -- PM-12
    kind      VARCHAR NOT NULL,          -- post-mortem
    revision  INTEGER NOT NULL,          -- 1, 2, 3 … within the record
    parent    INTEGER,                   -- the revision it started from
    action    VARCHAR NOT NULL,          -- create | revise | move | approve
    toward    VARCHAR,                   -- the state an approval asks for; NULL unless action is approve
    state     VARCHAR NOT NULL,          -- the state the record is in after this revision
    body      VARCHAR NOT NULL,          -- canonical JSON
    author    VARCHAR NOT NULL,          -- the operating system's user
    "at"      TIMESTAMP NOT NULL,        -- UTC, whole microseconds
    reason    VARCHAR,
    prev_hash VARCHAR NOT NULL,          -- hash of seq - 1; 64 zeros for the first
    hash      VARCHAR NOT NULL           -- SHA-256 over prev_hash and every field above, hex
);
