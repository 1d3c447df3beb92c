-- What a figure counts: the deals that the filters let through.
CREATE OR REPLACE TEMP MACRO in_scope(region) AS
    getvariable('region') IS NULL OR region = getvariable('region');

CREATE OR REPLACE TEMP VIEW closed_deals AS
SELECT opportunity_id, name AS opportunity, amount, state, close_date,
    date_trunc('month', close_date)::DATE AS month, region AS slice
FROM facts.opportunity
WHERE valid_to IS NULL AND state IN ('won', 'lost') AND in_scope(region);
