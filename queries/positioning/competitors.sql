-- figure:     competitors
-- title:      Competitors
-- question:   Against whom do we win and lose, and how much of it do we know well?
-- curriculum: M2.1
-- source:     domain M2.1; won / (won + lost) where the competitor was in the deal
-- grain:      one row per competitor; a deal with several counts for each, so rows do not add up
-- needs:      opportunities, deal-competitors
-- parameters:
--   as_of  date  closings of the 547 days up to this day, and the pipeline on it
-- columns:
--   competitor    text              as competitors names it, else as the CRM does
--   tier          count             1 closest to 3; NULL: not on the list
--   won           count             deals won against it
--   closed        count             won + lost
--   win_rate      rate(won/closed)  NULL when nothing closed
--   low           share             lower end of the Wilson interval, 90 %
--   high          share             upper end of it
--   basis         state             evidence from win_loss_min_n closed deals on, anecdote below; NULL: none
--   won_amount    money "Won"       amount won against it
--   lost_amount   money "Lost"      amount lost with it in the deal, to it or not
--   price_gap     share             median of our price over theirs; NULL: nobody noted any
--   shared        count             closed deals that had other competitors, too
--   open_deals    count             open deals with it
--   open_amount   money "Open"      amount of them
--   first_seen    date              when it was first met
--   window_start  date              first day of the window
--   window_end    date              last day of it
-- chart:      bar label=competitor value=win_rate
-- drill:      deals competitor=competitor closed_from=window_start closed_to=window_end

WITH records AS (
    SELECT * FROM rival_record()
),

pipeline AS (
    SELECT
        rival.competitor,
        count(*) AS deals,
        sum(deal.amount) AS amount
    FROM sliced_deals_at(as_of(), as_of()) AS deal
    INNER JOIN deal_rivals() AS rival ON rival.opportunity_id = deal.opportunity_id
    WHERE deal.state = 'open'
    GROUP BY rival.competitor
),

listed AS (
    SELECT * FROM rivals()
),

named AS (
    SELECT competitor FROM listed
    UNION
    SELECT competitor FROM records
    UNION
    SELECT competitor FROM pipeline
)

SELECT
    named.competitor,
    listed.tier,
    coalesce(records.won, 0) AS won,
    coalesce(records.closed, 0) AS closed,
    rate_of(records.won, records.closed) AS win_rate,
    wilson_low(records.won, records.closed, z_90()) AS low,
    wilson_high(records.won, records.closed, z_90()) AS high,
    CASE
        WHEN records.closed >= assumption('win_loss_min_n', '*', as_of()) THEN 'evidence'
        WHEN records.closed > 0 THEN 'anecdote'
    END AS basis,
    CAST(records.won_amount AS DECIMAL(18, 2)) AS won_amount,
    CAST(records.lost_amount AS DECIMAL(18, 2)) AS lost_amount,
    CAST(records.price_gap AS DOUBLE) AS price_gap,
    coalesce(records.shared, 0) AS shared,
    coalesce(pipeline.deals, 0) AS open_deals,
    CAST(pipeline.amount AS DECIMAL(18, 2)) AS open_amount,
    listed.first_seen,
    win_loss_start() AS window_start,
    as_of() AS window_end
FROM named
LEFT JOIN listed ON listed.competitor = named.competitor
LEFT JOIN records ON records.competitor = named.competitor
LEFT JOIN pipeline ON pipeline.competitor = named.competitor
ORDER BY closed DESC, named.competitor
