-- figure:   x
-- title:    X
-- question: How much?
-- source:   the rows
-- grain:    one row per deal
-- columns:
--   slice     text              the slice
-- chart:    pie label=slice
SELECT 1 ORDER BY ALL
