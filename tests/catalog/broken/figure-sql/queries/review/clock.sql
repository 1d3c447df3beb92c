-- figure:   clock
-- title:    X
-- question: How old?
-- source:   the rows
-- grain:    one row per deal
-- columns:
--   age  days  since it was created
SELECT date_diff('day', created_on, current_date) AS age, 'now()' AS x, today() - 1
FROM (SELECT * FROM facts.opportunity ORDER BY name); DROP TABLE x;
