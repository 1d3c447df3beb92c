//! The shared macros and views, and the typed views of records, as they are
//! made in the session.
//!
//! Each is made when something first asks for it: a command that needs none
//! pays for none. They are TEMP, so nothing of them is in the workspace file,
//! and macros and views bind again whenever the file is attached again. A table
//! holds rows: what many definitions build on is then planned and read once
//! for all of them, and anew when a variable that it reads or the file changes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::sql::{created, makes_table, statements, words};
use sha2::{Digest, Sha256};

use crate::catalog::figure::STANDARD_PARAMETERS;
use crate::catalog::sql_scan::{tokens, variables};
use crate::catalog::{Catalog, record_views};

/// Every definition there is, in the order in which they may build on each other.
#[derive(Debug, Default)]
pub(super) struct Model {
    definitions: Vec<Definition>,
    by_name: BTreeMap<String, usize>,
}

/// One `CREATE OR REPLACE TEMP …` statement, without its semicolon.
#[derive(Debug)]
pub(super) struct Definition {
    /// The model file's or the form's name, for messages.
    pub(super) origin: String,
    pub(super) file: PathBuf,
    /// Line of the file on which `sql` starts.
    pub(super) line: usize,
    pub(super) sql: String,
    /// Of a table: the variables that its rows depend on. `None`: a macro or a view.
    pub(super) told_by: Option<BTreeSet<String>>,
    /// Places of those that `sql` names.
    needs: BTreeSet<usize>,
}

impl Model {
    /// Record views first: they build on the ledger alone. Then the model's files in their order.
    pub(super) fn of(catalog: &Catalog) -> Self {
        let mut model = Model::default();
        for form in catalog.forms.values() {
            for view in record_views(form) {
                model.add(&form.kind, &form.file, &view);
            }
        }
        for file in &catalog.model {
            model.add(&file.name, &file.file, &file.sql);
        }
        for place in 0..model.definitions.len() {
            let needs = words(&model.definitions[place].sql)
                .filter_map(|word| model.by_name.get(&word).copied())
                .filter(|other| *other != place)
                .collect();
            model.definitions[place].needs = needs;
        }
        model.let_rollups_be_read();
        model.see_what_tables_depend_on();
        model
    }

    fn see_what_tables_depend_on(&mut self) {
        for place in 0..self.definitions.len() {
            if makes_table(&self.definitions[place].sql) {
                let sql = &self.definitions[place].sql;
                let read =
                    self.needed_by(sql).into_iter().map(|other| &self.definitions[other].sql);
                let told_by = read.chain([sql]).flat_map(|sql| variables_of(sql)).collect();
                self.definitions[place].told_by = Some(told_by);
            }
        }
    }

    /// Who reads a rollup by its variable, `closing_month`, may be led to the view that it is made
    /// from, `closing_month_rows`.
    fn let_rollups_be_read(&mut self) {
        for definition in &mut self.definitions {
            let views =
                variables_of(&definition.sql).into_iter().map(|name| format!("{name}_rows"));
            definition.needs.extend(views.filter_map(|view| self.by_name.get(&view)));
        }
    }

    fn add(&mut self, origin: &str, file: &std::path::Path, sql: &str) {
        for statement in statements(sql) {
            if let Some(name) = created(statement.text) {
                // A later definition of a name replaces the earlier one.
                self.by_name.insert(name, self.definitions.len());
            }
            self.definitions.push(Definition {
                origin: origin.to_owned(),
                file: file.to_owned(),
                line: statement.line,
                sql: statement.text.to_owned(),
                told_by: None,
                needs: BTreeSet::new(),
            });
        }
    }

    pub(super) fn len(&self) -> usize {
        self.definitions.len()
    }

    pub(super) fn definition(&self, place: usize) -> &Definition {
        &self.definitions[place]
    }

    /// A hash of a definition and of all that it builds on; `None` where there is no such one.
    pub(super) fn fingerprint(&self, name: &str) -> Option<String> {
        self.by_name.contains_key(name).then(|| self.hash_of(name))
    }

    /// A hash of all definitions that some SQL builds on.
    pub(super) fn hash_of(&self, sql: &str) -> String {
        let mut hash = Sha256::new();
        for place in self.needed_by(sql) {
            hash.update(&self.definitions[place].sql);
            hash.update(b";");
        }
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    /// Places of the definitions that this SQL uses, directly or through others,
    /// in the order in which they are made. By words, so that a table of the
    /// name of a macro brings in the macro too, which does no harm.
    pub(super) fn needed_by(&self, sql: &str) -> Vec<usize> {
        let mut found = BTreeSet::new();
        let mut open: Vec<usize> =
            words(sql).filter_map(|word| self.by_name.get(&word).copied()).collect();
        while let Some(place) = open.pop() {
            if found.insert(place) {
                open.extend(&self.definitions[place].needs);
            }
        }
        found.into_iter().collect()
    }
}

/// The session variables that a definition reads; all that are always there, where it names one by
/// an expression.
fn variables_of(sql: &str) -> Vec<String> {
    let used = variables(&tokens(sql));
    let any = used.iter().any(|used| used.name.is_none());
    let standard = STANDARD_PARAMETERS.iter().filter(|_| any).map(|(name, _)| (*name).to_owned());
    used.into_iter().filter_map(|used| used.name).chain(standard).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::ModelFile;

    fn model(files: &[(&str, &str)]) -> Model {
        let model = files
            .iter()
            .map(|(name, sql)| ModelFile {
                name: (*name).into(),
                sql: (*sql).into(),
                file: format!("queries/model/{name}.sql").into(),
            })
            .collect();
        Model::of(&Catalog { model, ..Catalog::default() })
    }

    #[test]
    fn only_what_is_needed_and_in_order() {
        let model = model(&[
            (
                "10-base",
                "-- base\nCREATE OR REPLACE TEMP MACRO rate_of(a, b) AS a / b;\n\nCREATE OR REPLACE TEMP MACRO unused() AS 1;",
            ),
            (
                "20-deals",
                "CREATE OR REPLACE TEMP VIEW deals AS SELECT rate_of(1, 2) AS r, 'unused()' AS t;",
            ),
        ]);
        let sql = |places: Vec<usize>| {
            places
                .iter()
                .map(|place| created(&model.definition(*place).sql).unwrap_or_default())
                .collect::<Vec<_>>()
        };
        assert_eq!(sql(model.needed_by("SELECT * FROM deals")), ["rate_of", "deals"]);
        assert!(model.needed_by("SELECT 'deals'").is_empty());
        assert_eq!(model.definition(1).line, 4);
        assert_eq!(model.len(), 3);
    }

    #[test]
    fn a_table_knows_what_its_rows_depend_on() {
        let model = model(&[(
            "10-base",
            "CREATE OR REPLACE TEMP MACRO day() AS getvariable('as_of');
             CREATE OR REPLACE TEMP TABLE seen AS SELECT day();
             CREATE OR REPLACE TEMP MACRO asks_for(d) AS getvariable(d) IS NOT NULL;
             CREATE OR REPLACE TEMP TABLE sliced AS SELECT asks_for('region') FROM seen;",
        )]);
        let told_by = |place: usize| model.definition(place).told_by.clone().map(|all| all.len());
        assert_eq!(
            (told_by(0), told_by(1), told_by(2), told_by(3)),
            (None, Some(1), None, Some(STANDARD_PARAMETERS.len()))
        );
    }

    #[test]
    fn definitions_that_name_each_other_keep_their_order() {
        let model = model(&[("10-x", "CREATE MACRO a() AS b(); CREATE MACRO b() AS a();")]);
        assert_eq!(model.needed_by("SELECT b()"), [0, 1]);
    }
}
