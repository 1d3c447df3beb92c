-- How deals came to be what they are, as exports show it step by step.

-- Each version in which something changed that a review asks about, with what it was before. The close date
-- and the category that a CRM sets on closing are no push and no judgement, so moves are told only between
-- two versions that are open. `of_deal` takes one deal; NULL: all.
CREATE OR REPLACE TEMP MACRO deal_steps(of_deal) AS TABLE
    WITH versions AS (
        SELECT
            *,
            lag(opportunity_id IS NOT NULL, 1, false) OVER in_time AS followed,
            lag(state) OVER in_time AS state_before,
            lag(stage) OVER in_time AS stage_before,
            lag(category) OVER in_time AS category_before,
            lag(amount) OVER in_time AS amount_before,
            lag(close_date) OVER in_time AS close_before,
            lag(owner) OVER in_time AS owner_before
        FROM deal_versions(as_of(), true)
        WHERE valid_from <= as_of()
            AND coalesce(opportunity_id = of_deal, true)
        WINDOW in_time AS (PARTITION BY opportunity_id ORDER BY valid_from)
    ),

    compared AS (
        SELECT
            *,
            followed AND state = 'open' AND state_before = 'open' AS both_open,
            list_filter([
                CASE WHEN NOT followed THEN 'first seen' END,
                CASE WHEN followed AND state IS DISTINCT FROM state_before THEN
                    CASE WHEN state = 'open' THEN 'reopened' ELSE state END END,
                CASE WHEN followed AND stage IS DISTINCT FROM stage_before THEN 'stage' END,
                CASE WHEN followed AND category IS DISTINCT FROM category_before THEN 'category' END,
                CASE WHEN followed AND amount IS DISTINCT FROM amount_before THEN 'amount' END,
                CASE WHEN followed AND close_date IS DISTINCT FROM close_before THEN 'close date' END,
                CASE WHEN followed AND owner IS DISTINCT FROM owner_before THEN 'owner' END
            ], lambda change: change IS NOT NULL) AS changed
        FROM versions
    )

    SELECT
        * EXCLUDE (followed, state_before, stage_before, category_before, amount_before, close_before, owner_before),
        CASE WHEN both_open THEN nullif(close_date - close_before, 0) END AS moved_days,
        CASE WHEN both_open THEN nullif(amount - amount_before, 0) END AS amount_change
    FROM compared
    WHERE len(changed) > 0;

-- The same in one row: of one deal, or of all (NULL).
CREATE OR REPLACE TEMP MACRO deal_trails(of_deal) AS TABLE
    SELECT
        opportunity_id,
        count(*) FILTER (moved_days > 0) AS pushes,
        CAST(coalesce(sum(moved_days) FILTER (moved_days > 0), 0) AS BIGINT) AS pushed_days,
        count(*) FILTER (amount_change IS NOT NULL) AS amount_changes,
        min_by(struct_pack(amount), valid_from).amount AS first_amount,
        -- The categories in the order of how sure they are.
        ['omitted', 'pipeline', 'best case', 'commit'][
            max(list_position(['omitted', 'pipeline', 'best case', 'commit'], category)) FILTER (state = 'open')
        ] AS highest_category,
        (max_by(struct_pack(category), valid_from) FILTER (state = 'open')).category AS last_category,
        string_agg(
            strftime(valid_from, '%Y-%m-%d') || ': ' || concat_ws(
                ' · ',
                CASE WHEN state = 'open' THEN NULL ELSE state END,
                stage,
                category,
                CAST(amount AS VARCHAR) || CASE
                    WHEN amount_change > 0 THEN ' (+' || CAST(amount_change AS VARCHAR) || ')'
                    WHEN amount_change < 0 THEN ' (' || CAST(amount_change AS VARCHAR) || ')'
                    ELSE ''
                END,
                'closing ' || strftime(close_date, '%Y-%m-%d') || CASE
                    WHEN moved_days > 0 THEN ' (+' || moved_days || ' days)'
                    WHEN moved_days < 0 THEN ' (' || moved_days || ' days)'
                    ELSE ''
                END
            ),
            chr(10) ORDER BY valid_from
        ) AS trail
    FROM deal_steps(of_deal)
    GROUP BY opportunity_id;
