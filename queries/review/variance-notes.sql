-- figure:     variance-notes
-- title:      Variance notes
-- question:   Who explained which variance, by what, and what follows from it?
-- curriculum: M8.1
-- source:     domain M8.1, variance explanation: deal, cause, controllable, evidence, learning
-- grain:      one row per cause of a note about the period, and one for a note without any
-- parameters:
--   quarter   text      the period under review
--   as_of     date      unused by the notes; for the days in their state
--   known_at  instant?  notes written after this instant are not seen
--   cause     text?     this cause only
-- columns:
--   line          text    the line of the figure that it is about
--   state         state   draft or explained
--   cause         text    NULL: none is named yet
--   controllable  state   yes, in part, no
--   amount        money   its effect on the actual, with its sign
--   deal          text    if it is one deal
--   evidence      text    where it can be seen
--   learning      text    what we would call otherwise next time
--   variance      money   of the line, when the note was begun
--   owner         text    who sees to it
--   changes       id      assumption, decision or action that follows
--   author        text    who wrote it last
--   in_state      days    days in this state
--   finding       id      identity of the line
--   note          id      the note
-- private:    owner, author
-- opens:      variance-note record=note

SELECT
    note.line,
    note.state,
    cause.cause,
    cause.controllable,
    cause.amount,
    cause.deal,
    cause.evidence,
    note.learning,
    note.variance,
    note.owner,
    note.changes,
    note.updated_by AS author,
    as_of() - states.since AS in_state,
    note.finding,
    note.record_id AS note
FROM record_variance_note AS note
INNER JOIN record_states() AS states ON states.record_id = note.record_id
LEFT JOIN record_variance_note_causes AS cause ON cause.record_id = note.record_id
WHERE note.state <> 'withdrawn'
    AND note.quarter = getvariable('quarter')
    AND (getvariable('cause') IS NULL OR cause.cause = getvariable('cause'))
ORDER BY note.record_id, cause.row_number
