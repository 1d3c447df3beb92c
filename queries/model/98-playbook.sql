-- Customers, and what plays rest on (domain M8.5).

-- Accounts that have bought by the as-of day, or are on the list as customers, and are not lost; where
-- they are by their newest deal, and what was won from them in a year.
CREATE OR REPLACE TEMP MACRO customers_at() AS TABLE
    WITH bought AS (
        SELECT
            account,
            arg_max(region, (close_date, opportunity_id)) AS region,
            arg_max(segment, (close_date, opportunity_id)) AS segment,
            sum(amount) FILTER (close_date > as_of() - 365) AS revenue
        FROM deals_at(as_of())
        WHERE state = 'won'
            AND close_date <= as_of()
            AND account IS NOT NULL
        GROUP BY account
    ),

    listed AS (
        SELECT
            coalesce(name, account_id) AS account,
            region,
            segment,
            lost_on,
            customer_since
        FROM facts.account
    ),

    together AS (
        SELECT
            coalesce(bought.account, listed.account) AS account,
            coalesce(bought.region, listed.region) AS region,
            coalesce(bought.segment, listed.segment) AS segment,
            bought.revenue
        FROM bought
        FULL JOIN (
            SELECT * FROM listed WHERE customer_since <= as_of() OR lost_on <= as_of()
        ) AS listed ON listed.account = bought.account
        WHERE listed.lost_on IS NULL
            OR listed.lost_on > as_of()
    )

    SELECT account, any_value(region) AS region, any_value(segment) AS segment, any_value(revenue) AS revenue
    FROM together
    WHERE passes(getvariable('region'), region)
        AND passes(getvariable('segment'), segment)
    GROUP BY account;

-- Every record that a sentence of a play can rest on, with its own words. One that does not stand any
-- more was declined, retired or replaced, or nobody has agreed to it yet.
CREATE OR REPLACE TEMP MACRO reasons() AS TABLE
    SELECT record_id, 'feedback' AS kind, verbatim AS words, concat_ws(' · ', account, theme) AS said_by, segment,
        state IN ('accepted', 'shipped') OR (state = 'told-back' AND decline_reason IS NULL) AS stands
    FROM record_feedback
    UNION ALL BY NAME
    SELECT record_id, 'post-mortem' AS kind, coalesce(learning, counterfactual) AS words,
        concat_ws(' · ', account, opportunity) AS said_by, segment,
        state NOT IN ('draft', 'withdrawn') AS stands
    FROM record_post_mortem
    UNION ALL BY NAME
    SELECT record_id, 'criterion' AS kind, rule AS words, title AS said_by, segment, state = 'in-force' AS stands
    FROM record_criterion
    UNION ALL BY NAME
    SELECT record_id, 'decision' AS kind, decision AS words, title AS said_by, state = 'decided' AS stands
    FROM record_decision
    UNION ALL BY NAME
    SELECT record_id, 'course-correction' AS kind, hypothesis AS words, segment AS said_by, segment,
        state NOT IN ('dismissed', 'superseded') AS stands
    FROM record_course_correction;
