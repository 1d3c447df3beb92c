-- figure:   x
-- title:    X
-- question: Whose?
-- source:   the rows
-- grain:    one row per deal
-- columns:
--   slice     text   the slice
--   owner     text   whose it is
-- private:  owner, ownr
SELECT 1 ORDER BY ALL
