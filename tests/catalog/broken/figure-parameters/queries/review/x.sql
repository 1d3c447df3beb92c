-- figure:     x
-- title:      X
-- question:   How much?
-- source:     the rows
-- grain:      one row per deal
-- parameters:
--   period_start  text    must be a date
--   slice         texts   an unknown kind
--   line          text?   nobody reads it
--   region        text?   read by the model
-- columns:
--   opportunity_id  id  the deal
SELECT opportunity_id FROM closed_deals
WHERE close_date BETWEEN getvariable('period_start') AND getvariable('period_end')
    AND slice = getvariable('slise') AND getvariable(x)
ORDER BY ALL
