-- Rates and how much they can be believed. The same formulas stand in src/domain/statistics.rs for
-- the screens; a test holds the two together.

-- Normal quantile of a two-sided interval of 90 %.
CREATE OR REPLACE TEMP MACRO z_90() AS 1.6448536269514722::DOUBLE;

-- A rate over nothing is not defined, and never 0 (domain §0.2).
CREATE OR REPLACE TEMP MACRO rate_of(hits, n) AS
    CASE WHEN n > 0 THEN CAST(hits AS DOUBLE) / CAST(n AS DOUBLE) END;

-- Share of one amount in another; NULL unless the whole is positive.
CREATE OR REPLACE TEMP MACRO share_of(part, whole) AS
    CASE WHEN whole > 0 THEN CAST(part AS DOUBLE) / CAST(whole AS DOUBLE) END;

-- Wilson score interval of hits in n (Wilson 1927; domain §0.4).
CREATE OR REPLACE TEMP MACRO wilson_centre(hits, n, z) AS
    (hits / n + z * z / (2.0 * n)) / (1.0 + z * z / n);
CREATE OR REPLACE TEMP MACRO wilson_spread(hits, n, z) AS
    z * sqrt(hits / n * (1.0 - hits / n) / n + z * z / (4.0 * n * n)) / (1.0 + z * z / n);
CREATE OR REPLACE TEMP MACRO wilson_low(hits, n, z) AS
    CASE WHEN n > 0 THEN greatest(0.0::DOUBLE,
        wilson_centre(CAST(hits AS DOUBLE), CAST(n AS DOUBLE), z)
        - wilson_spread(CAST(hits AS DOUBLE), CAST(n AS DOUBLE), z))
    END;
CREATE OR REPLACE TEMP MACRO wilson_high(hits, n, z) AS
    CASE WHEN n > 0 THEN least(1.0::DOUBLE,
        wilson_centre(CAST(hits AS DOUBLE), CAST(n AS DOUBLE), z)
        + wilson_spread(CAST(hits AS DOUBLE), CAST(n AS DOUBLE), z))
    END;

-- P(X <= hits) for n independent deals that are each won with probability p: the exact sum, in
-- logarithms because the binomial coefficients of a large n do not fit a number.
CREATE OR REPLACE TEMP MACRO binomial_tail(hits, n, p) AS
    CASE
        WHEN n IS NULL OR n <= 0 OR p IS NULL THEN NULL
        WHEN hits >= n OR p <= 0 THEN 1.0::DOUBLE
        WHEN p >= 1 THEN 0.0::DOUBLE
        ELSE least(1.0::DOUBLE, list_sum([
            exp(
                lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
                + k * ln(CAST(p AS DOUBLE)) + (n - k) * ln(1.0 - CAST(p AS DOUBLE))
            )
            FOR k IN range(0, hits + 1)
        ]))
    END;

-- Interval of the difference of two independent rates, first minus second, from their Wilson
-- intervals (Newcombe 1998, method 10; domain M8.7). NULL when either is over nothing.
CREATE OR REPLACE TEMP MACRO difference_low(hits, n, other_hits, other_n, z) AS
    hits / n - other_hits / other_n
    - sqrt(
        pow(hits / n - wilson_low(hits, n, z), 2)
        + pow(wilson_high(other_hits, other_n, z) - other_hits / other_n, 2)
    );
CREATE OR REPLACE TEMP MACRO difference_high(hits, n, other_hits, other_n, z) AS
    hits / n - other_hits / other_n
    + sqrt(
        pow(wilson_high(hits, n, z) - hits / n, 2)
        + pow(other_hits / other_n - wilson_low(other_hits, other_n, z), 2)
    );
