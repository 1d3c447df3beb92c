-- figure:     win-rate
-- title:      Win rate by month
-- question:   Of the deals closed each month, how many were won, and is that above the threshold?
-- curriculum: M8.2
-- source:     domain M8.2, §0.2; won / (won + lost) by fiscal month of the close date
-- grain:      one row per fiscal month and value of the dimension
-- needs:      opportunities
-- parameters:
--   period_start  date   first day of the period; of a quarter, the nine months before it are shown too
--   period_end    date   last day of it
--   as_of         date   closings as they stood on this day
--   slice         text?  one value of the dimension only
-- columns:
--   month           month                fiscal month of the close date
--   slice           text                 value of the dimension
--   won             count                deals won
--   closed          count                won + lost; cancelled deals are on neither side
--   win_rate        rate(won/closed)     NULL when nothing closed
--   low             share                lower end of the Wilson interval, 90 %
--   high            share                upper end of it
--   won_amount      money "Won"          amount won; NULL when nothing was, or no amount is known
--   closed_amount   money "Won or lost"  amount won and lost, a loss with its last amount while open
--   unvalued        count                closed deals of which nobody ever entered an amount
--   value_win_rate  share                won / won or lost; NULL when any amount is missing from it
--   threshold       share                in force on the first day of the month
--   state           state                OK, BELOW (strictly), LOW_N, EMPTY, PARTIAL (late bookings may
--                                        still come in); NULL: no threshold is in force
--   won_then        count                deals won by the first export after the month was complete
--   closed_then     count                won + lost by that export
--   first_told      rate(won_then/closed_then) "First told"  what was told then; NULL: no export since
--   restated        flag                 it is counted otherwise today; NULL: no export since
-- chart:      line x=month y=win_rate series=slice reference=threshold low=low high=high
-- drill:      deals slice=slice month=month

SELECT
    month_start AS month,
    slice,
    won,
    closed,
    rate_of(won, closed) AS win_rate,
    wilson_low(won, closed, z_90()) AS low,
    wilson_high(won, closed, z_90()) AS high,
    CAST(won_amount AS DECIMAL(18, 2)) AS won_amount,
    CAST(closed_amount AS DECIMAL(18, 2)) AS closed_amount,
    unvalued,
    CASE WHEN unvalued = 0 THEN share_of(coalesce(won_amount, 0), closed_amount) END
        AS value_win_rate,
    CAST(threshold AS DOUBLE) AS threshold,
    state,
    won_then,
    closed_then,
    rate_of(won_then, closed_then) AS first_told,
    restated
FROM win_rate_months(trend_start())
WHERE getvariable('slice') IS NULL OR slice = getvariable('slice')
ORDER BY slice = not_set(), slice, month
