//! The file as it would be taken: first rows before and after, then the report.

use crate::ingest::SampleRow;
use crate::ingest::preview::Preview;
use crate::ingest::report;
use crate::tui::theme::Tone;
use crate::tui::widgets::document::{Block, Document};

/// Rows before the report: what can be judged at a glance.
const FIRST: usize = 3;

/// To be read and scrolled.
pub fn document(preview: &Preview) -> Document {
    let mut blocks = Vec::new();
    let say = |text: String| Block::Text(text);
    if !preview.questions.is_empty() {
        blocks.push(Block::Heading("To be settled first".into()));
        for question in &preview.questions {
            blocks.push(Block::Pair {
                label: preview.subject(&question.about),
                value: question.text.clone(),
                tone: Tone::Warn,
            });
        }
    }
    if let Some((message, remedy)) = &preview.refused {
        blocks.push(Block::Heading("This would be refused".into()));
        blocks.push(say(message.clone()));
        blocks.extend(remedy.iter().cloned().map(Block::Note));
    }
    let (first, more) = preview.rows.split_at(preview.rows.len().min(FIRST));
    blocks.push(Block::Heading("The first rows".into()));
    blocks.extend(first.iter().flat_map(|row| row_blocks(preview, row)));
    if let Some(report) = &preview.report {
        blocks.push(Block::Heading("What the import would report".into()));
        // The columns have a list of their own.
        let without_columns = {
            let mut report = (**report).clone();
            for file in &mut report.files {
                file.columns.clear();
            }
            report
        };
        blocks.extend(report::text(&without_columns).lines().map(|line| match line {
            "" => Block::Blank,
            line => say(line.to_owned()),
        }));
    }
    if !more.is_empty() {
        blocks.push(Block::Heading("More rows".into()));
        blocks.extend(more.iter().flat_map(|row| row_blocks(preview, row)));
    }
    Document { blocks }
}

/// One row, column by column, before and after.
fn row_blocks(preview: &Preview, row: &SampleRow) -> Vec<Block> {
    let some_taken = preview.rows.iter().any(|row| row.after.is_some());
    let mut blocks = vec![Block::Note(match &row.after {
        None if some_taken => format!("row {}: not taken", row.row),
        _ => format!("row {}", row.row),
    })];
    for column in &preview.columns {
        let before = row.before.get(column.place - 1).map_or("", String::as_str);
        let taken_for = preview.draft.taken_for(column.place - 1);
        if before.trim().is_empty() || taken_for.is_empty() {
            continue;
        }
        let after: Vec<String> = taken_for
            .iter()
            .filter_map(|ours| Some(format!("{ours} {}", row.after.as_ref()?.get(*ours)?)))
            .collect();
        let value = if after.is_empty() {
            before.to_owned()
        } else {
            format!("{before} → {}", after.join(", "))
        };
        blocks.push(Block::Pair { label: column.header.clone(), value, tone: Tone::Plain });
    }
    blocks
}
