//! Rollups: tables of the file that hold what a view of the model gives, so
//! that a figure over ten million rows reads a few thousand.
//!
//! Invariant: a rollup is read only while it is what its view would give: made
//! by the same definition, from as many rows. Otherwise figures read the view
//! itself, which is slower and right. Whoever changes rows without changing how
//! many there are makes the rollups of those tables anew in the same transaction.

use std::path::Path;

use duckdb::{Connection, params};

use super::error::{WorkspaceError, classify};
use super::model::Model;
use super::parameters::Variable;
use super::session::Session;
use crate::catalog::figure::ParameterKind;
use crate::domain::Value;

/// A table that holds what a view gives.
#[derive(Debug)]
pub(super) struct Rollup {
    /// The variable by which the model knows what to read, and the name in `meta.rollup`.
    pub(super) name: &'static str,
    table: &'static str,
    pub(super) view: &'static str,
    /// What the view reads.
    sources: &'static [&'static str],
}

pub(super) const ROLLUPS: &[Rollup] = &[Rollup {
    name: "closing_month",
    table: "facts.closing_month",
    view: "closing_month_rows",
    sources: &["facts.opportunity", "facts.account", "settings.alias", "settings.fiscal_month"],
}];

impl Rollup {
    /// SQL of one text: by what it is made, and from how much.
    fn made_of(&self, definition: &str) -> String {
        let counts = self
            .sources
            .iter()
            .map(|source| format!(" || ', {source} ' || (SELECT count(*) FROM {source})"));
        format!("SELECT '{definition}'{}", counts.collect::<String>())
    }
}

/// What each rollup is read from at this moment: its table where that is up to date, else its view.
pub(super) fn variables(
    connection: &Connection,
    model: &Model,
    path: &Path,
) -> Result<Vec<Variable>, WorkspaceError> {
    let variable = |rollup: &Rollup| {
        let current = is_current(rollup, connection, model)
            .map_err(|error| classify(&error.to_string(), path))?;
        Ok(Variable {
            name: rollup.name.to_owned(),
            value: if current { rollup.table } else { rollup.view }.into(),
            kind: ParameterKind::Text,
        })
    };
    ROLLUPS.iter().map(variable).collect()
}

fn is_current(rollup: &Rollup, connection: &Connection, model: &Model) -> duckdb::Result<bool> {
    let Some(definition) = model.fingerprint(rollup.view) else { return Ok(false) };
    connection.query_row(
        &format!(
            "SELECT EXISTS (FROM meta.rollup WHERE name = ? AND made_of = ({}))",
            rollup.made_of(&definition)
        ),
        params![rollup.name],
        |row| row.get(0),
    )
}

impl Session<'_> {
    /// Makes the rollups anew that build on any of these tables, `facts.account`, and those that
    /// are not up to date anyway. For whoever has changed rows, within the same transaction.
    ///
    /// # Errors
    /// As [`Session::query`].
    pub fn refresh_rollups(&self, changed: &[&str]) -> Result<(), WorkspaceError> {
        let Some(model) = self.model else { return Ok(()) };
        for rollup in ROLLUPS {
            let current = is_current(rollup, self.connection, model)
                .map_err(|error| classify(&error.to_string(), self.path))?;
            if current && !rollup.sources.iter().any(|source| changed.contains(source)) {
                continue;
            }
            let (table, name) = (rollup.table, Value::from(rollup.name));
            self.batch(&format!("DELETE FROM {table}"))?;
            self.execute("DELETE FROM meta.rollup WHERE name = ?", std::slice::from_ref(&name))?;
            let Some(definition) = model.fingerprint(rollup.view) else { continue };
            self.batch(&format!("INSERT INTO {table} BY NAME SELECT * FROM {}", rollup.view))?;
            self.execute(
                &format!("INSERT INTO meta.rollup VALUES (?, ({}))", rollup.made_of(&definition)),
                &[name],
            )?;
        }
        Ok(())
    }

    /// Rollups that would be read and are not what their views give: someone has changed rows
    /// behind the program's back.
    pub(super) fn false_rollups(&self) -> Result<Vec<String>, WorkspaceError> {
        let Some(model) = self.model else { return Ok(Vec::new()) };
        let mut problems = Vec::new();
        for rollup in ROLLUPS {
            let current = is_current(rollup, self.connection, model)
                .map_err(|error| classify(&error.to_string(), self.path))?;
            if !current {
                continue;
            }
            let (table, view) = (rollup.table, rollup.view);
            let different = self.query(
                &format!(
                    "SELECT 1 FROM ((FROM {table} EXCEPT ALL FROM {view})
                     UNION ALL (FROM {view} EXCEPT ALL FROM {table})) LIMIT 1"
                ),
                &[],
            )?;
            if !different.is_empty() {
                problems.push(format!(
                    "{table} is not the sum of the rows it was made from. DELETE FROM meta.rollup \
                     makes figures read the rows themselves; the next import adds them up anew"
                ));
            }
        }
        Ok(problems)
    }
}
