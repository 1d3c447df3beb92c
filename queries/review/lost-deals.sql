-- figure:     lost-deals
-- title:      Deals as they were lost
-- question:   What do the exports say of a deal that was lost, and of the way there?
-- curriculum: M8.7
-- source:     domain M8.7 Facts: stages and days in each, close-date pushes, amount changes, categories
-- grain:      one row per deal that was ever lost: its newest loss, even if it was opened again since
-- needs:      opportunities
-- parameters:
--   period_start    date   lost from this day
--   period_end      date   lost by this day
--   as_of           date   as exports show it by this day
--   opportunity_id  text?  this one, whenever it was lost
-- columns:
--   opportunity_id    id     key of the CRM
--   opportunity       text   its name
--   account           text   customer
--   segment           text   the deal's, else the account's
--   region            text   the deal's, else the owner's, else the account's
--   owner             text   seller
--   manager           text   the seller's manager
--   amount            money  the last one while it was open; NULL: nobody entered one
--   created_on        date   created
--   close_date        date   lost on
--   days              days   from creation to the loss
--   stage_reached     text   last stage while it was open; NULL: no export shows it open
--   loss_reason       text   as the CRM says
--   competitor        text   competitors in the deal
--   pushes            count  how often the expected close was put off while it was open
--   pushed_days       days   by how many days, together
--   amount_changes    count  how often the amount changed while it was open
--   first_amount      money  the amount when it was first seen; NULL: nobody had entered one
--   highest_category  text   the surest forecast category it was ever in while it was open
--   last_category     text   the one in which it was lost
--   stages            text   each stage that exports show it open in, with the days
--   trail             text   each step by its day, a line each
-- private:    owner, manager
-- drill:      deal-trail opportunity_id=opportunity_id
-- opens:      post-mortem opportunity_id=opportunity_id

WITH newest AS (
    SELECT *
    FROM losses_told(
        getvariable('opportunity_id'),
        CASE WHEN getvariable('opportunity_id') IS NULL THEN period_start() ELSE DATE '-infinity' END,
        CASE WHEN getvariable('opportunity_id') IS NULL THEN period_end() ELSE DATE 'infinity' END
    )
    WHERE within_scope
        AND (getvariable('opportunity_id') IS NOT NULL OR close_date BETWEEN period_start() AND period_end())
    QUALIFY row_number() OVER (PARTITION BY opportunity_id ORDER BY loss DESC) = 1
),

-- From an export that shows a deal in a stage to the one that does not any more.
in_stage AS (
    SELECT
        version.opportunity_id,
        coalesce(version.stage, '(no stage)') AS stage,
        min(version.valid_from) AS first_seen,
        sum(least(coalesce(version.valid_to, as_of()), as_of()) - version.valid_from) AS days
    FROM facts.opportunity AS version
    SEMI JOIN newest ON newest.opportunity_id = version.opportunity_id
    WHERE version.state = 'open'
        AND version.valid_from <= as_of()
    GROUP BY version.opportunity_id, coalesce(version.stage, '(no stage)')
),

stages AS (
    SELECT
        opportunity_id,
        string_agg(stage || ' ' || days || ' days', ', ' ORDER BY first_seen, stage) AS stages
    FROM in_stage
    GROUP BY opportunity_id
)

SELECT
    newest.opportunity_id,
    newest.opportunity,
    newest.account,
    newest.segment,
    newest.region,
    newest.owner,
    newest.manager,
    newest.lost_amount AS amount,
    newest.created_on,
    newest.close_date,
    newest.close_date - newest.created_on AS days,
    newest.stage_reached,
    newest.loss_reason,
    array_to_string(rival.competitors, ', ') AS competitor,
    coalesce(trail.pushes, 0) AS pushes,
    coalesce(trail.pushed_days, 0) AS pushed_days,
    coalesce(trail.amount_changes, 0) AS amount_changes,
    trail.first_amount,
    trail.highest_category,
    trail.last_category,
    stages.stages,
    trail.trail
FROM newest
LEFT JOIN deal_trails(getvariable('opportunity_id')) AS trail ON trail.opportunity_id = newest.opportunity_id
LEFT JOIN stages ON stages.opportunity_id = newest.opportunity_id
LEFT JOIN (
    SELECT opportunity_id, list(DISTINCT competitor ORDER BY competitor) AS competitors
    FROM deal_rivals()
    GROUP BY opportunity_id
) AS rival ON rival.opportunity_id = newest.opportunity_id
ORDER BY amount DESC NULLS LAST, newest.opportunity_id
