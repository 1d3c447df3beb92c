-- figure:     win-rate
-- title:      Win rate by month
-- question:   Of the deals closed each month, how many were won,
--             and is that above the threshold?
-- curriculum: M8.2, M8.1
-- source:     domain M8.2; won / (won + lost) by close date
-- grain:      one row per fiscal month and value of the dimension
-- needs:      opportunities
-- parameters:
--   period_start  date    first day of the review period
--   slice         text?   one value of the dimension only
-- columns:
--   month       month               fiscal month of the close date
--   slice       text                value of the dimension;
--                                   NULL: not set in the CRM
--   won         count               deals won
--   closed      count "All closed" won + lost
--   win_rate    rate(won/closed)    NULL when nothing closed
--   won_amount  money "Won"         amount won
-- chart:      line x=month y=win_rate series=slice
-- drill:      deals slice=slice month=month
-- opens:      post-mortem account=slice

-- The view leaves cancelled deals out already.
SELECT month, slice,
    count(*) FILTER (state = 'won') AS won,
    count(*) AS closed,
    count(*) FILTER (state = 'won') / count(*)::DOUBLE AS win_rate,
    sum(amount) FILTER (state = 'won')::DECIMAL(18,2) AS won_amount
FROM closed_deals
WHERE month >= getvariable('period_start')
    AND (getvariable('slice') IS NULL OR slice = getvariable('slice'))
GROUP BY ALL
ORDER BY month, slice;
