-- figure:     plan-checks
-- title:      Does the plan still hold?
-- question:   What does the newest data say about the capacity plan, quarter by quarter?
-- curriculum: M8.6
-- source:     domain M8.6 Record: rechecked at every import; drift of more than a tenth in the velocity for
--             two months
-- grain:      one row per capacity plan that is proposed or in force and quarter of it that has yet to begin
-- needs:      opportunities, targets, people
-- parameters:
--   as_of     date      by what is known on this day
--   region    text?     plans of another region are not compared with what this one's data say
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   record     id      capacity plan
--   title      text    of the plan
--   quarter    text    fiscal quarter
--   state      state   proposed or in-force
--   verdict    state   holds; revise: something in why; elsewhere: a plan for another region than is reviewed
--   why        list    what no longer holds
--   plan_then  money "Planned"  by the plan
--   plan_now   money "Now"      the smaller of people and pipeline by the newest data; NULL: not known
--   change     share   now / planned - 1
--   heads_then  number "Sellers planned"  by the plan
--   heads_now  number "Sellers now"  expected by the newest data
--   binding_then  state "Bound then"  people, pipeline or none
--   binding_now   state "Bound now"   likewise
--   velocity_then  money "Velocity then"  a day
--   velocity_now   money "Velocity now"   the velocities of the slices, added up
--   drift      share   now / then - 1
--   drift_before  share "Drift before"  the same at the end of the fiscal month before
--   months_short  list "Months short"  months of the quarter for which the plan says how many sellers, and now
--                              that many are not expected: more than a tenth are missing
--   seats_late  count  seats that were to be open by now and are not
--   owner      text    who sees to it
-- private:    owner
-- opens:      capacity-plan record=record

WITH plans AS (
    SELECT plan.*
    FROM record_capacity_plan AS plan
    WHERE plan.state IN ('proposed', 'in-force')
),

sums AS (
    SELECT
        quarter,
        sum(target) AS target,
        sum(people) AS people,
        sum(supply) AS supply,
        sum(heads) AS heads
    FROM capacity('now')
    GROUP BY quarter
),

now AS (
    SELECT
        *,
        CASE WHEN people IS NOT NULL AND supply IS NOT NULL THEN least(people, supply) END AS plan,
        CASE
            WHEN people IS NULL OR supply IS NULL THEN NULL
            WHEN least(people, supply) >= target THEN 'none'
            WHEN people < supply THEN 'people'
            ELSE 'pipeline'
        END AS binding
    FROM sums
),

-- Sellers by month, where the plan says them.
short AS (
    SELECT
        planned.record_id,
        month.quarter,
        list(
            planned.month || ': ' || round(coalesce(expected.heads, 0), 1) || ' of ' || round(planned.heads, 1)
            ORDER BY planned.month
        ) AS months
    FROM record_capacity_plan_months AS planned
    INNER JOIN settings.fiscal_month AS month ON month.month = planned.month
    INNER JOIN planned_quarters() AS ahead ON ahead.quarter = month.quarter
    LEFT JOIN (
        SELECT month_start, sum(heads) AS heads FROM planned_output('now') GROUP BY month_start
    ) AS expected ON expected.month_start = month.month_start
    WHERE coalesce(expected.heads, 0) < planned.heads * (1 - plan_drift())
    GROUP BY planned.record_id, month.quarter
),

month_before AS (
    SELECT max(month_end) AS day FROM settings.fiscal_month WHERE month_end < as_of()
),

velocities AS (
    SELECT
        (SELECT sum(velocity) FROM velocity_at(as_of(), as_of())) AS now,
        (
            SELECT sum(velocity)
            FROM velocity_at((SELECT day FROM month_before), (SELECT day FROM month_before))
        ) AS before
),

-- Seats opened since the plan was written, against those that were to be open by now.
seats AS (
    SELECT
        due.record_id,
        CAST(sum(greatest(0, due.heads - coalesce(opened.seats, 0))) AS BIGINT) AS late
    FROM (
        SELECT plans.record_id, plans.created_at, hire.role, sum(hire.heads) AS heads
        FROM plans
        INNER JOIN record_capacity_plan_hires AS hire ON hire.record_id = plans.record_id
        WHERE hire.open_by < as_of()
        GROUP BY ALL
    ) AS due
    LEFT JOIN (
        SELECT plans.record_id, seat.role, count(*) AS seats
        FROM plans
        INNER JOIN facts.requisition AS seat
            ON seat.opened_on >= CAST(plans.created_at AS DATE)
            AND seat.opened_on <= as_of()
            AND seat.status <> 'cancelled'
            AND coalesce(seat.region = plans.region, true)
        GROUP BY ALL
    ) AS opened ON opened.record_id = due.record_id AND opened.role = due.role
    GROUP BY due.record_id
),

checked AS (
    SELECT
        plans.record_id,
        plans.title,
        plans.state,
        plans.owner,
        planned.quarter,
        plans.region IS NOT DISTINCT FROM CAST(getvariable('region') AS VARCHAR) AS here,
        planned.plan AS plan_then,
        CAST(now.plan AS DECIMAL(18, 2)) AS plan_now,
        CASE WHEN planned.plan > 0 THEN now.plan / CAST(planned.plan AS DOUBLE) - 1 END AS change,
        planned.heads AS heads_then,
        now.heads AS heads_now,
        plans.binding AS binding_then,
        now.binding AS binding_now,
        plans.velocity AS velocity_then,
        CAST(velocities.now AS DECIMAL(18, 2)) AS velocity_now,
        CASE WHEN plans.velocity > 0 THEN velocities.now / CAST(plans.velocity AS DOUBLE) - 1 END AS drift,
        CASE WHEN plans.velocity > 0 THEN velocities.before / CAST(plans.velocity AS DOUBLE) - 1 END
            AS drift_before,
        short.months AS months_short,
        coalesce(seats.late, 0) AS seats_late,
        plan_drift() AS allowed
    FROM plans
    INNER JOIN record_capacity_plan_quarters AS planned ON planned.record_id = plans.record_id
    INNER JOIN planned_quarters() AS ahead ON ahead.quarter = planned.quarter
    LEFT JOIN now ON now.quarter = planned.quarter
    LEFT JOIN seats ON seats.record_id = plans.record_id
    LEFT JOIN short ON short.record_id = plans.record_id AND short.quarter = planned.quarter
    CROSS JOIN velocities
),

reasons AS (
    SELECT
        *,
        list_filter([
            CASE WHEN binding_now <> binding_then
                THEN CASE binding_now WHEN 'none' THEN 'nothing' ELSE binding_now END || ' binds now'
            END,
            CASE WHEN change < -allowed THEN 'less than planned' END,
            CASE WHEN heads_now < heads_then * (1 - allowed) OR len(months_short) > 0 THEN 'fewer sellers' END,
            CASE
                WHEN abs(drift) > allowed AND abs(drift_before) > allowed
                    AND sign(drift) = sign(drift_before)
                    THEN CASE WHEN drift < 0 THEN 'slower' ELSE 'faster' END || ' for two months'
            END,
            CASE WHEN seats_late > 0 THEN 'seats not open' END
        ], lambda reason: reason IS NOT NULL) AS why
    FROM checked
)

SELECT
    record_id AS record,
    title,
    quarter,
    state,
    CASE WHEN NOT here THEN 'elsewhere' WHEN len(why) > 0 THEN 'revise' ELSE 'holds' END AS verdict,
    CASE WHEN here THEN why END AS why,
    plan_then,
    CASE WHEN here THEN plan_now END AS plan_now,
    CASE WHEN here THEN change END AS change,
    heads_then,
    CASE WHEN here THEN heads_now END AS heads_now,
    binding_then,
    CASE WHEN here THEN binding_now END AS binding_now,
    velocity_then,
    CASE WHEN here THEN velocity_now END AS velocity_now,
    CASE WHEN here THEN drift END AS drift,
    CASE WHEN here THEN drift_before END AS drift_before,
    CASE WHEN here THEN months_short END AS months_short,
    seats_late,
    owner
FROM reasons
ORDER BY list_position(['revise', 'holds', 'elsewhere'], verdict), record_id, quarter
