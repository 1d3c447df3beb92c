-- What was asked. Every figure runs with these session variables set; here they get their types, so
-- that one that is left out is a NULL of its own kind.

-- First and last day of the period under review, both inclusive.
CREATE OR REPLACE TEMP MACRO period_start() AS CAST(getvariable('period_start') AS DATE);
CREATE OR REPLACE TEMP MACRO period_end() AS CAST(getvariable('period_end') AS DATE);

-- The day as of which everything is told. No figure reads a clock.
CREATE OR REPLACE TEMP MACRO as_of() AS CAST(getvariable('as_of') AS DATE);

-- What people wrote after this instant is not seen; NULL: everything is.
CREATE OR REPLACE TEMP MACRO known_at() AS CAST(getvariable('known_at') AS TIMESTAMP);

CREATE OR REPLACE TEMP MACRO reporting_currency() AS CAST(getvariable('currency') AS VARCHAR);

-- The dimension that figures are sliced by: region, segment, product, owner, manager or all.
CREATE OR REPLACE TEMP MACRO sliced_by() AS CAST(getvariable('by') AS VARCHAR);
