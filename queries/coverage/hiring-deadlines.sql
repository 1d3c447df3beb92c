-- figure:     hiring-deadlines
-- title:      Hire by when
-- question:   By when must a seat be opened so that it sells in full from the first day of a quarter?
-- curriculum: M8.6
-- source:     domain M8.6, hiring back-schedule: start = quarter - ramp, accept = start - notice, open =
--             accept - time to fill; half of all hires and four fifths of them are in time
-- grain:      one row per role of the requisitions and fiscal quarter that begins in the next year
-- needs:      requisitions
-- parameters:
--   as_of  date  requisitions by what is known on this day; quarters that begin after it
-- columns:
--   role          text              as the requisitions name it
--   quarter       text              fiscal quarter
--   verdict       state             too late: that day has passed, and hiring cannot close the gap; now: within
--                                   thirty days; in time; risky: half would be in time, not four fifths
--   open_by       date              open the seat by then: half of the hires are in time
--   open_by_80    date "Open by (80%)"  open it by then: four fifths are
--   accept_by     date              the offer is accepted by then
--   start_by      date              the first working day
--   quarter_start  date             full output from this day
--   days_left     days              to open_by; below zero: too late
--   ramp_months   number            months to full output; the assumption of the role
--   notice_days   number            days from acceptance to the first day, half of them
--   fill_days     number            days from opening to acceptance, half of them
--   fill_days_80  number            four fifths of them
--   hires         count             hires behind the two; with fewer than eight the assumptions hold
--   instead       text              what is left when it is too late; NULL: hiring can still do it
--   offer_rate    rate(accepted/offers)  offers that were accepted
--   accepted      count             of the offers, accepted
--   offers        count             made
--   open_seats    count             requisitions of the role that are open or offered

WITH paced AS (
    SELECT * FROM hiring_pace() WHERE hiring
),

quarters AS (
    SELECT DISTINCT quarter, quarter_start
    FROM settings.fiscal_month
    WHERE quarter_start > as_of()
        AND quarter_start <= as_of() + 366
),

started AS (
    SELECT
        paced.*,
        quarters.quarter,
        quarters.quarter_start,
        CAST(
            quarters.quarter_start - to_months(CAST(ceil(paced.ramp_months) AS INTEGER)) AS DATE
        ) AS start_by
    FROM paced
    CROSS JOIN quarters
),

dated AS (
    SELECT
        *,
        start_by - CAST(ceil(notice_days) AS INTEGER) AS accept_by,
        start_by - CAST(ceil(notice_days) AS INTEGER) - CAST(ceil(fill_days) AS INTEGER) AS open_by,
        start_by - CAST(ceil(notice_days) AS INTEGER) - CAST(ceil(fill_days_80) AS INTEGER)
            AS open_by_80
    FROM started
)

SELECT
    role,
    quarter,
    CASE
        WHEN open_by < as_of() THEN 'too late'
        WHEN open_by_80 < as_of() THEN 'risky'
        WHEN open_by_80 <= as_of() + 30 THEN 'now'
        ELSE 'in time'
    END AS verdict,
    open_by,
    open_by_80,
    accept_by,
    start_by,
    quarter_start,
    open_by - as_of() AS days_left,
    ramp_months,
    notice_days,
    fill_days,
    fill_days_80,
    hires,
    CASE WHEN open_by < as_of()
        THEN 'productivity, fewer leaving, a lower target, other people, partners'
    END AS instead,
    rate_of(accepted, offers) AS offer_rate,
    accepted,
    CAST(offers AS BIGINT) AS offers,
    open_seats
FROM dated
ORDER BY quarter_start, open_by, role
