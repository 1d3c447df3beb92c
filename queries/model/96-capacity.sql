-- What the people on board can sell in the quarters to come (domain M8.6): a quota, how far its seller
-- is ramped, how much of the time there is, who leaves, and what part of a quota is reached.

-- The four fiscal quarters that begin after the as-of day.
CREATE OR REPLACE TEMP TABLE quarters_ahead AS
    SELECT DISTINCT quarter, quarter_start, quarter_end
    FROM settings.fiscal_month
    WHERE quarter_start > as_of()
    ORDER BY quarter_start
    LIMIT 4;

CREATE OR REPLACE TEMP MACRO planned_quarters() AS TABLE FROM quarters_ahead;

CREATE OR REPLACE TEMP MACRO planned_months() AS TABLE
    SELECT month.month_start, month.month_end, month.quarter, month.quarter_start
    FROM settings.fiscal_month AS month
    SEMI JOIN planned_quarters() AS planned ON planned.quarter = month.quarter;

-- Finished quarters that the past is read from, the newest ones.
CREATE OR REPLACE TEMP TABLE quarters_behind AS
    SELECT DISTINCT quarter, quarter_start, quarter_end
    FROM settings.fiscal_month
    WHERE quarter_end <= as_of()
    ORDER BY quarter_start DESC
    LIMIT CAST(assumption('capacity_quarters', '*', as_of()) AS INTEGER);

CREATE OR REPLACE TEMP MACRO past_quarters() AS TABLE FROM quarters_behind;

-- Quotas of single sellers by fiscal month. Where someone has them for a year and by quarter, the shorter
-- period holds; where in all and by segment, the one in all.
CREATE OR REPLACE TEMP TABLE quotas_by_month AS
    WITH spread AS (
        SELECT
            coalesce(spelled.ours, target.owner_id) AS person_id,
            month.month_start,
            month.quarter_start,
            coalesce(region.ours, target.region) AS region,
            coalesce(segment.ours, target.segment) AS segment,
            target.product_id,
            CAST(at_rate(target.amount, target.currency, plan.rate, as_of()) AS DOUBLE)
                / count(*) OVER (PARTITION BY target.rowid) AS amount,
            count(*) OVER (PARTITION BY target.rowid) AS months,
            (target.region IS NOT NULL)::INTEGER + (target.segment IS NOT NULL)::INTEGER
                + (target.product_id IS NOT NULL)::INTEGER AS named
        FROM (SELECT rowid, * FROM facts.target WHERE owner_id IS NOT NULL) AS target
        INNER JOIN settings.fiscal_month AS month
            ON month.month_start BETWEEN target.period_start AND target.period_end
        LEFT JOIN aliases('person_id') AS spelled ON spelled.theirs = target.owner_id
        LEFT JOIN aliases('region') AS region ON region.theirs = target.region
        LEFT JOIN aliases('segment') AS segment ON segment.theirs = target.segment
        LEFT JOIN plan_rates(as_of()) AS plan ON plan.from_currency = target.currency
    ),

    shortest AS (
        SELECT *
        FROM spread
        QUALIFY months = min(months) OVER (PARTITION BY person_id, month_start)
    )

    SELECT person_id, month_start, quarter_start, region, segment, product_id, amount
    FROM shortest
    QUALIFY named = min(named) OVER (PARTITION BY person_id, month_start);

CREATE OR REPLACE TEMP MACRO own_quotas() AS TABLE FROM quotas_by_month;

-- People who carry a quota: who has one, and who has the role of most who do.
CREATE OR REPLACE TEMP TABLE carriers_of_quota AS
    WITH people AS (
        SELECT
            person.person_id,
            coalesce(spell.role, person.role, not_set()) AS role,
            coalesce(spell.region, person.region) AS region,
            coalesce(spell.segment, person.segment) AS segment,
            person.started_on,
            person.left_on,
            quota.person_id IS NOT NULL AS has_quota
        FROM facts.person AS person
        LEFT JOIN (
            SELECT
                person_id,
                arg_max(role, valid_from) AS role,
                arg_max(region, valid_from) AS region,
                arg_max(segment, valid_from) AS segment
            FROM facts.person_role
            WHERE valid_from <= as_of() AND (valid_to IS NULL OR valid_to >= as_of())
            GROUP BY person_id
        ) AS spell ON spell.person_id = person.person_id
        LEFT JOIN (
            SELECT DISTINCT person_id FROM own_quotas() WHERE amount > 0
        ) AS quota ON quota.person_id = person.person_id
    )

    SELECT people.* EXCLUDE (has_quota)
    FROM people
    INNER JOIN (
        SELECT role, avg(has_quota::INTEGER) >= 0.5 AND role <> not_set() AS selling
        FROM people
        GROUP BY role
    ) AS roles ON roles.role = people.role
    WHERE people.has_quota OR roles.selling;

CREATE OR REPLACE TEMP MACRO quota_carriers() AS TABLE FROM carriers_of_quota;

-- Whole months since the first working day, counted at the beginning of a month; 0 before one is full.
-- Whose first day nobody knows has been there long.
CREATE OR REPLACE TEMP MACRO tenure(started_on, month_start) AS
    greatest(0, datesub('month', coalesce(started_on, DATE '1900-01-01'), month_start));

-- The part of a month that someone is on board.
CREATE OR REPLACE TEMP MACRO presence(started_on, left_on, month_start, month_end) AS
    greatest(
        0,
        least(coalesce(left_on, month_end), month_end)
        - greatest(coalesce(started_on, month_start), month_start) + 1
    ) / CAST(month_end - month_start + 1 AS DOUBLE);

-- What each role that sells or is hired is judged by, the scope of an assumption being the role.
CREATE OR REPLACE TEMP TABLE judged_roles AS
    WITH roles AS (
        SELECT role FROM quota_carriers()
        UNION
        SELECT role FROM facts.requisition
    ),

    held AS (
        SELECT roles.role, history.name, CAST(arg_min(history.value, history.scope = '*') AS DOUBLE) AS value
        FROM roles
        INNER JOIN assumption_history() AS history ON history.scope IN (roles.role, '*')
        WHERE as_of() >= history.effective_from
            AND as_of() < history.effective_to
        GROUP BY roles.role, history.name
    )

    SELECT
        roles.role,
        CASE WHEN bool_or(name = 'ramp_months')
            THEN greatest(0, any_value(value) FILTER (name = 'ramp_months'))
        END AS ramp_months,
        any_value(value) FILTER (name = 'ramp_min_hires') AS ramp_min_hires,
        any_value(value) FILTER (name = 'attrition_quarter') AS attrition_quarter,
        any_value(value) FILTER (name = 'attrition_min_months') AS attrition_min_months,
        any_value(value) FILTER (name = 'attainment_factor') AS attainment_factor,
        coalesce(any_value(value) FILTER (name = 'availability'), 1) AS availability,
        any_value(value) FILTER (name = 'hiring_min_hires') AS hiring_min_hires,
        any_value(value) FILTER (name = 'notice_days') AS notice_days,
        any_value(value) FILTER (name = 'time_to_fill_days') AS fill_days,
        any_value(value) FILTER (name = 'time_to_fill_days_80') AS fill_days_80
    FROM roles
    LEFT JOIN held ON held.role = roles.role
    GROUP BY roles.role;

CREATE OR REPLACE TEMP MACRO role_judgements() AS TABLE FROM judged_roles;

-- What each seller won by fiscal month.
CREATE OR REPLACE TEMP MACRO won_by_month() AS TABLE
    SELECT
        coalesce(spelled.ours, deal.owner_id) AS person_id,
        fiscal.month_start,
        CAST(sum(at_rate(deal.amount, deal.currency, plan.rate, as_of())) AS DOUBLE) AS won
    FROM opportunity_at(as_of()) AS deal
    INNER JOIN fiscal_days() AS fiscal ON fiscal.day = deal.close_date
    LEFT JOIN aliases('person_id') AS spelled ON spelled.theirs = deal.owner_id
    LEFT JOIN plan_rates(as_of()) AS plan ON plan.from_currency = deal.currency
    WHERE deal.state = 'won'
        AND deal.close_date <= as_of()
    GROUP BY ALL;

-- How each role has sold and left so far, and what is therefore counted with.
--
-- Ramp: part of full output by months since the first day, 0 to 24. What a role's sellers have shown, the
-- median of won / quota, holds once enough of them have been seen in a month; before that the assumption:
-- ramp_share of "role:month" if it is set, else even steps over ramp_months. Nobody unlearns: a later
-- month is at least the one before.
-- Attrition: of the sellers on board at the beginning of each of the last 24 months, how many were gone at
-- its end, once there are enough such months; before that the assumption for a quarter.
-- Reached: what ramped sellers won of their quotas, the median of the last finished quarters, from four of
-- them on; before that the assumption.
CREATE OR REPLACE TEMP TABLE paced_roles AS
    WITH judged AS (
        SELECT * FROM role_judgements()
    ),

    carriers AS (
        SELECT * FROM quota_carriers()
    ),

    -- Months that are over, with quota and what was won, of who was there to their end.
    sold AS (
        SELECT
            carrier.person_id,
            carrier.role,
            quota.quarter_start,
            tenure(carrier.started_on, quota.month_start) AS tenure,
            carrier.started_on <= quota.month_start AS whole,
            quota.amount AS quota,
            coalesce(won.won, 0) AS won
        FROM carriers AS carrier
        INNER JOIN (
            SELECT person_id, month_start, quarter_start, sum(amount) AS amount
            FROM own_quotas()
            GROUP BY ALL
        ) AS quota ON quota.person_id = carrier.person_id
        INNER JOIN settings.fiscal_month AS month ON month.month_start = quota.month_start
        LEFT JOIN won_by_month() AS won
            ON won.person_id = carrier.person_id AND won.month_start = quota.month_start
        WHERE month.month_end <= as_of()
            AND (carrier.left_on IS NULL OR carrier.left_on >= month.month_end)
            AND quota.amount > 0
    ),

    seen AS (
        SELECT role, tenure, median(won / quota) AS share, count(DISTINCT person_id) AS sellers
        FROM sold
        WHERE whole AND tenure <= 24
        GROUP BY role, tenure
    ),

    steps AS (
        SELECT
            judged.role,
            month.tenure,
            CAST(coalesce(
                step.value,
                CASE WHEN judged.ramp_months > 0
                    THEN least(1, month.tenure / judged.ramp_months)
                    WHEN judged.ramp_months = 0 THEN 1 END
            ) AS DOUBLE) AS assumed,
            seen.share AS observed,
            coalesce(seen.sellers, 0) AS sellers,
            coalesce(seen.sellers >= judged.ramp_min_hires, false) AS fitted
        FROM judged
        CROSS JOIN (SELECT CAST(unnest(range(0, 25)) AS INTEGER) AS tenure) AS month
        LEFT JOIN seen ON seen.role = judged.role AND seen.tenure = month.tenure
        LEFT JOIN assumption_history() AS step
            ON step.name = 'ramp_share'
            AND step.scope = judged.role || ':' || month.tenure
            AND as_of() >= step.effective_from
            AND as_of() < step.effective_to
    ),

    rising AS (
        SELECT
            *,
            max(CASE WHEN fitted THEN least(1, greatest(0, observed)) ELSE assumed END)
                OVER (PARTITION BY role ORDER BY tenure) AS share
        FROM steps
    ),

    curves AS (
        SELECT
            role,
            list(share ORDER BY tenure) AS shares,
            list(struct_pack(tenure, assumed, observed, sellers, fitted, share) ORDER BY tenure) AS steps
        FROM rising
        GROUP BY role
    ),

    months AS (
        SELECT month_start, month_end
        FROM settings.fiscal_month
        WHERE month_end <= as_of()
        ORDER BY month_start DESC
        LIMIT 24
    ),

    left_us AS (
        SELECT
            carrier.role,
            count(DISTINCT carrier.person_id) FILTER (
                coalesce(carrier.started_on <= as_of(), true)
                AND coalesce(carrier.left_on > as_of(), true)
            ) AS heads,
            count(months.month_start) AS months,
            count(*) FILTER (carrier.left_on <= months.month_end) AS leavers,
            count(months.month_start) FILTER (
                tenure(carrier.started_on, months.month_start) < judged.ramp_months
            ) AS ramping_months,
            count(*) FILTER (
                carrier.left_on <= months.month_end
                AND tenure(carrier.started_on, months.month_start) < judged.ramp_months
            ) AS ramping_leavers
        FROM carriers AS carrier
        INNER JOIN judged ON judged.role = carrier.role
        LEFT JOIN months
            ON coalesce(carrier.started_on <= months.month_start, true)
            AND coalesce(carrier.left_on >= months.month_start, true)
        GROUP BY carrier.role
    ),

    reached AS (
        SELECT role, count(*) AS quarters, median(attainment) AS attainment
        FROM (
            SELECT sold.role, sold.quarter_start, sum(sold.won) / sum(sold.quota) AS attainment
            FROM sold
            INNER JOIN judged ON judged.role = sold.role
            SEMI JOIN past_quarters() AS past ON past.quarter_start = sold.quarter_start
            WHERE sold.tenure >= judged.ramp_months
            GROUP BY sold.role, sold.quarter_start
        )
        GROUP BY role
    )

    SELECT
        judged.role,
        judged.ramp_months,
        judged.availability,
        curves.shares,
        curves.steps,
        coalesce(left_us.heads, 0) AS heads,
        coalesce(left_us.months, 0) AS months,
        coalesce(left_us.leavers, 0) AS leavers,
        coalesce(left_us.ramping_months, 0) AS ramping_months,
        coalesce(left_us.ramping_leavers, 0) AS ramping_leavers,
        coalesce(left_us.months >= judged.attrition_min_months, false) AS attrition_seen,
        CASE
            WHEN left_us.months >= judged.attrition_min_months
                THEN left_us.leavers / CAST(left_us.months AS DOUBLE)
            ELSE 1 - pow(1 - judged.attrition_quarter, 1 / 3.0)
        END AS hazard,
        coalesce(reached.quarters, 0) AS quarters,
        CASE WHEN reached.quarters >= 4 THEN reached.attainment ELSE judged.attainment_factor END
            AS factor
    FROM judged
    INNER JOIN curves ON curves.role = judged.role
    LEFT JOIN left_us ON left_us.role = judged.role
    LEFT JOIN reached ON reached.role = judged.role;

CREATE OR REPLACE TEMP MACRO role_pace() AS TABLE FROM paced_roles;

-- How long hiring takes by role: from opening to acceptance and from there to the first day, of half and
-- of four fifths of the hires; with too few of them the assumptions.
CREATE OR REPLACE TEMP TABLE hiring_by_role AS
    WITH history AS (
        SELECT
            role,
            count(*) AS hires,
            quantile_cont(accepted_on - opened_on, 0.5) AS fill_50,
            quantile_cont(accepted_on - opened_on, 0.8) AS fill_80,
            quantile_cont(started_on - accepted_on, 0.5) FILTER (started_on >= accepted_on)
                AS notice_50
        FROM facts.requisition
        WHERE accepted_on <= as_of()
            AND opened_on <= accepted_on
        GROUP BY role
    ),

    seats AS (
        SELECT
            role,
            coalesce(sum(offers), 0) AS offers,
            count(*) FILTER (accepted_on <= as_of() AND offers > 0) AS accepted,
            count(*) FILTER (status IN ('open', 'offered')) AS open_seats
        FROM facts.requisition
        WHERE coalesce(opened_on <= as_of(), true)
        GROUP BY role
    )

    SELECT
        judged.role,
        judged.ramp_months,
        seats.role IS NOT NULL AS hiring,
        coalesce(history.hires, 0) AS hires,
        coalesce(seats.offers, 0) AS offers,
        coalesce(seats.accepted, 0) AS accepted,
        coalesce(seats.open_seats, 0) AS open_seats,
        CASE WHEN history.hires >= judged.hiring_min_hires AND history.notice_50 IS NOT NULL
            THEN history.notice_50 ELSE judged.notice_days END AS notice_days,
        CASE WHEN history.hires >= judged.hiring_min_hires THEN history.fill_50
            ELSE judged.fill_days END AS fill_days,
        CASE WHEN history.hires >= judged.hiring_min_hires THEN history.fill_80
            ELSE coalesce(judged.fill_days_80, judged.fill_days) END AS fill_days_80
    FROM role_judgements() AS judged
    LEFT JOIN history ON history.role = judged.role
    LEFT JOIN seats ON seats.role = judged.role;

CREATE OR REPLACE TEMP MACRO hiring_pace() AS TABLE FROM hiring_by_role;
