-- figure:     post-mortems
-- title:      Post-mortems
-- question:   Which strategic losses have been worked through, and which are waiting for whom?
-- curriculum: M8.7
-- source:     domain M8.7 Entry rule and its times: form, review, publication; the buyer asked and talked to;
--             opened again within 30 days the case is called off
-- grain:      one row per case: of each strategic loss of the period, and of each earlier one that is not done
--             or that was lifted since the period began
-- needs:      opportunities
-- parameters:
--   period_start  date   first day of the period under review
--   period_end    date   last day of it
--   as_of         date   losses and dates by this day
--   known_at      instant?  what was written after this instant is not seen
-- columns:
--   opportunity_id  id     key of the CRM
--   opportunity     text   its name
--   status          state  due, overdue (the next step is late), draft, submitted, reviewed, done; lifted:
--                          the deal is not lost any more, so nothing is due
--   days_overdue    days   days past it; NULL: in time
--   amount          money  last amount while it was open; NULL: nobody entered one
--   owner           text   seller
--   waiting_for     text   form (the seller), review, publication; NULL: nothing
--   due_on          date   when that is due; NULL: nothing is
--   interview       state  of the buyer: ask (in time), ask now (it is late), asked, late (asked, and no talk in
--                          its days), talked, declined; NULL: the case is lifted
--   interview_by    date   the day by which to ask, or to have talked; NULL: over
--   since_then      text   what became of the deal after the loss, and when exports showed it; NULL: it is lost
--   account         text   customer
--   segment         text   the deal's, else the account's
--   region          text   the deal's, else the owner's, else the account's
--   manager         text   the seller's manager
--   closed_on       date   lost on
--   competitor      text   competitors in the deal
--   loss_reason     text   as the CRM says
--   because         text   why it is strategic: marked, amount, account, displaced (a customer, lost to a
--                          competitor), new vertical; chosen: none of them, but somebody wrote one
--   carried_over    flag   lost before the period
--   record          id     the post-mortem; NULL: none yet
--   case_id         id     deal, and from its second case on the number: the same on every run
-- private:    owner, manager
-- drill:      deal-trail opportunity_id=opportunity_id
-- opens:      post-mortem opportunity_id=opportunity_id record=record

WITH cases AS (
    SELECT
        loss.*,
        states.since,
        post_mortem.interview_asked_on,
        post_mortem.interview_date,
        coalesce(post_mortem.interview_declined = 'yes', false) AS declined,
        CASE
            WHEN loss.record_state = 'published' OR loss.lifted THEN NULL
            WHEN loss.record_state = 'reviewed' THEN 'publication'
            WHEN loss.record_state = 'submitted' THEN 'review'
            ELSE 'form'
        END AS waiting_for
    FROM strategic_cases(
        least(period_start(), win_loss_start()), least(period_end(), as_of())
    ) AS loss
    LEFT JOIN record_post_mortem AS post_mortem ON post_mortem.record_id = loss.record_id
    LEFT JOIN record_states() AS states ON states.record_id = loss.record_id
),

dated AS (
    SELECT
        *,
        CASE waiting_for
            WHEN 'form' THEN close_date + CAST(assumption('post_mortem_form_days', '*', as_of()) AS INTEGER)
            WHEN 'review' THEN close_date + CAST(assumption('post_mortem_review_days', '*', as_of()) AS INTEGER)
            WHEN 'publication' THEN since + CAST(assumption('post_mortem_publish_days', '*', as_of()) AS INTEGER)
        END AS due_on,
        CASE
            WHEN interview_date <= as_of() OR declined OR lifted THEN NULL
            WHEN interview_asked_on IS NULL
                THEN close_date + CAST(assumption('buyer_asked_days', '*', as_of()) AS INTEGER)
            ELSE close_date + CAST(assumption('buyer_talk_days', '*', as_of()) AS INTEGER)
        END AS interview_by
    FROM cases
    WHERE close_date >= period_start()
        OR waiting_for IS NOT NULL
        OR (lifted AND became_on >= period_start())
),

judged AS (
    SELECT
        *,
        CASE
            WHEN record_state = 'published' THEN 'done'
            WHEN lifted THEN 'lifted'
            WHEN as_of() > due_on THEN 'overdue'
            WHEN waiting_for = 'publication' THEN 'reviewed'
            WHEN waiting_for = 'review' THEN 'submitted'
            WHEN record_id IS NOT NULL THEN 'draft'
            ELSE 'due'
        END AS status,
        CASE
            WHEN interview_date <= as_of() THEN 'talked'
            WHEN declined THEN 'declined'
            WHEN lifted THEN NULL
            WHEN interview_asked_on IS NULL THEN CASE WHEN as_of() > interview_by THEN 'ask now' ELSE 'ask' END
            ELSE CASE WHEN as_of() > interview_by THEN 'late' ELSE 'asked' END
        END AS interview
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
    interview,
    interview_by,
    CASE became
        WHEN 'open' THEN 'opened again ' || strftime(became_on, '%Y-%m-%d') || ', ' || (became_on - close_date)
            || ' days after the loss' || CASE WHEN lifted THEN '' ELSE ': the case stands' END
        WHEN 'won' THEN 'won after all ' || strftime(became_on, '%Y-%m-%d')
        WHEN 'cancelled' THEN 'called off ' || strftime(became_on, '%Y-%m-%d')
        WHEN 'gone' THEN 'in no export since ' || strftime(became_on, '%Y-%m-%d')
    END AS since_then,
    account,
    segment,
    region,
    manager,
    close_date AS closed_on,
    competitor,
    loss_reason,
    because,
    close_date < period_start() AS carried_over,
    record_id AS record,
    case_id
FROM judged
ORDER BY
    list_position(['overdue', 'due', 'draft', 'submitted', 'reviewed', 'done', 'lifted'], status),
    amount DESC NULLS LAST,
    case_id
