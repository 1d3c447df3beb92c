-- figure:     deals
-- title:      Deals
-- question:   Which deals stand behind a number?
-- source:     the rows themselves
-- grain:      one row per deal
-- parameters:
--   slice           text?   one value of the dimension only
--   month           date?   one fiscal month only
--   opportunity_id  text?   one deal only
-- columns:
--   opportunity_id  id      key in the CRM
--   opportunity     text    name of the deal
--   amount          money   last amount before closing
--   close_date      date    day it was closed
--   state           state   won or lost
-- opens:      post-mortem opportunity_id=opportunity_id
SELECT opportunity_id, opportunity, amount, close_date, state
FROM closed_deals
WHERE (getvariable('slice') IS NULL OR slice = getvariable('slice'))
    AND (getvariable('month') IS NULL OR month = getvariable('month'))
    AND (getvariable('opportunity_id') IS NULL OR opportunity_id = getvariable('opportunity_id'))
ORDER BY ALL
