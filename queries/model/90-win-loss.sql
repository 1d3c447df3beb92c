-- What eighteen months of closings say of each competitor (domain M2.1).

-- A deal with several competitors counts for each of them: these counts do not add up.
CREATE OR REPLACE TEMP MACRO rival_record() AS TABLE
    SELECT
        rival.competitor,
        count(*) FILTER (closing.won) AS won,
        count(*) AS closed,
        sum(closing.amount) FILTER (closing.won) AS won_amount,
        sum(closing.amount) FILTER (NOT closing.won) AS lost_amount,
        median(rival.price_gap) AS price_gap,
        count(*) FILTER (shared.rivals > 1) AS shared
    FROM closings_at(as_of(), win_loss_start(), as_of(), true) AS closing
    INNER JOIN deal_rivals() AS rival ON rival.opportunity_id = closing.opportunity_id
    INNER JOIN (
        SELECT opportunity_id, count(*) AS rivals FROM deal_rivals() GROUP BY opportunity_id
    ) AS shared ON shared.opportunity_id = closing.opportunity_id
    GROUP BY rival.competitor;

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

-- Lost deals that get a post-mortem: by a rule in force when they were lost (the segment's own limit, else
-- the general one), or because somebody wrote one (domain M8.7). A deal that was opened again is none.
CREATE OR REPLACE TEMP MACRO strategic_losses(closed_from, closed_to) AS TABLE
    WITH losses AS (
        SELECT
            deal.*,
            closing.amount AS lost_amount
        FROM deals_at(as_of()) AS deal
        INNER JOIN closings_at(as_of(), closed_from, closed_to, true) AS closing
            ON closing.opportunity_id = deal.opportunity_id
        WHERE NOT closing.won
            AND deal.state = 'lost'
            AND deal.close_date BETWEEN closed_from AND closed_to
    ),

    limits AS (
        SELECT
            losses.opportunity_id,
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
        GROUP BY losses.opportunity_id
    ),

    bought AS (
        SELECT account_id, min(won_on) AS won_on FROM first_wins() GROUP BY account_id
    ),

    known AS (
        SELECT industry, min(won_on) AS won_on FROM first_wins() WHERE industry IS NOT NULL GROUP BY industry
    ),

    written AS (
        SELECT
            opportunity_id,
            max_by(record_id, created_at) AS record_id,
            max_by(state, created_at) AS record_state
        FROM record_post_mortem
        GROUP BY opportunity_id
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
        LEFT JOIN limits ON limits.opportunity_id = losses.opportunity_id
        LEFT JOIN bought ON bought.account_id = losses.account_id
        LEFT JOIN accounts() AS listed ON listed.account_id = losses.account_id
        LEFT JOIN known ON known.industry = listed.industry
        LEFT JOIN written ON written.opportunity_id = losses.opportunity_id
    )

    SELECT * FROM marked WHERE because IS NOT NULL;

-- The primary driver of each post-mortem that was handed in: as it was reviewed, else as the seller saw it.
CREATE OR REPLACE TEMP MACRO primary_causes() AS TABLE
    WITH handed_in AS (
        SELECT * FROM record_post_mortem WHERE state <> 'draft'
    ),

    reviewed AS (
        SELECT
            post_mortem.record_id,
            post_mortem.opportunity_id,
            line.driver,
            bool_or(line.source IN ('buyer', 'third party', 'document')) AS confirmed
        FROM handed_in AS post_mortem
        INNER JOIN record_post_mortem_drivers AS line ON line.record_id = post_mortem.record_id
        WHERE line.rank = 'primary'
            AND line.driver IS NOT NULL
        GROUP BY post_mortem.record_id, post_mortem.opportunity_id, line.driver
    )

    SELECT * FROM reviewed
    UNION ALL BY NAME
    SELECT record_id, opportunity_id, rep_driver AS driver, false AS confirmed
    FROM handed_in
    ANTI JOIN reviewed USING (record_id)
    WHERE rep_driver IS NOT NULL;
