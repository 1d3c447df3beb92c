//! What keys do to the table of a part: its columns, its order, its marks.
//!
//! Whatever is arranged is remembered for the person, by figure.

use std::sync::Arc;

use crate::catalog::Catalog;
use crate::catalog::figure::Figure;
use crate::domain::text;
use crate::tui::glyphs::Glyphs;
use crate::tui::keymap::Action;
use crate::tui::message::Notice;
use crate::tui::pane::{Desk, Question, Step};
use crate::tui::panes::part::{Part, memory_key};
use crate::tui::widgets::columns;
use crate::tui::widgets::list_picker::PickItem;
use crate::tui::widgets::table::TableView;
use crate::workspace::Answer;

/// Carries out an action on the table; false when it means nothing to one.
/// `width`: of the table on the screen.
pub fn act(part: &mut Part, action: Action, width: u16, desk: &mut Desk<'_>) -> bool {
    let catalog = Arc::clone(desk.catalog);
    let Some((figure, answer)) = shown(part, &catalog) else { return false };
    let table = &answer.table;
    let view = &mut part.view;
    let before = view.arrangement(figure);
    match action {
        Action::Left | Action::Right => view.move_column(figure, action == Action::Right),
        Action::Sort => view.sort_next(figure, table),
        Action::Reverse => view.sort_reverse(figure, table),
        Action::Hide => match view.column.filter(|column| *column != columns::label(figure)) {
            Some(column) => {
                // The next one is gone to, so that several can be hidden in a row.
                view.move_column(figure, true);
                if view.column == Some(column) {
                    view.move_column(figure, false);
                }
                view.choices.hidden.insert(column);
                let heading = &figure.columns[column].heading;
                let [choose, all] = [Action::Columns, Action::Plain].map(|a| desk.key(a));
                desk.say(Notice::plain(format!(
                    "{heading} is hidden. {choose} chooses columns, {all} shows all."
                )));
            }
            None => desk.say(gone_to_none()),
        },
        Action::ColumnLeft | Action::ColumnRight => {
            let later = action == Action::ColumnRight;
            match view.column {
                Some(column) => drop(view.choices.shift(figure, column, later)),
                None => desk.say(gone_to_none()),
            }
        }
        Action::Wider | Action::Narrower => {
            let column = view.column.unwrap_or_else(|| columns::label(figure));
            let offset = view.column_offset;
            let layout = columns::lay_out(
                figure,
                view.measures(),
                &view.choices,
                offset,
                usize::from(width),
            );
            if let Some(slot) = layout.slots.iter().find(|slot| slot.column == column) {
                let by = if action == Action::Wider { 2 } else { -2 };
                view.choices.resize(column, slot.width, by);
            }
        }
        Action::Group => view.toggle_group(figure, table),
        Action::Summary => {
            view.choices.summary = view.choices.summary.next();
            view.rearrange(figure, table);
        }
        Action::Mark => {
            view.toggle_mark(figure, table);
            view.move_by(1);
        }
        Action::Jump => desk.step(Step::Line {
            question: Question::Jump,
            label: "Go to the row that begins with".into(),
            text: String::new(),
        }),
        Action::Columns => choose_columns(view, figure, desk),
        Action::Plain => {
            view.choices = Default::default();
            view.column = None;
            view.sort_by(figure, table, None);
        }
        _ => return false,
    }
    let after = view.arrangement(figure);
    if after != before {
        remember(figure, view, desk);
    }
    true
}

/// Shows the columns that were chosen, one name a line.
pub fn columns_chosen(part: &mut Part, names: &str, desk: &mut Desk<'_>) {
    let catalog = Arc::clone(desk.catalog);
    let Some((figure, _)) = shown(part, &catalog) else { return };
    let names: Vec<&str> = names.lines().collect();
    part.view.choices.show_only(figure, &names);
    remember(figure, &part.view, desk);
}

/// Goes to the row that begins with these letters.
pub fn jump(part: &mut Part, letters: &str, from: usize, desk: &mut Desk<'_>) {
    let catalog = Arc::clone(desk.catalog);
    let Some((figure, answer)) = shown(part, &catalog) else { return };
    if letters.trim().is_empty() {
        part.view.select(from);
    } else if !part.view.jump(figure, &answer.table, letters) {
        desk.say(Notice::plain(format!("No row begins with \"{}\".", letters.trim())));
    }
}

fn shown<'c>(part: &Part, catalog: &'c Catalog) -> Option<(&'c Figure, Arc<Answer>)> {
    Some((part.figure(catalog)?, Arc::clone(part.state.answer()?)))
}

fn remember(figure: &Figure, view: &TableView, desk: &mut Desk<'_>) {
    let arrangement = view.arrangement(figure);
    if let Ok(value) = serde_json::to_value(arrangement) {
        desk.step(Step::Remember { key: memory_key(&figure.name), value });
    }
}

fn gone_to_none() -> Notice {
    Notice::plain("Go to a column first: Left and Right.")
}

fn choose_columns(view: &TableView, figure: &Figure, desk: &mut Desk<'_>) {
    let items = columns::by_importance(figure)
        .into_iter()
        .map(|column| &figure.columns[column])
        .map(|column| PickItem::new(&column.name, &column.heading).detail(&column.meaning))
        .collect();
    let label = columns::label(figure);
    let chosen = view
        .choices
        .visible(figure)
        .into_iter()
        .filter(|column| *column != label)
        .map(|column| figure.columns[column].name.clone())
        .collect();
    desk.step(Step::ChooseMany {
        question: Question::Columns,
        title: "Columns: Space shows or hides, Enter is done".into(),
        items,
        chosen,
    });
}

/// What can be copied: the value of the column gone to (the name, where none was),
/// the row, the rows.
pub fn choices_to_copy(part: &Part, catalog: &Catalog) -> Vec<PickItem> {
    let Some((figure, answer)) = shown(part, catalog) else { return Vec::new() };
    let column = part.view.column.unwrap_or_else(|| columns::label(figure));
    let cell = figure.columns.get(column).zip(part.view.selected_row()).map(|(declared, row)| {
        let text = cell_text(part, figure, &answer, column, row);
        PickItem::new("cell", format!("{}: {text}", declared.heading)).detail("this value")
    });
    let marked = part.view.marked_rows().len();
    let rows = match marked {
        0 => format!("All {} rows shown", part.view.len()),
        1 => "The row that is marked".to_owned(),
        n => format!("The {n} rows that are marked"),
    };
    let row = part.view.selected_row().map(|_| PickItem::new("row", "This row"));
    cell.into_iter().chain(row).chain([PickItem::new("rows", rows)]).collect()
}

/// The text of one of [`choices_to_copy`], with what it is in words. Columns are
/// parted by tabs, so that a spreadsheet takes them apart.
pub fn text_to_copy(part: &Part, catalog: &Catalog, choice: &str) -> Option<(String, String)> {
    let (figure, answer) = shown(part, catalog)?;
    let view = &part.view;
    if choice == "cell" {
        let column = view.column.unwrap_or_else(|| columns::label(figure));
        let text = cell_text(part, figure, &answer, column, view.selected_row()?);
        return Some((figure.columns.get(column)?.heading.clone(), text));
    }
    let rows = match choice {
        "row" => vec![view.selected_row()?],
        _ if view.marked_rows().is_empty() => view.rows(),
        _ => view.marked_rows(),
    };
    let visible = view.choices.visible(figure);
    let heading: Vec<&str> =
        visible.iter().map(|column| figure.columns[*column].heading.as_str()).collect();
    let mut text = heading.join("\t");
    for row in &rows {
        let cells: Vec<String> = visible
            .iter()
            .map(|column| cell_text(part, figure, &answer, *column, *row).replace('\t', " "))
            .collect();
        text.push('\n');
        text.push_str(&cells.join("\t"));
    }
    text.push('\n');
    let what = if rows.len() == 1 { "1 row".to_owned() } else { format!("{} rows", rows.len()) };
    Some((what, text))
}

fn cell_text(part: &Part, figure: &Figure, answer: &Answer, column: usize, row: usize) -> String {
    let (Some(plan), Some(declared)) = (part.view.plans().get(column), figure.columns.get(column))
    else {
        return String::new();
    };
    let shown = plan.show(&declared.unit, &answer.table, row, &Glyphs::ASCII).text;
    text::harmless(shown.trim()).into_owned()
}
