-- figure:     fix-effect
-- title:      Did the fix work
-- question:   Does a cause lose fewer deals one and two quarters after the action against it was finished?
-- curriculum: M8.7
-- source:     domain M8.7 Follow-through: actions verified effective, read again after one and two quarters
-- grain:      one row per action that follows from a post-mortem, unless it was dropped
-- needs:      opportunities
-- parameters:
--   as_of     date   losses and actions up to this day
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   action         text   what was to be done
--   verdict        state  late: open past its day; open; too early: no quarter is over; fewer: its share of
--                         the losses fell; none: it lost no more; not fewer: it did not fall; no cases: no
--                         post-mortem since or before
--   owner          text   who answers for it
--   due_on         date   it was due
--   finished_on    date   it was done; NULL: not yet
--   driver         text   primary driver of the case it follows from
--   changes        text   the kind of thing it changes
--   before         count  losses with the driver in the two quarters (182 days) before
--   all_before     count  post-mortems of losses in them
--   share_before   rate(before/all_before)  NULL: no case
--   one            count "After one"  losses with it in the 91 days after
--   all_one        count  post-mortems of losses in them
--   share_one      rate(one/all_one)  NULL: no case, or the quarter is not over
--   two            count "After two"  losses with it in the 182 days after
--   all_two        count  post-mortems of losses in them
--   share_two      rate(two/all_two)  NULL: no case, or the quarters are not over
--   read_on        date   the next reading: after one quarter, then after two; NULL: both are over, or not done
--   record         id     the action
--   post_mortem    id     the post-mortem
-- private:    owner
-- opens:      action record=record

WITH actions AS (
    SELECT
        action.record_id,
        action.title,
        action.owner,
        action.due_on,
        action.artefact,
        action.state,
        action.about,
        cause.driver,
        CASE WHEN action.state = 'done' THEN states.since END AS finished_on
    FROM record_action AS action
    INNER JOIN record_states() AS states ON states.record_id = action.record_id
    INNER JOIN (
        SELECT record_id, min(driver) AS driver FROM primary_causes() GROUP BY record_id
    ) AS cause ON cause.record_id = action.about
    WHERE action.state <> 'dropped'
),

losses AS (
    SELECT
        cause.record_id,
        cause.driver,
        closing.close_date
    FROM primary_causes() AS cause
    INNER JOIN closings_at(as_of(), DATE '1900-01-01', as_of(), false) AS closing
        ON closing.opportunity_id = cause.opportunity_id
    WHERE NOT closing.won
),

counted AS (
    SELECT
        actions.record_id,
        count(DISTINCT losses.record_id) FILTER (losses.driver = actions.driver AND days BETWEEN -182 AND -1) AS before,
        count(DISTINCT losses.record_id) FILTER (days BETWEEN -182 AND -1) AS all_before,
        count(DISTINCT losses.record_id) FILTER (losses.driver = actions.driver AND days BETWEEN 1 AND 91) AS one,
        count(DISTINCT losses.record_id) FILTER (days BETWEEN 1 AND 91) AS all_one,
        count(DISTINCT losses.record_id) FILTER (losses.driver = actions.driver AND days BETWEEN 1 AND 182) AS two,
        count(DISTINCT losses.record_id) FILTER (days BETWEEN 1 AND 182) AS all_two
    FROM actions
    LEFT JOIN (
        SELECT actions.record_id AS action, losses.*, losses.close_date - actions.finished_on AS days
        FROM actions
        INNER JOIN losses ON losses.close_date BETWEEN actions.finished_on - 182 AND actions.finished_on + 182
    ) AS losses ON losses.action = actions.record_id
    GROUP BY actions.record_id
),

read AS (
    SELECT
        actions.*,
        counted.* EXCLUDE (record_id),
        as_of() >= actions.finished_on + 91 AS one_over,
        as_of() >= actions.finished_on + 182 AS two_over
    FROM actions
    INNER JOIN counted ON counted.record_id = actions.record_id
),

judged AS (
    SELECT
        *,
        rate_of(before, all_before) AS share_before,
        CASE WHEN one_over THEN rate_of(one, all_one) END AS share_one,
        CASE WHEN two_over THEN rate_of(two, all_two) END AS share_two
    FROM read
)

SELECT
    title AS action,
    CASE
        WHEN state = 'open' AND as_of() > due_on THEN 'late'
        WHEN state = 'open' THEN 'open'
        WHEN NOT one_over THEN 'too early'
        WHEN coalesce(share_two, share_one) IS NULL OR share_before IS NULL THEN 'no cases'
        WHEN coalesce(share_two, share_one) = 0 THEN 'none'
        WHEN coalesce(share_two, share_one) < share_before THEN 'fewer'
        ELSE 'not fewer'
    END AS verdict,
    owner,
    due_on,
    finished_on,
    driver,
    artefact AS changes,
    before,
    all_before,
    share_before,
    one,
    all_one,
    share_one,
    two,
    all_two,
    share_two,
    CASE WHEN NOT one_over THEN finished_on + 91 WHEN NOT two_over THEN finished_on + 182 END AS read_on,
    record_id AS record,
    about AS post_mortem
FROM judged
ORDER BY
    list_position(['late', 'not fewer', 'open', 'too early', 'no cases', 'fewer', 'none'], verdict),
    finished_on NULLS FIRST,
    due_on NULLS LAST,
    record_id
