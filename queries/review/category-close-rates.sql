-- figure:     category-close-rates
-- title:      What categories are worth
-- question:   Of what stood in commit, best case and pipeline in each week, how much was won in the period?
-- curriculum: M8.1
-- source:     domain M8.1 Accuracy set, by category; deals that vanish later stay in the denominator
-- grain:      one row per forecast category and export from the opening one to the end of the period
-- needs:      opportunities
-- parameters:
--   period_start  date   first day of the period under review
--   period_end    date   last day of it
--   as_of         date   what became of the deals by this day, and all money at its plan rates
-- columns:
--   category      text                  commit, best case or pipeline at the time of the export
--   week          count                 week of the period in which it was taken; 1 up to its seventh day
--   taken_on      date "Export"         the day it shows
--   verdict       state                 as called: by value no lower than the category promises; too little:
--                                       below it; open: the period is not over
--   won           count                 won within the period
--   deals         count                 open in the category and due in the period, cancelled ones left out
--   close_rate    rate(won/deals)       how many of them
--   won_amount    money "Won"           their amount at the time of the export
--   amount        money                 amount of all of them
--   value_rate    share                 won / amount
--   promised      share                 lowest share that the category should bring: 85 % of commit, 50 % of
--                                       best case, 10 % of pipeline unless set otherwise
--   still_open    count                 of the deals, open on the as-of day
--   removed       count                 of the deals, no longer in the exports
--   assumption    text                  the assumption that it is about
--   evidence      text                  the counts in a sentence
-- chart:      line x=week y=value_rate series=category reference=promised
-- opens:      assumption name=assumption scope=category value_before=promised value=value_rate because=evidence

WITH exports AS (
    SELECT
        taken_on,
        greatest(1, CAST((taken_on - period_start()) // 7 + 1 AS BIGINT)) AS week
    FROM facts.snapshot
    WHERE taken_on BETWEEN opening_snapshot() AND least(period_end(), as_of())
),

seen AS (
    SELECT
        exports.taken_on,
        exports.week,
        deal.category,
        deal.amount,
        coalesce(latest.state, 'removed') AS state,
        coalesce(
            latest.state = 'won'
            AND latest.close_date BETWEEN period_start() AND period_end(),
            false
        ) AS won
    FROM exports
    INNER JOIN deal_versions(as_of(), false) AS deal
        ON deal.within_scope
        AND deal.valid_from <= exports.taken_on
        AND (deal.valid_to IS NULL OR deal.valid_to > exports.taken_on)
    LEFT JOIN opportunity_at(as_of()) AS latest
        ON latest.opportunity_id = deal.opportunity_id
    WHERE deal.state = 'open'
        AND deal.category IN ('commit', 'best case', 'pipeline')
        AND deal.close_date BETWEEN period_start() AND period_end()
),

counted AS (
    SELECT
        category,
        week,
        taken_on,
        count(*) FILTER (won) AS won,
        count(*) AS deals,
        coalesce(sum(amount) FILTER (won), 0) AS won_amount,
        sum(amount) AS amount,
        count(*) FILTER (state = 'open') AS still_open,
        count(*) FILTER (state = 'removed') AS removed
    FROM seen
    WHERE won OR state <> 'cancelled'
    GROUP BY category, week, taken_on
),

rated AS (
    SELECT
        *,
        share_of(won_amount, amount) AS value_rate,
        CAST(coalesce(
            assumption('category_close_rate', category, as_of()),
            CASE category WHEN 'commit' THEN 0.85 WHEN 'best case' THEN 0.50 ELSE 0.10 END
        ) AS DOUBLE) AS promised
    FROM counted
)

SELECT
    category,
    week,
    taken_on,
    CASE
        WHEN as_of() < period_end() THEN 'open'
        WHEN value_rate >= promised THEN 'as called'
        WHEN value_rate < promised THEN 'too little'
    END AS verdict,
    won,
    deals,
    rate_of(won, deals) AS close_rate,
    CAST(won_amount AS DECIMAL(18, 2)) AS won_amount,
    CAST(amount AS DECIMAL(18, 2)) AS amount,
    value_rate,
    promised,
    still_open,
    removed,
    'category_close_rate' AS assumption,
    won || ' of ' || deals || ' deals in ' || category || ' on ' || strftime(taken_on, '%Y-%m-%d')
    || ' were won in the period.' AS evidence
FROM rated
ORDER BY list_position(['commit', 'best case', 'pipeline'], category), taken_on
