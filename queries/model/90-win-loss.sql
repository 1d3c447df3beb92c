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

-- The primary driver of each post-mortem that was handed in: as it was reviewed, else as the seller saw it.
CREATE OR REPLACE TEMP MACRO primary_causes() AS TABLE
    WITH handed_in AS (
        SELECT * FROM record_post_mortem WHERE state NOT IN ('draft', 'withdrawn')
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
