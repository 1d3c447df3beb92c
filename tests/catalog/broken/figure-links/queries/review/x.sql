-- figure:   x
-- title:    X
-- question: How much?
-- source:   the rows
-- grain:    one row per deal
-- columns:
--   slice     text              the slice
-- drill:    deal slice=slice
-- opens:    postmortem slice=slice
SELECT 1 ORDER BY ALL
