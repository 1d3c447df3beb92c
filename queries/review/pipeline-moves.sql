-- figure:     pipeline-moves
-- title:      Deals behind the pipeline movement
-- question:   Which deals moved, from where to where, and by how much?
-- curriculum: M8.1
-- source:     domain M8.1, bridge B1
-- grain:      one row per opportunity that moved or stayed in the pipeline or bookings of the period
-- needs:      opportunities
-- parameters:
--   period_start  date   as in pipeline-bridge
--   period_end    date   as in pipeline-bridge
--   as_of         date   as in pipeline-bridge
--   line          text?  a line of the bridge; NULL: all of them
-- columns:
--   opportunity_id   id     key of the CRM
--   opportunity      text   its name
--   account          text   customer
--   owner            text   at the end, else at the start
--   line             text   what happened, by the pair of states
--   place_before     state  open, later, overdue, omitted, won, won elsewhere, lost, cancelled; new or
--                           entered: was not there
--   place_after      state  the same at the end; absent: no longer there
--   amount_before    money  amount at the start; NULL: not there, or nobody entered one
--   amount_after     money  amount at the end
--   amount           money "Pipeline"  effect of the line on the open pipeline
--   booked           money "Booked"    effect of the line on the bookings
--   change           money  how much the amount itself went up or down while it stayed or was won
--   fx               money  how much a new plan rate changed it before that
--   category_before  text   forecast category at the start
--   category_after   text   forecast category at the end
--   close_before     date   close date at the start
--   close_after      date   close date at the end
--   note             text   why a deal entered or was removed; NULL: the line says all
-- private:    owner
-- drill:      deals opportunity_id=opportunity_id

SELECT
    opportunity_id,
    opportunity,
    account,
    owner,
    line,
    place_before,
    place_after,
    CAST(amount_before AS DECIMAL(18, 2)) AS amount_before,
    CAST(amount_after AS DECIMAL(18, 2)) AS amount_after,
    CAST(open_effect AS DECIMAL(18, 2)) AS amount,
    CAST(booked_effect AS DECIMAL(18, 2)) AS booked,
    CAST(change AS DECIMAL(18, 2)) AS change,
    CAST(fx AS DECIMAL(18, 2)) AS fx,
    category_before,
    category_after,
    close_before,
    close_after,
    CASE
        WHEN place_before = 'entered' AND owner_before <> owner_after
            THEN 'came from ' || owner_before
        WHEN place_before = 'entered' AND owner_before IS NOT NULL THEN 'came from outside the filter'
        WHEN place_before = 'entered' THEN 'created before the start, not in its export'
        WHEN place_after = 'absent' AND owner_before <> owner_after THEN 'went to ' || owner_after
        WHEN place_after = 'absent' AND owner_after IS NOT NULL THEN 'went outside the filter'
        WHEN place_after = 'absent' THEN 'no longer in the export'
    END AS note
FROM pipeline_movements(opening_snapshot(), closing_snapshot())
WHERE CASE getvariable('line')
        WHEN 'Open at start' THEN place_before = 'open'
        WHEN 'Open at end' THEN place_after = 'open'
        WHEN 'Amount up' THEN change > 0
        WHEN 'Amount down' THEN change < 0
        WHEN 'Exchange rates' THEN fx <> 0
        ELSE coalesce(line = getvariable('line'), true)
    END
ORDER BY line, greatest(coalesce(amount_after, 0), coalesce(amount_before, 0)) DESC, opportunity_id
