-- figure:     lost-deals
-- title:      Lost deals
-- question:   Which deals are there?
-- curriculum: M8.1
-- source:     made up for the tests of the ledger
-- grain:      one row per deal
-- needs:      opportunities
-- parameters:
--   opportunity_id  text?  one deal only
-- columns:
--   opportunity_id  id      key of the deal
--   opportunity     text    name of the deal
--   account         text    name of the account
--   region          text    region
--   segment         text    segment
--   owner           text    owner
--   manager         text    manager of the owner
--   stage_reached   text    last stage while it was open
--   amount          money   amount
--   created_on      date    day it was created
--   close_date      date    day it was closed
--   days            days    days between
--   competitor      text    competitor; NULL: none known
--   loss_reason     text    reason in the CRM; NULL: none given
--   pushes          count   how often the close was put off
--   pushed_days     days    by how much
--   amount_changes  count   how often the amount changed
--   first_amount    money   amount at first
--   highest_category  text  surest category
--   last_category   text    category when lost
--   stages          text    stages and days
--   trail           text    step by step
SELECT *
FROM (VALUES
    ('O-1', 'Fleet  renewal', 'Acme', 'East', 'Enterprise', 'rose', 'max', 'Negotiation',
     1250000.00::DECIMAL(18,2), DATE '2025-01-02', DATE '2025-10-14', 285, NULL, 'price',
     2, 45, 1, 900000.00::DECIMAL(18,2), 'commit', 'best case', 'Proposal 40 days', '2025-07-01: Proposal'),
    ('O-2', 'Second plant', 'Borealis', NULL, 'Enterprise', 'rose', 'max', 'Proposal',
     99.5::DECIMAL(18,2), DATE '2025-03-01', DATE '2025-11-02', 246, 'Northwind', NULL,
     NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)
) AS deal(opportunity_id, opportunity, account, region, segment, owner, manager, stage_reached, amount,
          created_on, close_date, days, competitor, loss_reason, pushes, pushed_days, amount_changes,
          first_amount, highest_category, last_category, stages, trail)
WHERE getvariable('opportunity_id') IS NULL OR opportunity_id = getvariable('opportunity_id')
ORDER BY opportunity_id
