-- figure:     play-traceability
-- title:      Which sentence made which clause
-- question:   On what does each clause of a play rest, and which accepted word of a customer changed nothing?
-- curriculum: M8.5, M8.7
-- source:     domain M8.5 Traceability rule: each accepted item changes a play, each change has its evidence
-- grain:      one row per clause of a play that is not retired, and per accepted feedback or criterion in
--             force that no clause answers
-- parameters:
--   known_at  instant?  what was written after this instant is not seen
-- columns:
--   title       text   the play; NULL: there is none
--   clause      count  place of the clause in the play; NULL: no clause answers it
--   verdict     state  traced; no reason: the clause names none; gone: it names a record that is not there;
--                      withdrawn: one that does not stand; other segment; evidence only: the play lists it,
--                      no clause answers it; unheard: accepted, and the play does not know; no play: accepted
--                      for none; not taken up: a criterion in force that no play uses
--   text        text   the clause
--   because     id     the record that it rests on
--   words       text   the sentence, as the clause quotes it, else as the record has it
--   said_by     text   whose words they are
--   play        id     the play; NULL: there is none
--   play_state  state  state of it
--   segment     text   whom the play is for; NULL: all
-- private:    said_by
-- opens:      play title=title record=play

WITH plays AS (
    SELECT * FROM record_play WHERE state <> 'retired'
),

why AS (
    SELECT * FROM reasons()
),

clauses AS (
    SELECT
        plays.title,
        step.row_number AS clause,
        CASE
            WHEN step.because IS NULL THEN 'no reason'
            WHEN why.record_id IS NULL THEN 'gone'
            WHEN NOT why.stands THEN 'withdrawn'
            WHEN lower(trim(why.segment)) <> lower(trim(plays.segment)) THEN 'other segment'
            ELSE 'traced'
        END AS verdict,
        step.step AS text,
        step.because,
        coalesce(step.words, why.words) AS words,
        why.said_by,
        plays.record_id AS play,
        plays.state AS play_state,
        plays.segment
    FROM plays
    INNER JOIN record_play_steps AS step ON step.record_id = plays.record_id
    LEFT JOIN why ON why.record_id = step.because
),

unanswered AS (
    SELECT
        plays.title,
        CASE
            WHEN plays.record_id IS NULL THEN 'no play'
            WHEN listed.record_id IS NOT NULL THEN 'evidence only'
            ELSE 'unheard'
        END AS verdict,
        feedback.record_id AS because,
        feedback.verbatim AS words,
        concat_ws(' · ', feedback.account, feedback.theme) AS said_by,
        plays.record_id AS play,
        plays.state AS play_state,
        plays.segment
    FROM record_feedback AS feedback
    LEFT JOIN plays ON plays.record_id = feedback.play
    LEFT JOIN (SELECT DISTINCT record_id, record FROM record_play_evidence) AS listed
        ON listed.record_id = plays.record_id
        AND listed.record = feedback.record_id
    WHERE (
            feedback.state IN ('accepted', 'shipped')
            OR (feedback.state = 'told-back' AND feedback.decline_reason IS NULL)
        )
        AND NOT EXISTS (
            SELECT 1 FROM clauses WHERE clauses.because = feedback.record_id AND clauses.play = feedback.play
        )
        -- A play that is retired has had its time, and so have the words that made it.
        AND NOT EXISTS (
            SELECT 1 FROM record_play AS gone WHERE gone.record_id = feedback.play AND gone.state = 'retired'
        )
),

not_taken_up AS (
    SELECT
        'not taken up' AS verdict,
        criterion.record_id AS because,
        criterion.rule AS words,
        criterion.title AS said_by,
        criterion.segment
    FROM record_criterion AS criterion
    WHERE criterion.state = 'in-force'
        AND NOT EXISTS (SELECT 1 FROM clauses WHERE clauses.because = criterion.record_id)
        AND NOT EXISTS (
            SELECT 1
            FROM record_play_evidence AS evidence
            INNER JOIN plays ON plays.record_id = evidence.record_id
            WHERE evidence.record = criterion.record_id
        )
),

together AS (
    SELECT * FROM clauses
    UNION ALL BY NAME SELECT * FROM unanswered
    UNION ALL BY NAME SELECT * FROM not_taken_up
)

SELECT
    title,
    CAST(clause AS BIGINT) AS clause,
    verdict,
    text,
    because,
    words,
    said_by,
    play,
    play_state,
    segment
FROM together
ORDER BY
    list_position(
        [
            'gone', 'withdrawn', 'other segment', 'unheard', 'no play', 'evidence only', 'not taken up', 'no reason',
            'traced'
        ],
        verdict
    ),
    play NULLS LAST,
    clause NULLS LAST,
    because
