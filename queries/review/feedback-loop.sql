-- figure:     feedback-loop
-- title:      What customers are waiting for
-- question:   What has a customer told us that nobody has read, decided, changed or told back?
-- curriculum: M8.5
-- source:     domain M8.5 Feedback item: captured, triaged, accepted or declined, shipped, told back
-- grain:      one row per feedback that is not told back, or was since the period began
-- parameters:
--   period_start  date   what was told back before it is not shown
--   as_of         date   days are counted to this one
--   known_at      instant?  what was written after this instant is not seen
-- columns:
--   record        id     the feedback
--   account       text   who said it; NULL: not noted
--   theme         text   what about; NULL: not triaged
--   state         state  captured, triaged, accepted, declined, shipped, told-back
--   waiting_for   text   triage, decision, change of the play, telling back; NULL: nothing
--   due_on        date   of that; NULL: a change takes as long as its play
--   days_overdue  days   days past it; NULL: not due
--   verbatim      text   in their words
--   severity      count  1 would be nice, 5 they leave over it; NULL: not triaged
--   accounts      count  accounts that say so, this one included
--   segment       text   of the account
--   play          id     the play that changes because of it; NULL: none is named
--   play_state    state  state of it
--   consent       state  whether it may be quoted
--   session       text   of the advisory board
--   since         date   in this state since
-- opens:      feedback record=record

WITH agreeing AS (
    SELECT record_id, lower(trim(account)) AS account FROM record_feedback WHERE account IS NOT NULL
    UNION
    SELECT record_id, lower(trim(account)) AS account FROM record_feedback_agreeing WHERE account IS NOT NULL
),

counted AS (
    SELECT record_id, count(*) AS accounts FROM agreeing GROUP BY record_id
),

items AS (
    SELECT
        feedback.*,
        states.since,
        play.state AS play_state,
        play_states.since AS play_since,
        coalesce(counted.accounts, 0) AS accounts
    FROM record_feedback AS feedback
    INNER JOIN record_states() AS states ON states.record_id = feedback.record_id
    LEFT JOIN record_play AS play ON play.record_id = feedback.play
    LEFT JOIN record_states() AS play_states ON play_states.record_id = play.record_id
    LEFT JOIN counted ON counted.record_id = feedback.record_id
    WHERE feedback.state <> 'told-back'
        OR states.since >= period_start()
),

waiting AS (
    SELECT
        *,
        CASE
            WHEN state = 'captured' THEN 'triage'
            WHEN state = 'triaged' THEN 'decision'
            WHEN state = 'accepted' AND play_state IS DISTINCT FROM 'published' THEN 'change of the play'
            WHEN state IN ('accepted', 'shipped', 'declined') THEN 'telling back'
        END AS waiting_for
    FROM items
),

dated AS (
    SELECT
        *,
        CASE waiting_for
            WHEN 'triage' THEN since + CAST(assumption('feedback_triage_days', '*', as_of()) AS INTEGER)
            WHEN 'decision' THEN since + CAST(assumption('feedback_decide_days', '*', as_of()) AS INTEGER)
            -- The customer waits from the day on which there is something to tell.
            WHEN 'telling back' THEN CASE WHEN state = 'accepted' THEN greatest(since, play_since) ELSE since END
                + CAST(assumption('feedback_tell_days', '*', as_of()) AS INTEGER)
        END AS due_on
    FROM waiting
)

SELECT
    record_id AS record,
    account,
    theme,
    state,
    waiting_for,
    due_on,
    CASE WHEN as_of() > due_on THEN as_of() - due_on END AS days_overdue,
    verbatim,
    CAST(severity AS BIGINT) AS severity,
    accounts,
    segment,
    play,
    play_state,
    consent,
    "session",
    since
FROM dated
ORDER BY
    days_overdue DESC NULLS LAST,
    list_position(['captured', 'triaged', 'accepted', 'shipped', 'declined', 'told-back'], state),
    due_on NULLS LAST,
    record_id
