-- Schema 2: what a review asks about beyond opportunities. Who sold, what was sold for how much,
-- what it cost, where demand came from, what is promised to whom.
--
-- A period is stored by its first and last day. A price is of one unit and may be a fraction of a
-- cent, an amount is of the whole line.
-- Where the CRM says nothing the value is NULL, which is not the same as 0 (a missing discount is
-- not "no discount").

-- ---- what an import overwrote, and which spellings people have accepted ----

-- Rows of tables without history as they were before an import changed or removed them.
CREATE TABLE meta.replaced (
    import_id  INTEGER NOT NULL,         -- the import that did it
    table_name VARCHAR NOT NULL,
    was        VARCHAR NOT NULL          -- the row, JSON; its own import_id says where it came from
);

-- Spellings of a key that stand for another one. A withdrawal is a new row that is not active;
-- the newest version of a spelling holds.
CREATE TABLE settings.alias (
    column_name VARCHAR NOT NULL,        -- the key of its list: product_id, person_id, account_id …; region, segment
    theirs      VARCHAR NOT NULL,        -- as the files spell it, and the facts keep it
    ours        VARCHAR NOT NULL,        -- the key that it stands for
    active      BOOLEAN NOT NULL,
    version     INTEGER NOT NULL,        -- 1, 2, 3 … for the same column and spelling
    author      VARCHAR NOT NULL,
    "at"        TIMESTAMP NOT NULL,      -- UTC
    reason      VARCHAR
);

-- ---- customers ----

ALTER TABLE facts.account ADD COLUMN owner_id VARCHAR;
ALTER TABLE facts.account ADD COLUMN territory VARCHAR;
ALTER TABLE facts.account ADD COLUMN tier VARCHAR;              -- of account-based marketing
ALTER TABLE facts.account ADD COLUMN "domain" VARCHAR;          -- acme.com; tells the same company in two lists
ALTER TABLE facts.account ADD COLUMN tax_id VARCHAR;
ALTER TABLE facts.account ADD COLUMN customer_since DATE;       -- NULL: a prospect
ALTER TABLE facts.account ADD COLUMN lost_on DATE;              -- the day it ceased to be a customer
ALTER TABLE facts.account ADD COLUMN protected_until DATE;      -- leads of it belong to the account's owner

CREATE TABLE facts.contact (
    contact_id VARCHAR NOT NULL,
    name       VARCHAR,
    account_id VARCHAR,
    title      VARCHAR,
    role       VARCHAR,                  -- economic buyer, champion, user, procurement …
    email      VARCHAR,
    country    VARCHAR,
    owner_id   VARCHAR,
    created_on DATE,
    left_on    DATE,
    import_id  INTEGER NOT NULL
);

-- ---- sellers ----

ALTER TABLE facts.person ADD COLUMN team_id VARCHAR;
ALTER TABLE facts.person ADD COLUMN segment VARCHAR;
ALTER TABLE facts.person ADD COLUMN industry VARCHAR;
ALTER TABLE facts.person ADD COLUMN email VARCHAR;

CREATE TABLE facts.team (
    team_id   VARCHAR NOT NULL,
    name      VARCHAR,
    kind      VARCHAR,                   -- direct | inside | channel | specialists | marketing | other
    parent_id VARCHAR,
    leader_id VARCHAR,
    region    VARCHAR,
    segment   VARCHAR,
    industry  VARCHAR,
    import_id INTEGER NOT NULL
);

-- What someone did from a day on. The newest that has begun holds, up to valid_to where there is one.
CREATE TABLE facts.person_role (
    person_id    VARCHAR NOT NULL,
    valid_from   DATE NOT NULL,
    valid_to     DATE,                   -- inclusive
    role         VARCHAR NOT NULL,
    manager_id   VARCHAR,
    team_id      VARCHAR,
    region       VARCHAR,
    segment      VARCHAR,
    industry     VARCHAR,
    territory    VARCHAR,
    availability DECIMAL(18,4),          -- share of a full working week; NULL: all of it
    import_id    INTEGER NOT NULL
);

-- Heads planned, or counted where there is no list of people.
CREATE TABLE facts.headcount (
    period_start  DATE NOT NULL,
    period_end    DATE NOT NULL,         -- inclusive
    kind          VARCHAR NOT NULL,      -- plan | actual
    role          VARCHAR NOT NULL,
    region        VARCHAR,
    segment       VARCHAR,
    team_id       VARCHAR,
    heads         DECIMAL(18,4) NOT NULL,
    cost_per_head DECIMAL(18,2),         -- fully loaded, of the period
    currency      VARCHAR,
    import_id     INTEGER NOT NULL
);

CREATE TABLE facts.requisition (
    requisition_id VARCHAR NOT NULL,
    role           VARCHAR NOT NULL,
    region         VARCHAR,
    segment        VARCHAR,
    team_id        VARCHAR,
    manager_id     VARCHAR,
    status         VARCHAR NOT NULL,     -- planned | open | offered | accepted | started | cancelled
    opened_on      DATE,
    target_start   DATE,
    offers         INTEGER,              -- made so far; hires by offers is the acceptance rate
    accepted_on    DATE,
    started_on     DATE,
    person_id      VARCHAR,              -- who was hired
    backfill_for   VARCHAR,              -- person_id of who left; NULL: a new seat
    import_id      INTEGER NOT NULL
);

-- ---- products and prices ----

ALTER TABLE facts.product ADD COLUMN tier VARCHAR;              -- premium, core, volume or the company's own
ALTER TABLE facts.product ADD COLUMN lifecycle VARCHAR;         -- introduction | growth | maturity | decline
ALTER TABLE facts.product ADD COLUMN unit_cost DECIMAL(18,6);   -- in the currency of the list price
ALTER TABLE facts.product ADD COLUMN launched_on DATE;
ALTER TABLE facts.product ADD COLUMN retired_on DATE;

CREATE TABLE facts.price (
    price_list   VARCHAR NOT NULL,
    product_id   VARCHAR NOT NULL,
    region       VARCHAR,
    tier         VARCHAR,                -- of the customer or the contract
    min_quantity DECIMAL(18,4),          -- the price holds from this many units on
    valid_from   DATE NOT NULL,
    valid_to     DATE,                   -- inclusive; NULL: until the next one
    price        DECIMAL(18,6) NOT NULL,
    currency     VARCHAR NOT NULL,
    unit_cost    DECIMAL(18,6),
    import_id    INTEGER NOT NULL
);

CREATE TABLE facts.promotion (
    promotion_id VARCHAR NOT NULL,
    name         VARCHAR,
    kind         VARCHAR,
    product_id   VARCHAR,                -- NULL: all products
    region       VARCHAR,
    segment      VARCHAR,
    started_on   DATE NOT NULL,
    ended_on     DATE,                   -- inclusive
    discount     DECIMAL(18,4),          -- as a share of the list price
    price        DECIMAL(18,6),
    currency     VARCHAR,
    min_quantity DECIMAL(18,4),
    max_quantity DECIMAL(18,4),
    import_id    INTEGER NOT NULL
);

-- Who may grant what: the lowest level whose limits a deal keeps to approves it.
CREATE TABLE facts.approval_rule (
    policy       VARCHAR NOT NULL,       -- name or version of the policy
    valid_from   DATE NOT NULL,
    valid_to     DATE,                   -- inclusive; NULL: until the next one
    level        INTEGER NOT NULL,       -- 1 the lowest
    role         VARCHAR NOT NULL,       -- who approves: seller, manager, director …
    region       VARCHAR,
    segment      VARCHAR,
    tier         VARCHAR,                -- of the product
    max_discount DECIMAL(18,4),          -- as a share of the list price, inclusive
    min_margin   DECIMAL(18,4),          -- (net - cost) / net, inclusive
    max_amount   DECIMAL(18,2),          -- net amount, inclusive
    currency     VARCHAR,
    sla_hours    DECIMAL(18,4),
    import_id    INTEGER NOT NULL
);

-- ---- what is in a deal, quoted, ordered, cancelled ----

CREATE TABLE facts.line_item (
    opportunity_id VARCHAR NOT NULL,
    line_id        VARCHAR NOT NULL,
    product_id     VARCHAR,
    quantity       DECIMAL(18,4),
    list_price     DECIMAL(18,6),
    net_price      DECIMAL(18,6),
    discount       DECIMAL(18,4),        -- as a share of the list price, as the CRM has it
    amount         DECIMAL(18,2),        -- net, of the line
    cost           DECIMAL(18,2),        -- of the line
    currency       VARCHAR NOT NULL,
    term_months    DECIMAL(18,4),
    import_id      INTEGER NOT NULL
);

CREATE TABLE facts.quote (
    quote_id       VARCHAR NOT NULL,
    opportunity_id VARCHAR,
    account_id     VARCHAR,
    owner_id       VARCHAR,
    status         VARCHAR,              -- draft | in approval | approved | rejected | sent | accepted | declined | expired
    created_on     DATE,
    sent_on        DATE,
    accepted_on    DATE,                 -- the day of the signature
    valid_until    DATE,
    list_amount    DECIMAL(18,2),
    amount         DECIMAL(18,2),        -- net
    cost           DECIMAL(18,2),
    currency       VARCHAR NOT NULL,
    payment_days   INTEGER,
    term_months    DECIMAL(18,4),
    non_standard   BOOLEAN,              -- terms beyond the price list
    import_id      INTEGER NOT NULL
);

CREATE TABLE facts.quote_line (
    quote_id    VARCHAR NOT NULL,
    line_id     VARCHAR NOT NULL,
    product_id  VARCHAR,
    quantity    DECIMAL(18,4),
    list_price  DECIMAL(18,6),
    net_price   DECIMAL(18,6),
    discount    DECIMAL(18,4),           -- as a share of the list price, as the CRM has it
    amount      DECIMAL(18,2),           -- net, of the line
    cost        DECIMAL(18,2),           -- of the line
    currency    VARCHAR NOT NULL,
    term_months DECIMAL(18,4),
    free_months DECIMAL(18,4),           -- months of the term that are not paid for
    import_id   INTEGER NOT NULL
);

-- One step of an approval: who was asked, when, and what became of it.
CREATE TABLE facts.approval (
    quote_id     VARCHAR NOT NULL,
    requested_at TIMESTAMP NOT NULL,
    requested_by VARCHAR,
    level        INTEGER,
    approver_id  VARCHAR,
    decision     VARCHAR NOT NULL,       -- pending | approved | rejected | countered | withdrawn
    decided_at   TIMESTAMP,
    discount     DECIMAL(18,4),          -- that was asked for
    policy       VARCHAR,
    reason       VARCHAR,
    import_id    INTEGER NOT NULL
);

-- Lines of orders, with what was invoiced for them.
CREATE TABLE facts.booking (
    booking_id     VARCHAR NOT NULL,     -- number of the order
    line_id        VARCHAR,
    booked_on      DATE NOT NULL,
    invoiced_on    DATE,
    opportunity_id VARCHAR,
    quote_id       VARCHAR,
    account_id     VARCHAR,
    product_id     VARCHAR,
    owner_id       VARCHAR,
    region         VARCHAR,
    segment        VARCHAR,
    deal_type      VARCHAR,              -- new, expansion, renewal or the company's own
    quantity       DECIMAL(18,4),
    list_price     DECIMAL(18,6),
    net_price      DECIMAL(18,6),
    amount         DECIMAL(18,2) NOT NULL,  -- net, of the line, as invoiced
    deductions     DECIMAL(18,2),        -- rebates, credits, free goods after the invoice
    cost           DECIMAL(18,2),        -- of the line
    currency       VARCHAR NOT NULL,
    term_months    DECIMAL(18,4),
    promotion_id   VARCHAR,
    import_id      INTEGER NOT NULL
);

CREATE TABLE facts.cancellation (
    booking_id   VARCHAR NOT NULL,
    line_id      VARCHAR,                -- NULL: the whole order
    cancelled_on DATE NOT NULL,
    kind         VARCHAR NOT NULL,       -- full | partial
    amount       DECIMAL(18,2),          -- that was cancelled; NULL: all of it
    currency     VARCHAR NOT NULL,
    reason       VARCHAR,
    replaced_by  VARCHAR,                -- booking_id of the order in its place
    import_id    INTEGER NOT NULL
);

-- ---- credit and pay ----

-- Revenue shares of a deal add up to 1; overlay shares come on top and count no revenue twice.
CREATE TABLE facts.credit_split (
    opportunity_id VARCHAR NOT NULL,
    person_id      VARCHAR NOT NULL,
    kind           VARCHAR NOT NULL,     -- revenue | overlay
    share          DECIMAL(18,4) NOT NULL,
    role           VARCHAR,              -- owner, specialist, partner manager …
    agreed_on      DATE,
    approver_id    VARCHAR,
    import_id      INTEGER NOT NULL
);

-- What was paid, or taken back (below zero), and for what.
CREATE TABLE facts.payout (
    payout_id      VARCHAR NOT NULL,
    person_id      VARCHAR NOT NULL,
    paid_on        DATE NOT NULL,
    kind           VARCHAR NOT NULL,     -- commission | spiff | kicker | bonus | draw | clawback
    booking_id     VARCHAR,
    line_id        VARCHAR,
    opportunity_id VARCHAR,
    credited       DECIMAL(18,2),        -- what the rate was applied to
    rate           DECIMAL(18,4),
    amount         DECIMAL(18,2) NOT NULL,
    currency       VARCHAR NOT NULL,
    plan           VARCHAR,
    import_id      INTEGER NOT NULL
);

-- The rates of a commission plan by band of attainment.
CREATE TABLE facts.commission_rate (
    plan            VARCHAR NOT NULL,
    valid_from      DATE NOT NULL,
    valid_to        DATE,                -- inclusive; NULL: until the next one
    role            VARCHAR,
    product_id      VARCHAR,
    from_attainment DECIMAL(18,4) NOT NULL,  -- the band begins here, inclusive
    rate            DECIMAL(18,4) NOT NULL,  -- of what is credited within the band
    retroactive     BOOLEAN,             -- reaching the band lifts everything below it as well
    import_id       INTEGER NOT NULL
);

-- ---- what selling costs, and how large the market is ----

CREATE TABLE facts.cost (
    period_start DATE NOT NULL,
    period_end   DATE NOT NULL,          -- inclusive
    kind         VARCHAR NOT NULL,       -- compensation | travel | programmes | management | other
    region       VARCHAR,
    segment      VARCHAR,
    product_id   VARCHAR,
    amount       DECIMAL(18,2) NOT NULL,
    currency     VARCHAR NOT NULL,
    new_share    DECIMAL(18,4),          -- part spent on new customers; the rest on existing ones
    allocation   VARCHAR,                -- the key by which a shared cost was divided
    import_id    INTEGER NOT NULL
);

CREATE TABLE facts.market (
    period_start  DATE NOT NULL,
    period_end    DATE NOT NULL,         -- inclusive
    region        VARCHAR,
    segment       VARCHAR,
    product_id    VARCHAR,
    amount        DECIMAL(18,2) NOT NULL,  -- what all vendors together sell
    largest_rival DECIMAL(18,2),         -- what the largest other vendor sells
    currency      VARCHAR NOT NULL,
    source        VARCHAR NOT NULL,
    import_id     INTEGER NOT NULL
);

-- ---- marketing ----

CREATE TABLE facts.campaign (
    campaign_id VARCHAR NOT NULL,
    name        VARCHAR,
    kind        VARCHAR,                 -- event, webinar, paid search, content …
    channel     VARCHAR,
    region      VARCHAR,
    segment     VARCHAR,
    product_id  VARCHAR,
    owner_id    VARCHAR,
    started_on  DATE,
    ended_on    DATE,                    -- inclusive
    budget      DECIMAL(18,2),
    currency    VARCHAR,
    import_id   INTEGER NOT NULL
);

CREATE TABLE facts.campaign_spend (
    campaign_id  VARCHAR NOT NULL,
    period_start DATE NOT NULL,
    period_end   DATE NOT NULL,          -- inclusive
    kind         VARCHAR,                -- media, agency, venue, shared …
    amount       DECIMAL(18,2) NOT NULL,
    currency     VARCHAR NOT NULL,
    import_id    INTEGER NOT NULL
);

CREATE TABLE facts.lead (
    lead_id         VARCHAR NOT NULL,
    name            VARCHAR,
    company         VARCHAR,
    "domain"        VARCHAR,             -- of the address; meets account.domain
    account_id      VARCHAR,
    contact_id      VARCHAR,
    owner_id        VARCHAR,
    campaign_id     VARCHAR,
    source          VARCHAR,
    score           DECIMAL(18,4),
    region          VARCHAR,
    country         VARCHAR,
    segment         VARCHAR,
    industry        VARCHAR,
    status          VARCHAR,             -- as the CRM says
    created_at      TIMESTAMP,           -- UTC, as all instants here
    qualified_at    TIMESTAMP,           -- became marketing-qualified
    accepted_at     TIMESTAMP,           -- accepted by sales
    rejected_at     TIMESTAMP,
    rejected_reason VARCHAR,
    opportunity_id  VARCHAR,             -- what it became
    import_id       INTEGER NOT NULL
);

-- What happened to a lead, in order: capture to assignment is the system's delay, assignment to the
-- first touch a person's.
CREATE TABLE facts.lead_event (
    lead_id     VARCHAR NOT NULL,
    happened_at TIMESTAMP NOT NULL,
    kind        VARCHAR NOT NULL,        -- captured | qualified | assigned | touched | accepted | rejected | converted | recycled
    person_id   VARCHAR,                 -- who did it, or to whom it was assigned
    automatic   BOOLEAN,                 -- a machine did it: no touch by a person
    reason     VARCHAR,
    import_id  INTEGER NOT NULL
);

-- A customer met us, or we them, by any channel.
CREATE TABLE facts.touchpoint (
    touched_at     TIMESTAMP NOT NULL,
    kind           VARCHAR NOT NULL,     -- ad, web visit, event, mail, call, meeting, executive meeting …
    channel        VARCHAR,
    campaign_id    VARCHAR,
    account_id     VARCHAR,
    contact_id     VARCHAR,
    lead_id        VARCHAR,
    opportunity_id VARCHAR,
    person_id      VARCHAR,              -- of ours
    import_id      INTEGER NOT NULL
);

-- ---- competitive intelligence ----

ALTER TABLE facts.competitor_event ADD COLUMN product VARCHAR;      -- theirs
ALTER TABLE facts.competitor_event ADD COLUMN region VARCHAR;
ALTER TABLE facts.competitor_event ADD COLUMN segment VARCHAR;
ALTER TABLE facts.competitor_event ADD COLUMN unit VARCHAR;         -- of the price: seat and month, unit …
ALTER TABLE facts.competitor_event ADD COLUMN confidence VARCHAR;   -- verified | claimed | rumour
ALTER TABLE facts.competitor_event ADD COLUMN opportunity_id VARCHAR;  -- the deal in which it was seen
