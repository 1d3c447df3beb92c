//! What can be done while it is one's turn: run SQL and figures, and get values
//! back that outlive the turn.

use std::collections::BTreeSet;
use std::path::Path;

use duckdb::{Connection, Statement, params_from_iter};
use sha2::{Digest, Sha256};

use super::error::{WorkspaceError, classify, classify_figure};
use super::instance::State;
use super::interrupt::Interrupter;
use super::model::Model;
use super::parameters::{Parameters, Variable};
use super::served::written_out;
use super::settings::{Settings, known_days};
use super::values::{from_duckdb, to_duckdb, type_name};
use crate::catalog::figure::standard_parameter;
use crate::catalog::{Figure, facts};
use crate::domain::{Period, Table, TableColumn, Value};
use chrono::NaiveDate;

/// Rows between two looks at whether someone wants the query stopped.
const LOOK_EVERY: usize = 4096;

/// The answer of a figure, copied out of the database.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The figure's name.
    pub figure: String,
    /// What it was asked with: the standard parameters that have a value, and
    /// all of the figure's own.
    pub parameters: Vec<(String, Value)>,
    pub as_of: NaiveDate,
    pub table: Table,
    /// What a reader must know: `no targets have been imported`.
    pub notes: Vec<String>,
}

/// A turn at the workspace, or, for staging, at the instance without the file.
///
/// Unqualified names mean the workspace's: `facts.opportunity`. Temporary
/// tables live as long as the workspace is open, and outlast the turn.
pub struct Session<'a> {
    pub(super) connection: &'a Connection,
    pub(super) path: &'a Path,
    pub(super) interrupter: &'a Interrupter,
    pub(super) state: &'a State,
    pub(super) settings: &'a Settings,
    /// `None` while the file is not attached: definitions bind to its tables.
    pub(super) model: Option<&'a Model>,
    /// From what each rollup is read: variables beside those of a question.
    pub(super) rollups: &'a [Variable],
    pub(super) in_transaction: bool,
}

impl Session<'_> {
    /// Runs one statement with bound parameters (`?`) and copies its rows.
    /// Lists cannot be bound.
    ///
    /// # Errors
    /// `Sql` with DuckDB's message; `Interrupted`, `DiskFull`, `Damaged`, …
    pub fn query(&self, sql: &str, parameters: &[Value]) -> Result<Table, WorkspaceError> {
        let mut statement = self.prepare(sql)?;
        let bound = self.bound(parameters)?;
        let mut rows =
            statement.query(params_from_iter(bound)).map_err(|error| self.failed(&error))?;
        let columns = rows.as_ref().map(columns_of).unwrap_or_default();
        let mut table = Table { columns, rows: Vec::new() };
        while let Some(row) = rows.next().map_err(|error| self.failed(&error))? {
            if table.rows.len().is_multiple_of(LOOK_EVERY) {
                self.go_on()?;
            }
            let cells = table.columns.iter().enumerate().map(|(place, column)| {
                let cell = row.get_ref(place).map_err(|error| self.failed(&error))?;
                from_duckdb(cell).map_err(|message| WorkspaceError::Sql {
                    message: format!("column {}: {message}", column.name),
                })
            });
            let cells = cells.collect::<Result<Vec<_>, _>>()?;
            table.rows.push(cells);
        }
        Ok(table)
    }

    /// Runs one statement that gives no rows; the number of rows it changed.
    ///
    /// # Errors
    /// As [`Session::query`].
    pub fn execute(&self, sql: &str, parameters: &[Value]) -> Result<usize, WorkspaceError> {
        self.collect(|| written_out(sql, parameters));
        let mut statement = self.prepare(sql)?;
        let bound = self.bound(parameters)?;
        statement.execute(params_from_iter(bound)).map_err(|error| self.failed(&error))
    }

    /// Runs statements one after the other, to the first that fails.
    ///
    /// # Errors
    /// As [`Session::query`].
    pub fn batch(&self, sql: &str) -> Result<(), WorkspaceError> {
        self.go_on()?;
        self.collect(|| sql.to_owned());
        self.make_needed(sql)?;
        self.connection.execute_batch(sql).map_err(|error| self.failed(&error))
    }

    /// Keeps what is written to a copy for the server that has the workspace.
    fn collect(&self, statement: impl FnOnce() -> String) {
        if let Some(collected) = self.state.collected.borrow_mut().as_mut() {
            collected.push(statement());
        }
    }

    /// The columns that a query would give, without running it.
    ///
    /// # Errors
    /// As [`Session::query`].
    pub fn describe(&self, sql: &str) -> Result<Vec<TableColumn>, WorkspaceError> {
        let described = self.query(&format!("DESCRIBE {sql}"), &[])?;
        let text = |row: usize, column: &str| described.get(row, column).plain();
        Ok((0..described.len())
            .map(|row| TableColumn {
                name: text(row, "column_name"),
                type_name: text(row, "column_type"),
            })
            .collect())
    }

    /// The settings of the workspace, as of this turn.
    pub fn settings(&self) -> &Settings {
        self.settings
    }

    /// Sets the standard variables, so that SQL of one's own sees the same
    /// period, filter and day as figures do.
    ///
    /// # Errors
    /// As [`Session::query`].
    pub fn set(&self, parameters: &Parameters) -> Result<(), WorkspaceError> {
        self.assign(&parameters.standard(self.settings, self.bounds(parameters)?))?;
        self.assign(self.rollups)
    }

    /// Runs a figure.
    ///
    /// # Errors
    /// `BadParameter`, `BadFigure` with file and line, `Unanswerable`, and those
    /// of [`Session::query`].
    pub fn run(&self, figure: &Figure, parameters: &Parameters) -> Result<Answer, WorkspaceError> {
        let (standard, own) = self.variables(figure, parameters)?;
        self.assign(&standard)?;
        self.assign(self.rollups)?;
        self.assign(&own)?;
        self.forget_all_but(&own)?;
        let table = self.query(&figure.sql, &[]).map_err(|error| of_figure(error, figure))?;
        let given = standard.into_iter().filter(|variable| !variable.value.is_null()).chain(own);
        Ok(Answer {
            figure: figure.name.clone(),
            parameters: given.map(|variable| (variable.name, variable.value)).collect(),
            as_of: parameters.as_of,
            table,
            notes: self.missing_facts(figure)?,
        })
    }

    /// A hash of the figure's SQL and of all that it takes from the model: the same as long as
    /// it asks the same question in the same way.
    pub fn fingerprint(&self, figure: &Figure) -> String {
        let model = self.model.map(|model| model.hash_of(&figure.sql)).unwrap_or_default();
        let hash = Sha256::digest(format!("{model}{}", figure.sql));
        hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// The columns a figure gives, with all its parameters absent.
    pub(super) fn describe_figure(
        &self,
        figure: &Figure,
        parameters: &Parameters,
    ) -> Result<Vec<TableColumn>, WorkspaceError> {
        self.set(parameters)?;
        let own = Parameters::absent(figure);
        self.assign(&own)?;
        self.forget_all_but(&own)?;
        self.describe(&figure.sql).map_err(|error| of_figure(error, figure))
    }

    /// Everything a figure is asked with: standard variables, then its own.
    pub(super) fn variables(
        &self,
        figure: &Figure,
        parameters: &Parameters,
    ) -> Result<(Vec<Variable>, Vec<Variable>), WorkspaceError> {
        let own = parameters.own(figure)?;
        Ok((parameters.standard(self.settings, self.bounds(parameters)?), own))
    }

    /// First and last day of the period. "All" is the fiscal years that the
    /// deals lie in, or that of the day one looks, where there are none.
    fn bounds(&self, parameters: &Parameters) -> Result<(NaiveDate, NaiveDate), WorkspaceError> {
        let fiscal = &self.settings.fiscal;
        if let Some(bounds) = fiscal.period_bounds(parameters.period) {
            return Ok(bounds);
        }
        debug_assert_eq!(parameters.period, Period::All);
        let found = match self.model {
            Some(_) => self.query(
                "SELECT least(min(created_on), min(close_date)), max(close_date) FROM facts.opportunity",
                &[],
            )?,
            None => Table::default(),
        };
        let day = |place: usize| found.rows.first().and_then(|row| row[place].as_date());
        let (known_from, known_to) = known_days();
        let year_of = |day: Option<NaiveDate>| {
            fiscal.year_of(day.unwrap_or(parameters.as_of).clamp(known_from, known_to))
        };
        let first = fiscal.year_bounds(year_of(day(0))).0;
        Ok((first.max(known_from), fiscal.year_bounds(year_of(day(1))).1.min(known_to)))
    }

    /// Sets those variables that are not so already.
    fn assign(&self, variables: &[Variable]) -> Result<(), WorkspaceError> {
        let mut known = self.state.variables.borrow_mut();
        let mut sql = String::new();
        for variable in variables {
            let literal = variable.literal();
            if known.get(&variable.name) != Some(&literal) {
                sql += &format!("SET VARIABLE \"{}\" = {literal};\n", variable.name);
                known.insert(variable.name.clone(), literal);
            }
        }
        if sql.is_empty() {
            return Ok(());
        }
        self.connection.execute_batch(&sql).map_err(|error| {
            // How far it came is not known.
            known.clear();
            self.failed(&error)
        })
    }

    /// Takes away what another figure was asked with.
    fn forget_all_but(&self, own: &[Variable]) -> Result<(), WorkspaceError> {
        let mut known = self.state.variables.borrow_mut();
        let stale: Vec<String> = known
            .keys()
            .filter(|name| {
                standard_parameter(name).is_none()
                    && self.rollups.iter().all(|rollup| rollup.name != **name)
                    && own.iter().all(|variable| variable.name != **name)
            })
            .cloned()
            .collect();
        for name in stale {
            let reset = format!("RESET VARIABLE \"{name}\"");
            self.connection.execute_batch(&reset).map_err(|error| self.failed(&error))?;
            known.remove(&name);
        }
        Ok(())
    }

    /// One note for each kind of fact that the figure builds on and that there is none of.
    fn missing_facts(&self, figure: &Figure) -> Result<Vec<String>, WorkspaceError> {
        let mut notes = Vec::new();
        for need in &figure.needs {
            let Some(fact) = facts::table(need) else { continue };
            let mut filled = self.state.filled.borrow_mut();
            if filled.contains(fact.table) {
                continue;
            }
            if self.query(&format!("SELECT 1 FROM {} LIMIT 1", fact.table), &[])?.is_empty() {
                notes.push(format!("no {need} have been imported"));
            } else if !self.in_transaction {
                filled.insert(fact.table);
            }
        }
        Ok(notes)
    }

    /// Makes every macro and view of the model, to see whether they are right.
    pub(super) fn make_all(&self) -> Result<(), WorkspaceError> {
        self.model.map_or(Ok(()), |model| self.make(model, 0..model.len()))
    }

    /// Makes what this SQL uses of the model and is not there yet.
    fn make_needed(&self, sql: &str) -> Result<(), WorkspaceError> {
        self.model.map_or(Ok(()), |model| self.make(model, model.needed_by(sql)))
    }

    fn make(
        &self,
        model: &Model,
        places: impl IntoIterator<Item = usize>,
    ) -> Result<(), WorkspaceError> {
        for place in places {
            let definition = model.definition(place);
            if self.state.made.borrow().contains(&place) {
                continue;
            }
            if !self.state.variables.borrow().contains_key("quarter") {
                // A view keeps the types it was made with.
                self.assign(&Parameters::untold())?;
                self.assign(self.rollups)?;
            }
            let told = definition.told_by.as_ref().map(|names| self.literals(names));
            let there = told.is_some() && told.as_ref() == self.state.told.borrow().get(&place);
            if there && !self.in_transaction {
                continue;
            }
            self.go_on()?;
            self.connection.execute_batch(&definition.sql).map_err(|error| {
                let error = self.failed(&error);
                if error.is_said_of_data() {
                    // By whoever asked.
                    return error;
                }
                let (origin, file) = (&definition.origin, &definition.file);
                classify_figure(error, origin, file, &definition.sql, definition.line)
            })?;
            self.remember(place, told);
        }
        Ok(())
    }

    /// That a definition is made. Rows within a transaction change with each of its steps and may
    /// be rolled back, so a table holds for one statement then.
    fn remember(&self, place: usize, told: Option<Vec<Option<String>>>) {
        match told {
            Some(_) if self.in_transaction => {
                self.state.told.borrow_mut().remove(&place);
            }
            Some(told) => {
                self.state.told.borrow_mut().insert(place, told);
            }
            None => {
                self.state.made.borrow_mut().insert(place);
                if self.in_transaction {
                    self.state.made_in_transaction.borrow_mut().push(place);
                }
            }
        }
    }

    fn literals(&self, names: &BTreeSet<String>) -> Vec<Option<String>> {
        let known = self.state.variables.borrow();
        names.iter().map(|name| known.get(name).cloned()).collect()
    }

    fn prepare(&self, sql: &str) -> Result<Statement<'_>, WorkspaceError> {
        self.go_on()?;
        self.make_needed(sql)?;
        let statement = self.connection.prepare(sql).map_err(|error| self.failed(&error))?;
        // Between two statements DuckDB forgets that it was interrupted.
        self.go_on()?;
        Ok(statement)
    }

    fn bound<'v>(
        &self,
        parameters: &'v [Value],
    ) -> Result<Vec<duckdb::types::ToSqlOutput<'v>>, WorkspaceError> {
        let bound = parameters.iter().map(to_duckdb).collect::<Result<_, _>>();
        bound.map_err(|message| WorkspaceError::Sql { message })
    }

    fn go_on(&self) -> Result<(), WorkspaceError> {
        if self.interrupter.requested() { Err(WorkspaceError::Interrupted) } else { Ok(()) }
    }

    fn failed(&self, error: &duckdb::Error) -> WorkspaceError {
        classify(&error.to_string(), self.path)
    }
}

fn of_figure(error: WorkspaceError, figure: &Figure) -> WorkspaceError {
    classify_figure(error, &figure.name, &figure.file, &figure.sql, figure.sql_line)
}

fn columns_of(statement: &Statement<'_>) -> Vec<TableColumn> {
    (0..statement.column_count())
        .map(|place| TableColumn {
            name: statement.column_name(place).cloned().unwrap_or_default(),
            type_name: type_name(&statement.column_logical_type(place)),
        })
        .collect()
}
