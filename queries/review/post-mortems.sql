-- figure:     post-mortems
-- title:      Post-mortems
-- question:   Which strategic losses have been worked through, and which are waiting for whom?
-- curriculum: M8.7
-- source:     domain M8.7
-- grain:      one row per strategic loss of the period, and per earlier one that is not done
-- needs:      opportunities
-- parameters:
--   period_start  date   first day of the period under review
--   period_end    date   last day of it
--   as_of         date   losses and dates by this day
--   known_at      instant?  what was written after this instant is not seen
-- columns:
--   opportunity_id  id     key of the CRM
--   opportunity     text   its name
--   status          state  due, overdue (form or review is late), draft, submitted, done
--   days_overdue    days   days past it; NULL: in time
--   amount          money  last amount while it was open; NULL: nobody entered one
--   owner           text   seller
--   waiting_for     text   form or review; NULL: nothing
--   due_on          date   when that is due; NULL: nothing is
--   account         text   customer
--   segment         text   the deal's, else the account's
--   region          text   the deal's, else the owner's, else the account's
--   manager         text   the seller's manager
--   closed_on       date   lost on
--   competitor      text   competitors in the deal
--   loss_reason     text   as the CRM says
--   because         text   why it is strategic: marked, amount, account; chosen: none of them, but
--                          somebody wrote one
--   carried_over    flag   lost before the period
--   record          id     the post-mortem; NULL: none yet
-- drill:      deals opportunity_id=opportunity_id
-- opens:      post-mortem opportunity_id=opportunity_id record=record

WITH losses AS (
    SELECT
        deal.*,
        closing.amount AS lost_amount
    FROM deals_at(as_of()) AS deal
    INNER JOIN closings_at(
        as_of(), least(period_start(), win_loss_start()), least(period_end(), as_of()), true
    ) AS closing ON closing.opportunity_id = deal.opportunity_id
    WHERE NOT closing.won
        AND deal.state = 'lost'
        AND deal.close_date BETWEEN least(period_start(), win_loss_start())
            AND least(period_end(), as_of())
),

-- The limit in force when the deal was lost: the segment's own, else the general one.
limits AS (
    SELECT
        scope,
        value,
        effective_from,
        effective_to
    FROM assumption_history()
    WHERE name = 'strategic_amount'
),

marked AS (
    SELECT
        losses.*,
        CASE
            WHEN losses.strategic THEN 'marked'
            WHEN losses.lost_amount >= coalesce(own.value, general.value) THEN 'amount'
            WHEN upper(losses.account_rank) IN ('A', '1') THEN 'account'
        END AS reason
    FROM losses
    LEFT JOIN limits AS own
        ON own.scope = losses.segment
        AND losses.close_date >= own.effective_from
        AND losses.close_date < own.effective_to
    LEFT JOIN limits AS general
        ON general.scope = '*'
        AND losses.close_date >= general.effective_from
        AND losses.close_date < general.effective_to
),

records AS (
    SELECT
        opportunity_id,
        max_by(record_id, created_at) AS record_id,
        max_by(state, created_at) AS state
    FROM record_post_mortem
    GROUP BY opportunity_id
),

paired AS (
    SELECT
        marked.*,
        records.record_id,
        records.state AS record_state,
        CASE
            WHEN records.state IN ('reviewed', 'published') THEN NULL
            WHEN records.state = 'submitted' THEN 'review'
            ELSE 'form'
        END AS waiting_for
    FROM marked
    LEFT JOIN records ON records.opportunity_id = marked.opportunity_id
    WHERE marked.reason IS NOT NULL
        OR records.record_id IS NOT NULL
),

dated AS (
    SELECT
        *,
        close_date + CAST(CASE waiting_for
            WHEN 'form' THEN assumption('post_mortem_form_days', '*', as_of())
            WHEN 'review' THEN assumption('post_mortem_review_days', '*', as_of())
        END AS INTEGER) AS due_on
    FROM paired
    WHERE close_date >= period_start()
        OR waiting_for IS NOT NULL
),

judged AS (
    SELECT
        *,
        CASE
            WHEN waiting_for IS NULL THEN 'done'
            WHEN as_of() > due_on THEN 'overdue'
            WHEN waiting_for = 'review' THEN 'submitted'
            WHEN record_id IS NOT NULL THEN 'draft'
            ELSE 'due'
        END AS status
    FROM dated
)

SELECT
    opportunity_id,
    opportunity,
    status,
    CASE WHEN as_of() > due_on THEN as_of() - due_on END AS days_overdue,
    lost_amount AS amount,
    owner,
    waiting_for,
    due_on,
    account,
    segment,
    region,
    manager,
    close_date AS closed_on,
    competitor,
    loss_reason,
    coalesce(reason, 'chosen') AS because,
    close_date < period_start() AS carried_over,
    record_id AS record
FROM judged
ORDER BY
    list_position(['overdue', 'due', 'draft', 'submitted', 'done'], status),
    amount DESC NULLS LAST,
    opportunity_id
