//! From a row to what people write about it: its record, a new one that cites
//! the row, its chain.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::{Catalog, Form};
use crate::ledger::{self, Body, Evidence};
use crate::review::Start;
use crate::tui::message::Request;
use crate::tui::pane::Desk;
use crate::tui::panes::DECISION;
use crate::tui::panes::chain_pane::ChainPane;
use crate::tui::panes::edit_pane::EditPane;
use crate::tui::panes::part::{self, Part};

use super::FigurePane;

impl FigurePane {
    /// The form that the row opens, filled from the row; else an empty one of the pane's kind.
    pub(super) fn new_record(&mut self, desk: &mut Desk<'_>) {
        let catalog = Arc::clone(desk.catalog);
        let opens = self.part().figure(&catalog).and_then(|figure| figure.opens.as_ref());
        let (kind, seed) = match (opens, self.part().row()) {
            (Some(opens), Some((answer, row)))
                if part::record_at(self.part(), &catalog).is_none() =>
            {
                let mut seed: Body = opens
                    .bind
                    .iter()
                    .map(|(field, column)| (field, answer.table.get(row, column)))
                    .filter(|(_, value)| !value.is_null())
                    .map(|(field, value)| (field.clone(), value.plain().into()))
                    .collect();
                if let Some(form) = catalog.forms.get(&opens.form) {
                    cite_row(self.part(), &catalog, form, &mut seed, desk);
                }
                (opens.form.clone(), seed)
            }
            (Some(opens), _) => (opens.form.clone(), Body::new()),
            (None, _) => match &self.kind {
                Some(kind) => (kind.clone(), Body::new()),
                None => return,
            },
        };
        if desk.may_write() {
            EditPane::create(&kind, seed, desk);
        }
    }

    /// What the row's record, or the row itself, rests on and has led to.
    pub(super) fn chain(&self, desk: &mut Desk<'_>) -> bool {
        let catalog = Arc::clone(desk.catalog);
        if let Some(record) = part::record_at(self.part(), &catalog) {
            desk.open(ChainPane::of_record(&record));
            return true;
        }
        let Some((cited, read)) = row_cited(self.part(), &catalog, desk) else { return false };
        let Evidence { figure, asked, row: key, .. } = cited;
        desk.open(ChainPane::new(Start::Row { figure, asked, key, read }));
        true
    }

    /// A decision that cites the row, and follows from its record where it has one.
    pub(super) fn decide(&self, desk: &mut Desk<'_>) -> bool {
        let catalog = Arc::clone(desk.catalog);
        let (kind, about) = DECISION;
        let (Some(form), Some(_)) = (catalog.forms.get(kind), self.part().row()) else {
            return false;
        };
        let mut seed = Body::new();
        cite_row(self.part(), &catalog, form, &mut seed, desk);
        if let Some(record) = part::record_at(self.part(), &catalog) {
            seed.insert(about.to_owned(), record.into());
        }
        if desk.may_write() {
            EditPane::create(kind, seed, desk);
        }
        true
    }

    pub(super) fn measure(&mut self, desk: &mut Desk<'_>) -> bool {
        let catalog = Arc::clone(desk.catalog);
        let Some(record) = part::record_at(self.part(), &catalog) else { return false };
        if desk.may_write() {
            let ticket = desk.ask(Request::Measure { record });
            self.asked.push(ticket);
        }
        true
    }
}

/// The row in the first evidence of the form.
fn cite_row(part: &Part, catalog: &Catalog, form: &Form, seed: &mut Body, desk: &Desk<'_>) {
    if let Some((cited, _)) = row_cited(part, catalog, desk) {
        ledger::seed_evidence(form, seed, cited);
    }
}

/// What citing the selected row asks, and all cells of the row.
fn row_cited(
    part: &Part,
    catalog: &Catalog,
    desk: &Desk<'_>,
) -> Option<(Evidence, BTreeMap<String, String>)> {
    let figure = part.figure(catalog)?;
    let (answer, row) = part.row()?;
    let cited = Evidence {
        figure: figure.name.clone(),
        asked: part.parameters(figure, desk.lens).named().into_iter().collect(),
        row: ledger::key_of(figure, &answer.table, row),
        ..Evidence::default()
    };
    Some((cited, ledger::cells(&answer.table, row)))
}
