-- figure:     stage-cohort
-- title:      Deals behind a stage
-- question:   Which deals stood in this stage when a quarter began, and what became of them?
-- curriculum: M8.1
-- source:     domain M8.1 Recalibration, cohort by opening export
-- grain:      one row per quarter and deal that was open when it began
-- needs:      opportunities
-- parameters:
--   period_end    date   no quarter that ends later
--   as_of         date   what became of them by this day
--   stage         text?  this stage only
-- columns:
--   quarter         text   fiscal quarter that began
--   opportunity_id  id     key of the CRM
--   opportunity     text   its name, or its key where it has none
--   outcome         state  won in the quarter, won later, lost, cancelled, removed or still open
--   counted         flag   behind the rate: due in the quarter, not cancelled, not out of all proportion
--   amount          money  when the quarter began, at the plan rate of the as-of day
--   expected        date   close date when the quarter began
--   close_date      date   close date now; NULL: removed
--   stage           text   when the quarter began
--   account         text   customer
--   owner           text   seller when the quarter began
--   mega            flag   more than three times the 95th percentile, therefore not counted
-- private:    owner
-- drill:      deals opportunity_id=opportunity_id

SELECT
    quarter,
    opportunity_id,
    opportunity,
    CASE
        WHEN won_in_quarter THEN 'won in the quarter'
        WHEN state = 'won' THEN 'won later'
        WHEN state = 'open' THEN 'still open'
        ELSE state
    END AS outcome,
    counted,
    CAST(amount AS DECIMAL(18, 2)) AS amount,
    expected,
    close_date,
    stage,
    account,
    owner,
    mega
FROM calibration_deals()
WHERE getvariable('stage') IS NULL OR stage = getvariable('stage')
ORDER BY quarter DESC, counted DESC, amount DESC NULLS LAST, opportunity_id
