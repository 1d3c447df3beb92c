-- figure:     forecast-moves
-- title:      Deals between call and actual
-- question:   Which deals made the difference between the call and the actual?
-- curriculum: M8.1
-- source:     domain M8.1, bridge B2
-- grain:      one row per opportunity, and one more where it was booked or corrected late
-- needs:      opportunities
-- parameters:
--   period_start  date   as in forecast-bridge
--   period_end    date   as in forecast-bridge
--   as_of         date   as in forecast-bridge
--   line          text?  a line of the bridge; NULL: all of them
-- columns:
--   opportunity_id   id     key of the CRM
--   opportunity      text   its name
--   account          text   customer
--   owner            text   at the end, else at the start
--   line             text   what became of it
--   category_before  text   forecast category at the start; NULL: none, or not there
--   amount_before    money  amount at the start, at the plan rates of the as-of day
--   amount_after     money  amount at the end
--   amount           money "Effect"  what it adds to or takes from the rolled-up commit
--   close_before     date   close date at the start
--   close_after      date   close date at the end
-- private:    owner
-- drill:      deals opportunity_id=opportunity_id

SELECT
    opportunity_id,
    opportunity,
    account,
    owner,
    line,
    category_before,
    CAST(amount_before AS DECIMAL(18, 2)) AS amount_before,
    CAST(amount_after AS DECIMAL(18, 2)) AS amount_after,
    CAST(effect AS DECIMAL(18, 2)) AS amount,
    close_before,
    close_after
FROM forecast_movements()
WHERE CASE getvariable('line')
        WHEN 'Rolled-up commit' THEN rolled_up
        WHEN 'Commit won' THEN rolled_up AND place_after = 'won'
        WHEN 'Amount up' THEN line = 'Won from commit' AND effect > 0
        WHEN 'Amount down' THEN line = 'Won from commit' AND effect < 0
        WHEN 'Restated' THEN line = 'Already won' AND effect <> 0
        WHEN 'Actual' THEN place_after = 'won' OR line = 'Booked late'
        ELSE coalesce(line = getvariable('line'), true)
    END
ORDER BY abs(effect) DESC, line, opportunity_id
