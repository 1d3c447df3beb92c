//! Figures on the facts, the settings and the records as they were known after
//! a given import and a given revision.
//!
//! ```text
//! ws        the file, as it is now
//! memory    a view of each of its tables, as it was; facts.opportunity there hides the one of ws
//! ```
//!
//! What an import overwrites lies in `meta.replaced`; the versions of an
//! opportunity tell by themselves what later exports added to their end. Figures
//! and the model are not changed for it: on a connection of its own the same
//! names lead to the views.
//!
//! Invariant: nothing is made up. A table that does not keep its past is read as
//! it is now, so that an answer which depends on it comes out different, and
//! whoever compares says so.

use duckdb::Connection;

use super::error::WorkspaceError;
use super::instance::{ALIAS, State};
use super::literal::quoted;
use super::parameters::{Parameters, Variable};
use super::rollup::ROLLUPS;
use super::session::{Answer, Session};
use crate::catalog::Figure;
use crate::catalog::figure::ParameterKind;

/// How much a workspace knew at a moment: the last of everything that is only ever added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// The newest import; 0: none yet.
    pub import: i64,
    /// The newest revision of the ledger, by its place in the chain; 0: none yet.
    pub revision: i64,
    /// How many spellings had been accepted or withdrawn.
    pub aliases: i64,
}

/// A table of the file.
struct Stored {
    schema: String,
    name: String,
    /// (name, type) in their order.
    columns: Vec<(String, String)>,
}

impl Session<'_> {
    /// How much the workspace knows now.
    ///
    /// # Errors
    /// As [`Session::query`].
    pub fn known(&self) -> Result<Known, WorkspaceError> {
        let found = self.query(
            "SELECT (SELECT coalesce(max(import_id), 0) FROM meta.import)::BIGINT AS import,
                    (SELECT coalesce(max(seq), 0) FROM ledger.revision) AS revision,
                    (SELECT count(*) FROM settings.alias) AS aliases",
            &[],
        )?;
        let number = |column: &str| found.get(0, column).as_int().unwrap_or_default();
        Ok(Known {
            import: number("import"),
            revision: number("revision"),
            aliases: number("aliases"),
        })
    }

    /// Runs a figure on what was known then, with the figure as it is today.
    /// Only in a turn that reads.
    ///
    /// # Errors
    /// As [`Session::run`].
    pub fn run_as_known(
        &self,
        figure: &Figure,
        parameters: &Parameters,
        known: Known,
    ) -> Result<Answer, WorkspaceError> {
        debug_assert!(!self.in_transaction, "another connection would not see what is written");
        let failed = |error: duckdb::Error| super::error::classify(&error.to_string(), self.path);
        let connection = self.connection.try_clone().map_err(failed)?;
        self.interrupter.follow(Some(connection.interrupt_handle()));
        let views = Views { connection: &connection, schemas: self.schemas_as_known(known)? };
        let answer = self.run_among(&connection, &views, figure, parameters);
        drop(views);
        self.interrupter.follow(Some(self.connection.interrupt_handle()));
        answer
    }

    fn run_among(
        &self,
        connection: &Connection,
        views: &Views<'_>,
        figure: &Figure,
        parameters: &Parameters,
    ) -> Result<Answer, WorkspaceError> {
        let failed = |error: duckdb::Error| super::error::classify(&error.to_string(), self.path);
        views.make().map_err(failed)?;
        let rollups: Vec<Variable> = ROLLUPS
            .iter()
            .map(|rollup| Variable {
                name: rollup.name.to_owned(),
                // Sums of what is known now say nothing about then.
                value: rollup.view.into(),
                kind: ParameterKind::Text,
            })
            .collect();
        let state = State::default();
        let session = Session { connection, state: &state, rollups: &rollups, ..*self };
        session.run(figure, parameters)
    }

    /// Each schema with the statements that make its views.
    fn schemas_as_known(&self, known: Known) -> Result<Vec<(String, Vec<String>)>, WorkspaceError> {
        let mut schemas: Vec<(String, Vec<String>)> = Vec::new();
        for table in self.stored_tables()? {
            let view = format!(
                "CREATE VIEW memory.{}.{} AS {}",
                table.schema,
                table.name,
                table.as_known(known)
            );
            match schemas.iter_mut().find(|(schema, _)| *schema == table.schema) {
                Some((_, views)) => views.push(view),
                None => schemas.push((table.schema, vec![view])),
            }
        }
        Ok(schemas)
    }

    fn stored_tables(&self) -> Result<Vec<Stored>, WorkspaceError> {
        let found = self.query(
            "SELECT schema_name, table_name, column_name, data_type
             FROM duckdb_columns() WHERE database_name = ? AND NOT internal
             -- The days on which something was known are needed by other views.
             ORDER BY table_name <> 'snapshot', schema_name, table_name, column_index",
            &[ALIAS.into()],
        )?;
        let mut tables: Vec<Stored> = Vec::new();
        for row in 0..found.len() {
            let text = |column: &str| found.get(row, column).plain();
            let (schema, name) = (text("schema_name"), text("table_name"));
            let column = (text("column_name"), text("data_type"));
            match tables.last_mut() {
                Some(last) if last.schema == schema && last.name == name => {
                    last.columns.push(column);
                }
                _ => tables.push(Stored { schema, name, columns: vec![column] }),
            }
        }
        Ok(tables)
    }
}

impl Stored {
    fn as_known(&self, known: Known) -> String {
        let Known { import, revision, aliases } = known;
        let now = format!("{ALIAS}.{}.{}", self.schema, self.name);
        match (self.schema.as_str(), self.name.as_str()) {
            ("ledger", "revision") => format!("FROM {now} WHERE seq <= {revision}"),
            // Rows are only ever added to it.
            ("settings", "alias") => format!("SELECT * FROM {now} WHERE rowid < {aliases}"),
            ("settings", "assumption") => format!(
                "FROM {now} WHERE \"at\" NOT IN (SELECT imported_at FROM {ALIAS}.meta.import
                 WHERE table_name = 'assumptions' AND import_id > {import})"
            ),
            ("settings", "fiscal_month") => self.calendar(import),
            ("facts", "opportunity") => self.versions(import),
            ("meta", "import" | "reject" | "replaced") => {
                format!("FROM {now} WHERE import_id <= {import}")
            }
            ("facts", _) if self.columns.iter().any(|(name, _)| name == "import_id") => {
                let names = self.names("");
                format!(
                    "SELECT {names} FROM {now} WHERE import_id <= {import}
                     UNION ALL
                     SELECT {names} FROM ({}) WHERE import_id <= {import}",
                    self.replaced(import)
                )
            }
            _ => format!("FROM {now}"),
        }
    }

    /// Rows that imports after that one replaced: each with its columns and with `gone_with`, the
    /// import that did it. Of a row that was replaced twice, the earlier state came from an import
    /// up to that one and the later from one after it.
    fn replaced(&self, import: i64) -> String {
        let types = self.columns.iter().map(|(name, kind)| (name.clone(), kind.clone().into()));
        let types = serde_json::Value::Object(types.collect()).to_string();
        format!(
            "SELECT {}, gone_with FROM (
                 SELECT from_json(was, {}) AS was, import_id AS gone_with
                 FROM {ALIAS}.meta.replaced
                 WHERE table_name = '{}.{}' AND import_id > {import}
             )",
            self.names("was."),
            quoted(&types),
            self.schema,
            self.name
        )
    }

    /// Opportunities: where a later import changed what was told of the past, the versions that it
    /// put aside; else those of now, with the ends that later exports gave them taken away.
    fn versions(&self, import: i64) -> String {
        let names = self.names("");
        let open_ended = self
            .columns
            .iter()
            .map(|(name, _)| match name.as_str() {
                "valid_to" => {
                    "CASE WHEN valid_to > (SELECT max(taken_on) FROM memory.facts.snapshot)
                     THEN NULL ELSE valid_to END AS valid_to"
                        .to_owned()
                }
                name => format!("\"{name}\""),
            })
            .collect::<Vec<_>>()
            .join(", ");
        format!(
            "WITH put_aside AS ({}), first AS (
                 SELECT opportunity_id, min(gone_with) AS gone_with FROM put_aside GROUP BY ALL
             ), then_known AS (
                 SELECT {names} FROM put_aside SEMI JOIN first USING (opportunity_id, gone_with)
                 UNION ALL
                 SELECT {names} FROM {ALIAS}.facts.opportunity ANTI JOIN first USING (opportunity_id)
             )
             SELECT {open_ended} FROM then_known WHERE import_id <= {import}",
            self.replaced(import)
        )
    }

    /// The calendar is replaced as a whole.
    fn calendar(&self, import: i64) -> String {
        let names = self.names("");
        format!(
            "WITH replaced AS ({})
             SELECT {names} FROM replaced
             WHERE gone_with = (SELECT min(gone_with) FROM replaced)
             UNION ALL
             SELECT {names} FROM {ALIAS}.settings.fiscal_month
             WHERE NOT EXISTS (SELECT 1 FROM replaced)",
            self.replaced(import)
        )
    }

    fn names(&self, of: &str) -> String {
        let names = self.columns.iter().map(|(name, _)| format!("{of}\"{name}\""));
        names.collect::<Vec<_>>().join(", ")
    }
}

/// The views, until this is dropped.
struct Views<'a> {
    connection: &'a Connection,
    schemas: Vec<(String, Vec<String>)>,
}

impl Views<'_> {
    fn make(&self) -> duckdb::Result<()> {
        let mut sql = "USE memory;\n".to_owned();
        for (schema, _) in &self.schemas {
            sql += &format!("CREATE SCHEMA memory.{schema};\n");
        }
        for view in self.schemas.iter().flat_map(|(_, views)| views) {
            sql += view;
            sql += ";\n";
        }
        self.connection.execute_batch(&sql)
    }
}

impl Drop for Views<'_> {
    fn drop(&mut self) {
        for (schema, _) in &self.schemas {
            let dropped = format!("DROP SCHEMA IF EXISTS memory.{schema} CASCADE");
            if let Err(error) = self.connection.execute_batch(&dropped) {
                tracing::warn!(%schema, %error, "views of the past are left in the instance");
            }
        }
    }
}
