-- figure:   x
-- title:    X
-- question: How much?
-- source:   the rows
-- grain:    one row per deal
-- columns:
--   opportunity_id  id     the deal
--   amount          mony   what it is worth
--   won             count  how many
SELECT 1 ORDER BY ALL
