-- People against pipeline, as things stand and if they were otherwise (domain M8.6).

-- What may be otherwise: a lever at its low or high end, or a scenario that somebody wrote. Changes of
-- attrition are of a year, those of the win rate in shares.
CREATE OR REPLACE TEMP MACRO capacity_cases(which) AS TABLE
    SELECT *
    FROM (
        SELECT
            'now' AS kind, 'now' AS case_id, 'as it is' AS title,
            0.0::DOUBLE AS attrition, 0.0::DOUBLE AS ramp, 0.0::DOUBLE AS win_rate,
            0.0::DOUBLE AS fill_days, 0.0::DOUBLE AS pipeline
        UNION ALL
        SELECT
            'lever', lever.name || CASE WHEN ends.side < 0 THEN ' down' ELSE ' up' END, lever.title,
            CASE WHEN lever.name = 'attrition' THEN ends.side * lever.size ELSE 0 END,
            CASE WHEN lever.name = 'ramp' THEN ends.side * lever.size ELSE 0 END,
            CASE WHEN lever.name = 'win_rate' THEN ends.side * lever.size ELSE 0 END,
            CASE WHEN lever.name = 'fill' THEN ends.side * lever.size ELSE 0 END,
            CASE WHEN lever.name = 'pipeline' THEN ends.side * lever.size ELSE 0 END
        FROM (
            SELECT lever.name, lever.title, CAST(assumption(lever.step, '*', as_of()) AS DOUBLE) AS size
            FROM (VALUES
                ('attrition', 'Attrition', 'lever_attrition'),
                ('ramp', 'Ramp', 'lever_ramp_months'),
                ('win_rate', 'Win rate', 'lever_win_rate'),
                ('fill', 'Time to fill', 'lever_fill_days'),
                ('pipeline', 'New pipeline', 'lever_pipeline')
            ) AS lever (name, title, step)
        ) AS lever
        CROSS JOIN (VALUES (-1), (1)) AS ends (side)
        UNION ALL
        SELECT
            'scenario', record_id, title,
            coalesce(attrition, 0), coalesce(ramp_months, 0), coalesce(win_rate, 0),
            coalesce(fill_days, 0), coalesce(pipeline, 0)
        FROM record_capacity_scenario
        WHERE state NOT IN ('dropped')
    ) AS each
    WHERE kind = 'now' OR kind = which;

-- Quotas for a month of the planned quarters: the seller's own of that quarter, else the newest before.
CREATE OR REPLACE TEMP TABLE quotas_ahead AS
    WITH quotas AS (
        SELECT
            person_id, quarter_start, region, segment, product_id, sum(amount) / 3 AS amount
        FROM own_quotas()
        GROUP BY ALL
    )

    SELECT planned.quarter, quotas.*
    FROM planned_quarters() AS planned
    INNER JOIN quotas ON quotas.quarter_start <= planned.quarter_start
    QUALIFY quotas.quarter_start
        = max(quotas.quarter_start) OVER (PARTITION BY planned.quarter, quotas.person_id);

CREATE OR REPLACE TEMP MACRO planned_quotas() AS TABLE FROM quotas_ahead;

-- What a seller of a role usually has in a month.
CREATE OR REPLACE TEMP TABLE usual_quotas_ahead AS
    SELECT own.quarter, carrier.role, median(own.amount) AS amount
    FROM (SELECT quarter, person_id, sum(amount) AS amount FROM planned_quotas() GROUP BY ALL) AS own
    INNER JOIN quota_carriers() AS carrier ON carrier.person_id = own.person_id
    GROUP BY own.quarter, carrier.role;

CREATE OR REPLACE TEMP MACRO usual_quotas() AS TABLE FROM usual_quotas_ahead;

-- What one more seller of each role with sellers brings in each planned quarter, found and started as fast as
-- half of them are.
CREATE OR REPLACE TEMP TABLE hires_ahead AS
    WITH roles AS (
        SELECT
            pace.role,
            pace.heads,
            pace.shares,
            pace.hazard,
            pace.factor,
            as_of() + CAST(ceil(hiring.fill_days) AS INTEGER)
                + CAST(ceil(hiring.notice_days) AS INTEGER) AS start_on,
            rate_of(hiring.accepted, hiring.offers) AS offer_rate
        FROM role_pace() AS pace
        INNER JOIN hiring_pace() AS hiring ON hiring.role = pace.role
        WHERE pace.heads > 0
    )

    SELECT
        role.role,
        month.quarter,
        row_number() OVER (PARTITION BY month.quarter ORDER BY role.heads DESC, role.role) = 1 AS largest,
        sum(
            usual.amount * role.factor
            * presence(role.start_on, NULL, month.month_start, month.month_end)
            * role.shares[least(24, tenure(role.start_on, month.month_start)) + 1]
            * pow(1 - role.hazard, greatest(0, datesub('month', role.start_on, month.month_start)))
        ) AS output,
        role.start_on,
        role.offer_rate
    FROM roles AS role
    CROSS JOIN planned_months() AS month
    LEFT JOIN usual_quotas() AS usual ON usual.quarter = month.quarter AND usual.role = role.role
    GROUP BY role.role, month.quarter, role.heads, role.start_on, role.offer_rate;

-- What holds a quarter back: the smaller of the two, unless it reaches the target.
CREATE OR REPLACE TEMP MACRO bound_by(target, people, supply) AS
    CASE
        WHEN people IS NULL OR supply IS NULL THEN 'unknown'
        WHEN least(people, supply) >= target THEN 'none'
        WHEN people < supply THEN 'people'
        ELSE 'pipeline'
    END;

-- What each seller can bring in a planned month, by case and by the slice of the quota. Sellers are those on
-- board; those hired and not there yet; the seats that are open, from the day on which half of such seats
-- are filled; and those that a scenario adds. A quota is the seller's own of that quarter, else the
-- newest before; a seat without a seller has the median quota of its role.
CREATE OR REPLACE TEMP MACRO planned_output(which) AS TABLE
    WITH cases AS (
        SELECT * FROM capacity_cases(which)
    ),

    carriers AS (
        SELECT * FROM quota_carriers()
    ),

    planned AS (
        SELECT * FROM planned_months()
    ),

    pace AS (
        SELECT * FROM role_pace()
    ),

    hiring AS (
        SELECT * FROM hiring_pace()
    ),

    own AS (
        SELECT * FROM planned_quotas()
    ),

    usual AS (
        SELECT * FROM usual_quotas()
    ),

    planned_sellers AS (
        SELECT
            cases.case_id, carrier.person_id, carrier.role, carrier.region, carrier.segment,
            carrier.started_on, carrier.left_on, 1.0::DOUBLE AS heads
        FROM carriers AS carrier
        CROSS JOIN cases
        WHERE carrier.left_on IS NULL OR carrier.left_on > as_of()

        UNION ALL

        SELECT
            cases.case_id, 'seat ' || seat.requisition_id, seat.role, seat.region, seat.segment,
            CASE
                WHEN seat.started_on IS NOT NULL THEN seat.started_on
                WHEN seat.accepted_on IS NOT NULL
                    THEN coalesce(
                        seat.target_start, seat.accepted_on + CAST(ceil(hiring.notice_days) AS INTEGER)
                    )
                -- A seat that has been open for longer than is usual is filled tomorrow at best.
                ELSE greatest(
                    as_of() + 1,
                    seat.opened_on
                        + CAST(ceil(greatest(0, hiring.fill_days + cases.fill_days)) AS INTEGER)
                ) + CAST(ceil(hiring.notice_days) AS INTEGER)
            END,
            NULL, 1.0::DOUBLE
        FROM facts.requisition AS seat
        INNER JOIN hiring ON hiring.role = seat.role
        CROSS JOIN cases
        WHERE (
                seat.status IN ('open', 'offered') AND seat.opened_on <= as_of()
                OR seat.status IN ('accepted', 'started') AND seat.started_on > as_of()
                OR seat.status = 'accepted' AND seat.started_on IS NULL
            )
            AND seat.role IN (SELECT role FROM carriers)
            AND (seat.person_id IS NULL OR seat.person_id NOT IN (SELECT person_id FROM facts.person))

        UNION ALL

        SELECT
            cases.case_id, 'seat ' || hire.record_id || '.' || hire.row_number, hire.role,
            hire.region, hire.segment, hire.start_on, NULL, hire.heads
        FROM record_capacity_scenario_hires AS hire
        INNER JOIN cases ON cases.case_id = hire.record_id
        WHERE hire.start_on IS NOT NULL
    ),

    months AS (
        SELECT
            seller.*,
            month.quarter,
            month.month_start,
            presence(seller.started_on, seller.left_on, month.month_start, month.month_end) AS there,
            tenure(seller.started_on, month.month_start) AS tenure,
            CASE WHEN seller.left_on IS NULL
                THEN greatest(0, datesub(
                    'month', greatest(as_of(), coalesce(seller.started_on, as_of())), month.month_start
                ))
                ELSE 0
            END AS waited,
            pace.factor,
            pace.shares,
            pace.ramp_months AS ramp,
            cases.ramp AS ramp_change,
            pace.availability * coalesce(spell.availability, 1) AS available,
            -- A change of a year's attrition, told for a month.
            1 - pow(
                1 - least(0.99, greatest(0, 1 - pow(1 - pace.hazard, 12) + cases.attrition)), 1 / 12.0
            ) AS hazard
        FROM planned_sellers AS seller
        INNER JOIN cases ON cases.case_id = seller.case_id
        CROSS JOIN planned AS month
        INNER JOIN pace ON pace.role = seller.role
        LEFT JOIN (
            SELECT
                spell.person_id,
                month.month_start,
                CAST(arg_max(spell.availability, spell.valid_from) AS DOUBLE) AS availability
            FROM facts.person_role AS spell
            INNER JOIN planned AS month
                ON spell.valid_from <= month.month_start
                AND (spell.valid_to IS NULL OR spell.valid_to >= month.month_start)
            WHERE spell.availability IS NOT NULL
            GROUP BY spell.person_id, month.month_start
        ) AS spell ON spell.person_id = seller.person_id AND spell.month_start = month.month_start
    ),

    -- A ramp that takes longer or shorter is the same curve stretched; between its months it is even.
    stretched AS (
        SELECT
            *,
            CASE
                WHEN ramp > 0 AND ramp + ramp_change > 0 THEN tenure * ramp / (ramp + ramp_change)
                WHEN ramp <= 0 AND ramp_change > 0 THEN 24 * least(1, tenure / ramp_change)
                WHEN ramp <= 0 THEN tenure
                ELSE 24
            END AS place
        FROM months
    ),

    ramped AS (
        SELECT
            *,
            pow(1 - hazard, waited) AS stays,
            CASE
                -- A role that needs no ramp has a curve of ones; a longer one begins at nothing.
                WHEN ramp <= 0 AND ramp_change > 0 THEN least(1, tenure / ramp_change)
                WHEN place >= 24 THEN shares[25]
                ELSE shares[CAST(floor(place) AS INTEGER) + 1] + (place - floor(place))
                    * (shares[CAST(floor(place) AS INTEGER) + 2] - shares[CAST(floor(place) AS INTEGER) + 1])
            END AS share
        FROM stretched
    ),

    -- Every quota of a seller, or the usual one of the role for a seat.
    quoted AS (
        SELECT
            ramped.*,
            own.region AS quota_region,
            own.segment AS quota_segment,
            own.product_id AS product_id,
            coalesce(own.amount, CASE WHEN ramped.person_id LIKE 'seat %' THEN usual.amount END) AS quota,
            1.0 / count(*) OVER (PARTITION BY ramped.case_id, ramped.person_id, ramped.month_start)
                AS part
        FROM ramped
        LEFT JOIN own ON own.person_id = ramped.person_id AND own.quarter = ramped.quarter
        LEFT JOIN usual ON usual.role = ramped.role AND usual.quarter = ramped.quarter
    )

    SELECT
        quoted.case_id,
        quoted.quarter,
        quoted.month_start,
        quoted.person_id,
        quoted.role,
        slice_of(
            coalesce(quoted.quota_region, seller.region, quoted.region),
            coalesce(quoted.quota_segment, quoted.segment),
            called(product.product, quoted.product_id, any_product()),
            coalesce(seller.owner, quoted.person_id),
            seller.manager
        ) AS slice,
        quoted.heads * quoted.there * quoted.stays * quoted.part AS heads,
        quoted.quota * quoted.heads AS quota,
        quoted.share,
        quoted.stays,
        quoted.heads * quoted.quota * quoted.there * quoted.available * quoted.share * quoted.stays
            * quoted.factor AS output,
        quoted.quota * quoted.factor AS full_output
    FROM quoted
    LEFT JOIN sellers() AS seller ON seller.person_id = quoted.person_id
    LEFT JOIN products() AS product ON product.product_id = quoted.product_id
    WHERE in_scope(
        coalesce(quoted.quota_region, seller.region, quoted.region),
        coalesce(quoted.quota_segment, quoted.segment),
        called(product.product, quoted.product_id, any_product()),
        coalesce(seller.owner, quoted.person_id),
        seller.manager
    );

-- By how much of itself what a plan rests on may change before the plan is looked at again.
CREATE OR REPLACE TEMP MACRO plan_drift() AS CAST(assumption('velocity_drift', '*', as_of()) AS DOUBLE);

-- Targets of the planned quarters by slice.
CREATE OR REPLACE TEMP MACRO planned_targets() AS TABLE
    SELECT planned.quarter, target.slice, sum(target.amount) AS amount
    FROM targets_between(
        (SELECT min(quarter_start) FROM planned_quarters()),
        (SELECT max(quarter_end) FROM planned_quarters()),
        true
    ) AS target
    INNER JOIN planned_quarters() AS planned ON planned.quarter_start = target.review
    GROUP BY planned.quarter, target.slice;

-- Everything beside each other, by case, quarter and slice.
CREATE OR REPLACE TEMP MACRO capacity(which) AS TABLE
    WITH cases AS (
        SELECT * FROM capacity_cases(which)
    ),

    planned AS (
        SELECT * FROM planned_quarters()
    ),

    targets AS (
        SELECT * FROM planned_targets()
    ),

    people AS (
        SELECT
            case_id, quarter, slice,
            sum(heads) / 3 AS heads,
            sum(output) AS people,
            sum(quota) AS quota
        FROM planned_output(which)
        GROUP BY ALL
    ),

    supplied AS (
        SELECT
            cases.case_id,
            supply.quarter,
            supply.slice,
            -- The pipeline that is there wins at another rate; what has yet to come may also be more.
            (supply.open + (supply.created + supply.pulled_in) * greatest(0, 1 + cases.pipeline))
                * greatest(0, 1 + coalesce(cases.win_rate / rate.win_rate, 0)) AS supply,
            supply.open,
            supply.created,
            supply.pulled_in,
            supply.quarters,
            supply.unweighted
        FROM supply() AS supply
        CROSS JOIN cases
        CROSS JOIN (SELECT win_rate_of_year() AS win_rate) AS rate
    ),

    keys AS (
        SELECT cases.case_id, all_of.quarter, all_of.slice
        FROM cases
        CROSS JOIN (
            SELECT quarter, slice FROM people
            UNION SELECT quarter, slice FROM supplied
            UNION SELECT quarter, slice FROM targets
        ) AS all_of
    )

    SELECT
        keys.case_id,
        planned.quarter,
        planned.quarter_start,
        keys.slice,
        target.amount AS target,
        coalesce(people.heads, 0) AS heads,
        people.quota,
        people.people,
        supplied.supply,
        supplied.open,
        supplied.created,
        supplied.pulled_in,
        coalesce(supplied.quarters, 0) AS quarters,
        coalesce(supplied.unweighted, 0) AS unweighted
    FROM keys
    INNER JOIN planned ON planned.quarter = keys.quarter
    LEFT JOIN people
        ON people.case_id = keys.case_id
        AND people.quarter = keys.quarter
        AND people.slice = keys.slice
    LEFT JOIN supplied
        ON supplied.case_id = keys.case_id
        AND supplied.quarter = keys.quarter
        AND supplied.slice = keys.slice
    LEFT JOIN targets AS target
        ON target.quarter = keys.quarter AND target.slice = keys.slice;
