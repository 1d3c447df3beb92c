-- What the pipeline can bring in the quarters to come (domain M8.6): what is open and due in one, what
-- comes to be and closes before it ends, and what is pulled in from later.

-- Deals that are open and due in a planned quarter, at what they are likely to bring. A stage's
-- probability is an assumption and beats what stands in the deal.
CREATE OR REPLACE TEMP MACRO planned_pipeline() AS TABLE
    SELECT
        planned.quarter,
        deal.slice,
        CAST(CAST(deal.amount AS DECIMAL(30, 2)) * coalesce(stage.value, deal.probability) AS DOUBLE)
            AS amount,
        coalesce(stage.value, deal.probability) IS NULL AS unweighted
    FROM sliced_deals_at(as_of(), as_of()) AS deal
    INNER JOIN planned_quarters() AS planned
        ON deal.close_date BETWEEN planned.quarter_start AND planned.quarter_end
    LEFT JOIN assumption_history() AS stage
        ON stage.name = 'stage_probability'
        AND stage.scope = deal.stage
        AND as_of() >= stage.effective_from
        AND as_of() < stage.effective_to
    WHERE deal.state = 'open'
        AND deal.category IS DISTINCT FROM 'omitted';

-- The finished quarters, each looked at as early before its beginning as the as-of day is before the
-- planned quarter. One counts only if exports reach back to that day.
CREATE OR REPLACE TEMP MACRO past_looks() AS TABLE
    SELECT
        planned.quarter,
        past.quarter AS past_quarter,
        past.quarter_start,
        past.quarter_end,
        past.quarter_start - CAST(planned.quarter_start - as_of() AS INTEGER) AS looked_on
    FROM planned_quarters() AS planned
    CROSS JOIN past_quarters() AS past
    WHERE past.quarter_start - CAST(planned.quarter_start - as_of() AS INTEGER)
        >= (SELECT min(taken_on) FROM facts.snapshot);

-- What they won that did not stand in their pipeline then: created since, or open and due later.
CREATE OR REPLACE TEMP MACRO late_wins() AS TABLE
    WITH won AS (
        SELECT
            deal.opportunity_id,
            deal.created_on,
            deal.slice,
            past.quarter AS past_quarter,
            past.quarter_start,
            past.quarter_end,
            deal.amount
        FROM deals_valued(as_of(), as_of(), false, NULL) AS deal
        INNER JOIN past_quarters() AS past
            ON deal.close_date BETWEEN past.quarter_start AND past.quarter_end
        WHERE deal.state = 'won'
            AND deal.within_scope
    ),

    looks AS (
        SELECT * FROM past_looks()
    ),

    told AS (
        SELECT
            looks.quarter,
            looks.past_quarter,
            won.slice,
            won.amount,
            coalesce(won.created_on > looks.looked_on, false) AS created,
            coalesce(
                earlier.state = 'open' AND earlier.close_date > looks.quarter_end, false
            ) AS pulled_in
        FROM looks
        INNER JOIN won ON won.past_quarter = looks.past_quarter
        LEFT JOIN facts.opportunity AS earlier
            ON earlier.opportunity_id = won.opportunity_id
            AND earlier.valid_from <= looks.looked_on
            AND (earlier.valid_to IS NULL OR earlier.valid_to > looks.looked_on)
    ),

    slices AS (
        SELECT DISTINCT slice FROM told
    ),

    sums AS (
        SELECT
            looks.quarter,
            looks.past_quarter,
            slices.slice,
            CAST(coalesce(sum(told.amount) FILTER (told.created), 0) AS DOUBLE) AS created,
            CAST(coalesce(sum(told.amount) FILTER (told.pulled_in AND NOT told.created), 0) AS DOUBLE)
                AS pulled_in
        FROM looks
        CROSS JOIN slices
        LEFT JOIN told
            ON told.quarter = looks.quarter
            AND told.past_quarter = looks.past_quarter
            AND told.slice = slices.slice
        GROUP BY ALL
    )

    SELECT
        quarter,
        slice,
        median(created) AS created,
        median(pulled_in) AS pulled_in
    FROM sums
    GROUP BY quarter, slice;

-- Won of what closed in the twelve months up to the as-of day: what a change of the win rate is
-- measured by.
CREATE OR REPLACE TEMP MACRO win_rate_of_year() AS (
    SELECT rate_of(count(*) FILTER (state = 'won'), count(*))
    FROM opportunity_at(as_of())
    WHERE state IN ('won', 'lost')
        AND close_date BETWEEN as_of() - 364 AND as_of()
);

-- Supply by planned quarter and slice as things stand. What usually comes is not known for a quarter that
-- no earlier one can be compared with; then there is no supply, and not a smaller one.
CREATE OR REPLACE TEMP MACRO supply() AS TABLE
    WITH open AS (
        SELECT
            quarter,
            slice,
            sum(amount) AS amount,
            count(*) FILTER (unweighted) AS unweighted
        FROM planned_pipeline()
        GROUP BY quarter, slice
    ),

    late AS (
        SELECT * FROM late_wins()
    ),

    looked AS (
        SELECT quarter, count(*) AS quarters FROM past_looks() GROUP BY quarter
    )

    SELECT
        coalesce(open.quarter, late.quarter) AS quarter,
        coalesce(open.slice, late.slice) AS slice,
        coalesce(open.amount, 0) AS open,
        CASE WHEN looked.quarters > 0 THEN coalesce(late.created, 0) END AS created,
        CASE WHEN looked.quarters > 0 THEN coalesce(late.pulled_in, 0) END AS pulled_in,
        coalesce(looked.quarters, 0) AS quarters,
        coalesce(open.unweighted, 0) AS unweighted
    FROM open
    FULL JOIN late ON late.quarter = open.quarter AND late.slice = open.slice
    LEFT JOIN looked ON looked.quarter = coalesce(open.quarter, late.quarter);
