-- Losses, what became of the deals afterwards, and the cases that they open (domain M8.7). A case is read
-- off the exports and never written: it has the same id on every run, in whatever order files came in.

-- Every loss that an export shows by the as-of day, as the deal stood when it
-- was last shown as lost, with what was at stake while it was open before. A deal that was opened again and
-- lost again has two. `of_deal` takes one deal; NULL: all. Of deals with no loss in the range none is told, so that
-- of millions only those are read.
CREATE OR REPLACE TEMP MACRO losses_told(of_deal, closed_from, closed_to) AS TABLE
    WITH steps AS (
        SELECT
            deal.*,
            lag(state) OVER in_time AS state_before,
            last_value(CASE WHEN state = 'open' AND local_amount <> 0 THEN amount END IGNORE NULLS)
                OVER in_time AS open_amount,
            last_value(CASE WHEN state = 'open' THEN stage END IGNORE NULLS) OVER in_time AS stage_reached
        FROM deal_versions(as_of(), true) AS deal
        SEMI JOIN (
            SELECT opportunity_id
            FROM facts.opportunity
            WHERE state = 'lost'
                AND valid_from <= as_of()
                AND close_date BETWEEN closed_from AND closed_to
                AND coalesce(opportunity_id = of_deal, true)
        ) AS lost ON lost.opportunity_id = deal.opportunity_id
        WHERE deal.valid_from <= as_of()
        WINDOW in_time AS (PARTITION BY deal.opportunity_id ORDER BY deal.valid_from)
    ),

    numbered AS (
        SELECT
            *,
            count(*) FILTER (state = 'lost' AND state_before IS DISTINCT FROM 'lost')
                OVER (PARTITION BY opportunity_id ORDER BY valid_from) AS loss
        FROM steps
    ),

    followed AS (
        SELECT
            opportunity_id,
            loss,
            max(valid_from) FILTER (state = 'lost') AS last_lost,
            min_by(struct_pack(state, valid_from), valid_from) FILTER (state <> 'lost') AS next,
            max_by(struct_pack(valid_to), valid_from) AS last
        FROM numbered
        WHERE loss > 0
        GROUP BY opportunity_id, loss
    )

    SELECT
        told.* EXCLUDE (open_amount, state_before),
        coalesce(told.open_amount, nullif(told.amount, 0)) AS lost_amount,
        CASE
            WHEN followed.next IS NOT NULL THEN followed.next.state
            WHEN followed.last.valid_to <= as_of() THEN 'gone'
        END AS became,
        CASE
            WHEN followed.next IS NOT NULL THEN followed.next.valid_from
            WHEN followed.last.valid_to <= as_of() THEN followed.last.valid_to
        END AS became_on
    FROM numbered AS told
    INNER JOIN followed
        ON followed.opportunity_id = told.opportunity_id
        AND followed.loss = told.loss
        AND followed.last_lost = told.valid_from
    WHERE told.state = 'lost';

-- One case for each deal that was lost. Whoever opens it again within post_mortem_reopen_days goes on with the
-- same deal, and with the same case if it is lost after all; opened later it is another deal, whose loss is
-- another case. A case is lifted when nothing is lost any more.
CREATE OR REPLACE TEMP MACRO loss_cases(closed_from, closed_to) AS TABLE
    WITH judged AS (
        SELECT
            *,
            became_on - close_date > CAST(assumption('post_mortem_reopen_days', '*', as_of()) AS INTEGER)
                AS became_late
        FROM losses_told(NULL, closed_from, closed_to)
    ),

    followed AS (
        SELECT
            *,
            coalesce(lag(became = 'open' AND became_late) OVER (PARTITION BY opportunity_id ORDER BY loss), false)
                AS another
        FROM judged
    ),

    numbered AS (
        SELECT
            *,
            1 + count(*) FILTER (another) OVER (PARTITION BY opportunity_id ORDER BY loss) AS number
        FROM followed
    )

    SELECT
        *,
        'post-mortem/' || opportunity_id || CASE WHEN number > 1 THEN '/' || number ELSE '' END AS case_id,
        coalesce(became <> 'open' OR NOT became_late, false) AS lifted
    FROM numbered
    WHERE within_scope
    QUALIFY row_number() OVER (PARTITION BY opportunity_id, number ORDER BY loss DESC) = 1
        AND close_date BETWEEN closed_from AND closed_to;

-- Customers before a day, and industries in which something had been won: the first day of each.
CREATE OR REPLACE TEMP MACRO first_wins() AS TABLE
    SELECT
        deal.account_id,
        account.industry,
        min(deal.close_date) AS won_on
    FROM opportunity_at(as_of()) AS deal
    LEFT JOIN accounts() AS account ON account.account_id = deal.account_id
    WHERE deal.state = 'won'
        AND deal.account_id IS NOT NULL
        AND deal.close_date <= as_of()
    GROUP BY deal.account_id, account.industry;

-- The cases that get a post-mortem: by a rule in force when the deal was lost (the segment's own limit, else
-- the general one), or because somebody wrote one. The record of a case is the newest that is not withdrawn,
-- of those written before the next loss of the deal.
CREATE OR REPLACE TEMP MACRO strategic_cases(closed_from, closed_to) AS TABLE
    WITH losses AS (
        SELECT
            told.*,
            array_to_string(rival.competitors, ', ') AS competitor
        FROM loss_cases(closed_from, closed_to) AS told
        LEFT JOIN (
            SELECT opportunity_id, list(DISTINCT competitor ORDER BY competitor) AS competitors
            FROM deal_rivals()
            GROUP BY opportunity_id
        ) AS rival ON rival.opportunity_id = told.opportunity_id
    ),

    limits AS (
        SELECT
            losses.case_id,
            arg_min(history.value, history.scope = '*') FILTER (history.name = 'strategic_amount') AS amount,
            arg_min(history.value, history.scope = '*') FILTER (history.name = 'strategic_displaced_amount')
                AS displaced,
            arg_min(history.value, history.scope = '*') FILTER (history.name = 'strategic_vertical_amount')
                AS vertical
        FROM losses
        INNER JOIN assumption_history() AS history
            ON history.scope IN (losses.segment, '*')
            AND losses.close_date >= history.effective_from
            AND losses.close_date < history.effective_to
        WHERE history.name IN ('strategic_amount', 'strategic_displaced_amount', 'strategic_vertical_amount')
        GROUP BY losses.case_id
    ),

    bought AS (
        SELECT account_id, min(won_on) AS won_on FROM first_wins() GROUP BY account_id
    ),

    known AS (
        SELECT industry, min(won_on) AS won_on FROM first_wins() WHERE industry IS NOT NULL GROUP BY industry
    ),

    -- Each record with the newest case that was there when it was begun.
    begun AS (
        SELECT
            post_mortem.record_id,
            post_mortem.state,
            post_mortem.created_at,
            losses.case_id
        FROM record_post_mortem AS post_mortem
        INNER JOIN losses
            ON losses.opportunity_id = post_mortem.opportunity_id
            AND (losses.number = 1 OR losses.close_date <= CAST(post_mortem.created_at AS DATE))
        WHERE post_mortem.state <> 'withdrawn'
        QUALIFY row_number() OVER (PARTITION BY post_mortem.record_id ORDER BY losses.number DESC) = 1
    ),

    written AS (
        SELECT
            case_id,
            max_by(record_id, created_at) AS record_id,
            max_by(state, created_at) AS record_state
        FROM begun
        GROUP BY case_id
    ),

    marked AS (
        SELECT
            losses.*,
            written.record_id,
            written.record_state,
            CASE
                WHEN losses.strategic THEN 'marked'
                WHEN losses.lost_amount >= limits.amount THEN 'amount'
                WHEN upper(losses.account_rank) IN ('A', '1') THEN 'account'
                WHEN losses.lost_amount >= limits.displaced
                    AND losses.competitor IS NOT NULL
                    AND bought.won_on < losses.close_date THEN 'displaced'
                WHEN losses.lost_amount >= limits.vertical
                    AND listed.industry IS NOT NULL
                    AND (known.won_on IS NULL OR known.won_on >= losses.close_date) THEN 'new vertical'
                WHEN written.record_id IS NOT NULL THEN 'chosen'
            END AS because
        FROM losses
        LEFT JOIN limits ON limits.case_id = losses.case_id
        LEFT JOIN bought ON bought.account_id = losses.account_id
        LEFT JOIN accounts() AS listed ON listed.account_id = losses.account_id
        LEFT JOIN known ON known.industry = listed.industry
        LEFT JOIN written ON written.case_id = losses.case_id
    )

    SELECT * FROM marked WHERE because IS NOT NULL;

-- Those that stand.
CREATE OR REPLACE TEMP MACRO strategic_losses(closed_from, closed_to) AS TABLE
    SELECT * FROM strategic_cases(closed_from, closed_to) WHERE NOT lifted;
