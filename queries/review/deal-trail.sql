-- figure:     deal-trail
-- title:      How the deal went
-- question:   When did the deal's stage, category, amount or close date change, and which way?
-- curriculum: M8.7, M8.1
-- source:     domain M8.7 Facts: close-date pushes (count, days), amount changes, categories, from the exports
-- grain:      one row per deal and export in which something of it changed
-- needs:      opportunities
-- parameters:
--   period_start    date   of deals that close from this day
--   period_end      date   to this day
--   as_of           date   exports up to this day
--   opportunity_id  text?  of this deal, whenever it closes
-- columns:
--   opportunity    text    its name
--   seen_on        date    day of the export that shows it first
--   changed        list    what is not as it was before: first seen, reopened, won, lost, cancelled, stage,
--                          category, amount, close date, owner
--   stage          text    from then on; and so the following
--   category       text    forecast category
--   amount         money   NULL: nobody entered one
--   amount_change  money   while it was open; NULL: none
--   close_date     date    expected close, or closed on
--   moved_days     days "Moved by"  how far the expected close was pushed out, or (below zero) pulled in; NULL:
--                          not, or the CRM set it on closing
--   state          state   open, won, lost, cancelled
--   owner          text    seller
--   origin         text    export, or derived from a log of changes
--   opportunity_id  id      key of the CRM
-- private:    owner
-- chart:      line x=seen_on y=amount series=opportunity

WITH chosen AS (
    SELECT opportunity_id
    FROM facts.opportunity
    WHERE valid_from <= as_of()
        AND (valid_to IS NULL OR valid_to > as_of() OR getvariable('opportunity_id') IS NOT NULL)
        AND (
            opportunity_id = getvariable('opportunity_id')
            OR (getvariable('opportunity_id') IS NULL AND close_date BETWEEN period_start() AND period_end())
        )
    GROUP BY opportunity_id
)

SELECT
    step.opportunity,
    step.valid_from AS seen_on,
    step.changed,
    step.stage,
    step.category,
    step.amount,
    step.amount_change,
    step.close_date,
    step.moved_days,
    step.state,
    step.owner,
    shown.origin,
    step.opportunity_id
FROM deal_steps(getvariable('opportunity_id')) AS step
SEMI JOIN chosen ON chosen.opportunity_id = step.opportunity_id
LEFT JOIN facts.snapshot AS shown ON shown.taken_on = step.valid_from
WHERE step.within_scope
ORDER BY step.opportunity, step.opportunity_id, step.valid_from DESC
