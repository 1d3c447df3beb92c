//! The lines of the list: what holds for the whole file, then its columns.

use crate::ingest::preview::{About, Preview, Question};

/// Something that can be selected and changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    Table,
    /// Which one of a workbook.
    Sheet,
    Headers,
    Currency,
    Day,
    /// A column of ours that every row needs and that comes from nowhere.
    Needed(&'static str),
    /// A column of ours with the same value in every row.
    Same(&'static str),
    /// A column of the file, from 0.
    Column(usize),
    /// Columns of ours that come from nowhere and need not.
    Others,
    /// Values that no list knows.
    Keys,
}

/// In the order in which they are shown.
pub fn lines(preview: &Preview) -> Vec<Line> {
    let draft = &preview.draft;
    let mut lines = vec![Line::Table];
    if !preview.sheets.is_empty() {
        lines.push(Line::Sheet);
    }
    lines.push(Line::Headers);
    if draft.fact.history {
        lines.push(Line::Day);
    }
    if draft.fact.column("currency").is_some() && draft.sources("currency").is_empty() {
        lines.push(Line::Currency);
    }
    lines.extend(draft.needed().into_iter().map(Line::Needed));
    let same = draft.fact.columns.iter().filter(|column| draft.constant(column.name).is_some());
    lines.extend(same.map(|column| Line::Same(column.name)));
    lines.extend((0..preview.columns.len()).map(Line::Column));
    if !draft.open_columns().is_empty() {
        lines.push(Line::Others);
    }
    let unknown = preview.report.iter().flat_map(|report| &report.unknown);
    if unknown.flat_map(|unknown| &unknown.most).next().is_some() {
        lines.push(Line::Keys);
    }
    lines
}

/// What has to be settled on a line.
pub fn question<'a>(preview: &'a Preview, line: &Line) -> Option<&'a Question> {
    let is = |about: &About| match (line, about) {
        (Line::Needed(ours), About::Needed(asked)) => ours == asked,
        (Line::Column(place), About::Column(asked)) => place == asked,
        (Line::Column(place), About::Words) => tells_the_state(preview, *place),
        (Line::Sheet, About::Sheet)
        | (Line::Currency, About::Currency)
        | (Line::Day, About::Day) => true,
        _ => false,
    };
    preview.questions.iter().find(|question| is(&question.about))
}

/// The words of this column of the file tell the state.
pub fn tells_the_state(preview: &Preview, place: usize) -> bool {
    let draft = &preview.draft;
    draft.state_column().is_some_and(|ours| draft.taken_for(place).contains(&ours))
}
