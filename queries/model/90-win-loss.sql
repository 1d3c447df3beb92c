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
