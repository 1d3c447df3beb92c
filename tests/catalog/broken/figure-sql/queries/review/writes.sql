-- figure:   writes
-- title:    X
-- question: None
-- source:   none
-- grain:    one row
-- columns:
--   a  text  a
DELETE FROM facts.opportunity
