//! What the front ends ask a workspace: figures, their columns, their SQL, and
//! what a review begins with.

use chrono::{Local, NaiveDate};

use super::error::WorkspaceError;
use super::lease::LeaseFiles;
use super::parameters::Parameters;
use super::session::{Answer, Session};
use super::{Workspace, script};
use crate::catalog::Figure;
use crate::domain::{Period, TableColumn, Value};

impl Workspace {
    /// Runs one figure in a turn of its own; [`Session::run`] runs several in one.
    ///
    /// # Errors
    /// As [`Session::run`] and [`Workspace::read`].
    pub fn run(
        &mut self,
        figure: &Figure,
        parameters: &Parameters,
    ) -> Result<Answer, WorkspaceError> {
        self.read(&figure.title, |session| session.run(figure, parameters))
    }

    /// Runs several figures, in one turn unless a writer comes and is let by in between. A figure
    /// whose own SQL fails costs its own answer alone.
    ///
    /// # Errors
    /// Those of [`Session::run`] that are no fault of a figure, and those of [`Workspace::read`].
    pub fn run_each(
        &mut self,
        doing: &str,
        asked: &[(&Figure, Parameters)],
    ) -> Result<Vec<Result<Answer, WorkspaceError>>, WorkspaceError> {
        let files = self.server.is_none().then(|| self.files.clone());
        let mut answers = Vec::with_capacity(asked.len());
        while answers.len() < asked.len() {
            self.read(doing, |session| {
                for (figure, parameters) in &asked[answers.len()..] {
                    match session.run(figure, parameters) {
                        Err(error) if !error.is_of_figure() => return Err(error),
                        answer => answers.push(answer),
                    }
                    if files.as_ref().is_some_and(LeaseFiles::writer_waits) {
                        break;
                    }
                }
                Ok(())
            })?;
        }
        Ok(answers)
    }

    /// The columns that a figure's SQL gives, to check its header against.
    ///
    /// # Errors
    /// `BadFigure` with file and line, and those of [`Workspace::read`].
    pub fn describe(&mut self, figure: &Figure) -> Result<Vec<TableColumn>, WorkspaceError> {
        let as_of = self.today();
        let parameters =
            Parameters::new(Period::Quarter(self.settings.fiscal.quarter_of(as_of)), as_of);
        self.read(&figure.title, |session| session.describe_figure(figure, &parameters))
    }

    /// Makes every macro and view of the model and of the records.
    ///
    /// # Errors
    /// `BadFigure` with file and line for the first that is wrong, and those of
    /// [`Workspace::read`].
    pub fn check_model(&mut self) -> Result<(), WorkspaceError> {
        self.read("checking the model", |session| session.make_all())
    }

    /// A figure as one script: variables, the shared definitions it needs, and
    /// its own SQL. Runs in any DuckDB shell that has the file open.
    ///
    /// # Errors
    /// `BadParameter`, and those of [`Workspace::read`].
    pub fn script(
        &mut self,
        figure: &Figure,
        parameters: &Parameters,
    ) -> Result<String, WorkspaceError> {
        let (mut standard, own) =
            self.read(&figure.title, |session| session.variables(figure, parameters))?;
        standard.extend(self.rollups.iter().cloned());
        Ok(script::script(figure, &self.model, &standard, &own))
    }

    /// What a review begins with: as of today (or the day the workspace stands
    /// still on), the newest quarter in which a deal was closed by then, by region.
    ///
    /// # Errors
    /// As [`Workspace::read`].
    pub fn defaults(&mut self) -> Result<Parameters, WorkspaceError> {
        let newest = |session: &Session<'_>, as_of: NaiveDate| {
            session.query(
                "SELECT max(close_date) FROM facts.opportunity
                 WHERE state IN ('won', 'lost') AND close_date <= $1
                   AND valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1)",
                &[Value::Date(as_of)],
            )
        };
        // The turn brings the settings up to date, and with them the day.
        let (as_of, found) = self.read("opening", |session| {
            let as_of = session.settings.as_of.unwrap_or_else(today);
            newest(session, as_of).map(|table| (as_of, table))
        })?;
        let closed = found.rows.first().and_then(|row| row[0].as_date());
        let quarter = self.settings.fiscal.quarter_of(closed.unwrap_or(as_of));
        Ok(Parameters::new(Period::Quarter(quarter), as_of))
    }

    fn today(&self) -> NaiveDate {
        self.settings.as_of.unwrap_or_else(today)
    }
}

/// The local day: a review is held where its people are.
fn today() -> NaiveDate {
    Local::now().date_naive()
}
