-- figure:     feedback-themes
-- title:      What customers say
-- question:   Which theme do how many customers name, how grave is it, and does anything else say so?
-- curriculum: M8.5
-- source:     domain M8.5 Scoring: distinct accounts x severity x weight of the segment, revenue beside it
-- grain:      one row per theme of the feedback of 547 days
-- parameters:
--   as_of     date   feedback captured in the 547 days up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   theme         text    as it was triaged
--   verdict       state   proven: plays that take it up rest on something besides feedback; signal: several
--                         accounts, nothing else; one voice: a single account
--   accounts      count   distinct accounts that say so, with those that agree: accounts, not voices
--   board         count   accounts on the advisory board
--   share         rate(on_board/board)  of the board's accounts, those that say so; NULL: no board
--   on_board      count   of the accounts, those on the board
--   voices        count   items of feedback
--   severity      number  mean, 1 to 5; NULL: none was triaged
--   priority      number  accounts x severity x weight of the segment; NULL: none was triaged
--   rank          count   by priority; NULL: none
--   revenue       money   won from these accounts in 365 days: beside the priority, never in it
--   revenue_rank  count   by revenue: one large account speaks loudly and is still one
--   accepted      count   items that change a play
--   declined      count   items declined
--   open          count   items that nobody has decided
--   plays         count   plays that they change
--   other         count   records besides feedback that these plays rest on
--   words         text    the gravest of it in the customer's words, if it may be quoted

WITH items AS (
    SELECT
        lower(trim(theme)) AS theme_key,
        *
    FROM record_feedback
    WHERE trim(theme) <> ''
        AND CAST(created_at AS DATE) BETWEEN win_loss_start() AND as_of()
),

saying AS (
    SELECT theme_key, lower(trim(account)) AS account FROM items WHERE account IS NOT NULL
    UNION
    SELECT items.theme_key, lower(trim(agreeing.account)) AS account
    FROM items
    INNER JOIN record_feedback_agreeing AS agreeing ON agreeing.record_id = items.record_id
    WHERE agreeing.account IS NOT NULL
),

board AS (
    SELECT DISTINCT lower(trim(account)) AS account FROM record_board_member WHERE state = 'member'
),

customers AS (
    SELECT lower(trim(account)) AS account, sum(revenue) AS revenue FROM customers_at() GROUP BY lower(trim(account))
),

accounts AS (
    SELECT
        saying.theme_key,
        count(*) AS accounts,
        count(board.account) AS on_board,
        sum(customers.revenue) AS revenue
    FROM saying
    LEFT JOIN board ON board.account = saying.account
    LEFT JOIN customers ON customers.account = saying.account
    GROUP BY saying.theme_key
),

taken_up AS (
    SELECT DISTINCT theme_key, play
    FROM items
    WHERE play IS NOT NULL
        AND state IN ('accepted', 'shipped', 'told-back')
        AND decline_reason IS NULL
),

resting AS (
    SELECT
        taken_up.theme_key,
        count(DISTINCT taken_up.play) AS plays,
        count(DISTINCT evidence.record) FILTER (NOT starts_with(evidence.record, 'FB-')) AS other
    FROM taken_up
    LEFT JOIN record_play_evidence AS evidence ON evidence.record_id = taken_up.play
    GROUP BY taken_up.theme_key
),

counted AS (
    SELECT
        theme_key,
        min(trim(theme)) AS theme,
        count(*) AS voices,
        avg(severity) AS severity,
        avg(assumption('feedback_segment_weight', coalesce(segment, '*'), as_of())) AS weight,
        count(*) FILTER (state IN ('accepted', 'shipped', 'told-back') AND decline_reason IS NULL) AS accepted,
        count(*) FILTER (state IN ('declined', 'told-back') AND decline_reason IS NOT NULL) AS declined,
        count(*) FILTER (state IN ('captured', 'triaged')) AS open,
        arg_max(verbatim, (coalesce(severity, 0), record_id)) FILTER (consent = 'yes') AS words
    FROM items
    GROUP BY theme_key
),

scored AS (
    SELECT
        counted.*,
        coalesce(accounts.accounts, 0) AS accounts,
        coalesce(accounts.on_board, 0) AS on_board,
        (SELECT count(*) FROM board) AS board,
        accounts.revenue,
        coalesce(resting.plays, 0) AS plays,
        coalesce(resting.other, 0) AS other,
        coalesce(accounts.accounts, 0) * counted.severity * CAST(counted.weight AS DOUBLE) AS priority
    FROM counted
    LEFT JOIN accounts ON accounts.theme_key = counted.theme_key
    LEFT JOIN resting ON resting.theme_key = counted.theme_key
)

SELECT
    theme,
    CASE WHEN other > 0 THEN 'proven' WHEN accounts > 1 THEN 'signal' ELSE 'one voice' END AS verdict,
    accounts,
    board,
    rate_of(on_board, board) AS share,
    on_board,
    voices,
    severity,
    priority,
    CASE WHEN priority IS NOT NULL THEN rank() OVER (ORDER BY priority DESC NULLS LAST) END AS rank,
    CAST(revenue AS DECIMAL(18, 2)) AS revenue,
    CASE WHEN revenue IS NOT NULL THEN rank() OVER (ORDER BY revenue DESC NULLS LAST) END AS revenue_rank,
    accepted,
    declined,
    open,
    plays,
    other,
    words
FROM scored
ORDER BY priority DESC NULLS LAST, accounts DESC, theme
