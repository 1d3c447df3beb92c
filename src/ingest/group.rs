//! Files that become one thing: a snapshot of one day, the files of a table of
//! which a file replaces a part, or one file of another table.
//!
//! Invariant: what a group hands on has one row per key. Of rows with the same
//! key the first is taken; a repetition is left out, a contradiction rejected.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::catalog::facts::{FactTable, TABLES, Taking};
use crate::workspace::Session;

use super::error::ImportError;
use super::money::{self, Sums};
use super::prepare::{Prepared, Repeated};
use super::report::Total;
use super::stage::name;
use super::tables::key_columns;
use super::typed::{Fault, stored_columns};

/// One or more prepared files.
#[derive(Debug)]
pub struct Group<'p, 'a> {
    pub fact: &'static FactTable,
    pub day: Option<NaiveDate>,
    pub files: Vec<&'p Prepared<'a>>,
    /// Temporary table with `file` (place in `files`), `row_number` and the stored columns.
    pub rows: String,
    /// For each file: rows that were rejected here, and how many were left out.
    pub repeated: Vec<Repeated>,
}

/// Puts files together that are one snapshot, in the order in which they are taken in.
pub fn group<'p, 'a>(
    session: &Session<'_>,
    files: &'p [Prepared<'a>],
) -> Result<Vec<Group<'p, 'a>>, ImportError> {
    let mut groups: Vec<Group<'p, 'a>> = Vec::new();
    for prepared in files {
        let fact = prepared.choice.fact;
        let day = prepared.day.as_ref().map(|day| day.date);
        // One after the other, the files would replace each other's part.
        let one = fact.history || matches!(fact.taking, Taking::Within(_));
        let same =
            |group: &&mut Group<'p, 'a>| one && group.fact.name == fact.name && group.day == day;
        match groups.iter_mut().find(same) {
            Some(group) => group.files.push(prepared),
            None => groups.push(Group {
                fact,
                day,
                files: vec![prepared],
                rows: String::new(),
                repeated: Vec::new(),
            }),
        }
    }
    // What others refer to comes first.
    // A log comes last: it looks the opportunities up.
    let place =
        |fact: &FactTable| (fact.is_log(), TABLES.iter().position(|table| table.name == fact.name));
    groups.sort_by_key(|group| (place(group.fact), group.day));
    for (number, group) in groups.iter_mut().enumerate() {
        group.gather(session, format!("ingest_group_{number}"))?;
        group.take_repetitions(session)?;
    }
    Ok(groups)
}

impl Group<'_, '_> {
    fn gather(&mut self, session: &Session<'_>, table: String) -> Result<(), ImportError> {
        let columns = stored_columns(self.fact).into_iter().map(|(column, _)| name(column));
        let columns = columns.collect::<Vec<_>>().join(", ");
        let select = |(place, file): (usize, &&Prepared<'_>)| {
            format!("SELECT {place} AS file, row_number, {columns} FROM {}", file.typed)
        };
        let union =
            self.files.iter().enumerate().map(select).collect::<Vec<_>>().join(" UNION ALL ");
        // One file's rows need no copy.
        let kind = if self.files.len() == 1 { "VIEW" } else { "TABLE" };
        session.batch(&format!("CREATE OR REPLACE TEMP {kind} {table} AS {union}"))?;
        self.rows = table;
        self.repeated = vec![Repeated::default(); self.files.len()];
        Ok(())
    }

    fn take_repetitions(&mut self, session: &Session<'_>) -> Result<(), ImportError> {
        // Two changes of a deal on one day are two changes.
        if self.fact.is_log() {
            return Ok(());
        }
        let keys = key_columns(self.fact);
        let key = keys.join(", ");
        let rows = &self.rows;
        let different = if let [only] = keys.as_slice() {
            format!("count(DISTINCT {only})")
        } else {
            format!("count(DISTINCT ROW({key}))")
        };
        let counted = session.query(&format!("SELECT count(*) = {different} FROM {rows}"), &[])?;
        if counted.rows.first().and_then(|row| row[0].as_bool()) == Some(true) {
            return Ok(());
        }
        let columns = stored_columns(self.fact).into_iter().map(|(column, _)| name(column));
        let columns = columns.collect::<Vec<_>>().join(", ");
        session.batch(&format!(
            "CREATE OR REPLACE TEMP TABLE ingest_repeated AS
             SELECT file, row_number, first_file, first_row, same, shown FROM (
                 SELECT file, row_number, first_value(file) OVER w AS first_file,
                        first_value(row_number) OVER w AS first_row, row_number() OVER w AS place,
                        ROW({columns}) IS NOT DISTINCT FROM first_value(ROW({columns})) OVER w AS same,
                        concat_ws(', ', {key}) AS shown
                 FROM {rows} WINDOW w AS (PARTITION BY {key} ORDER BY file, row_number
                                          ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)
             ) WHERE place > 1"
        ))?;
        let first = self.first_lines(session)?;
        let found = session
            .query("SELECT * FROM ingest_repeated WHERE NOT same ORDER BY file, row_number", &[])?;
        let number = |row: usize, column: &str| found.get(row, column).as_int().unwrap_or_default();
        for row in 0..found.len() {
            let (file, origin) = (number(row, "file"), number(row, "first_file"));
            let line = first.get(&(origin, number(row, "first_row"))).copied().unwrap_or_default();
            let elsewhere = if origin == file {
                String::new()
            } else {
                format!(" of {}", self.files[origin as usize].source.name)
            };
            let choice = self.files[file as usize].choice;
            self.repeated[file as usize].refused.push(Fault {
                row: number(row, "row_number") as u64,
                column: self.fact.key.first().map(|key| choice.header_of(key)),
                value: Some(found.get(row, "shown").plain()),
                reason: format!("line {line}{elsewhere} has the same key and other values"),
            });
        }
        for place in 0..self.files.len() {
            let dropped = session.query(
                &format!("SELECT count(*) FROM ingest_repeated WHERE same AND file = {place}"),
                &[],
            )?;
            let dropped = dropped.rows.first().and_then(|row| row[0].as_int()).unwrap_or_default();
            self.repeated[place].dropped = dropped as u64;
            self.repeated[place].dropped_money = self.money_of_repeated(session, place, "same")?;
            self.repeated[place].refused_money =
                self.money_of_repeated(session, place, "NOT same")?;
            self.take_out(session, place, "SELECT file, row_number FROM ingest_repeated")?;
        }
        Ok(())
    }

    /// What the rows come to that `ingest_repeated` names and this is true of.
    fn money_of_repeated(
        &self,
        session: &Session<'_>,
        file: usize,
        condition: &str,
    ) -> Result<Sums, ImportError> {
        let Some(money) = money::column_of(self.fact) else { return Ok(Sums::default()) };
        let sql = format!(
            "SELECT currency, sum({}) FROM {} SEMI JOIN (
                 SELECT file, row_number FROM ingest_repeated WHERE {condition} AND file = {file}
             ) USING (file, row_number) GROUP BY ALL",
            name(money.name),
            self.rows
        );
        Ok(Sums::asked(session, &sql)?)
    }

    /// Takes rows of one file out; `which` gives files and numbers of rows.
    pub fn take_out(
        &self,
        session: &Session<'_>,
        file: usize,
        which: &str,
    ) -> Result<(), ImportError> {
        let numbers = format!("(SELECT row_number FROM ({which}) WHERE file = {file})");
        // One file's rows are a view of what was typed.
        let sql = match self.files.as_slice() {
            [only] => format!("DELETE FROM {} WHERE row_number IN {numbers}", only.typed),
            _ => {
                format!("DELETE FROM {} WHERE file = {file} AND row_number IN {numbers}", self.rows)
            }
        };
        session.execute(&sql, &[])?;
        Ok(())
    }

    /// The lines of the rows that others repeat, by file and row.
    fn first_lines(&self, session: &Session<'_>) -> Result<BTreeMap<(i64, i64), u64>, ImportError> {
        let found = session.query(
            "SELECT DISTINCT first_file, first_row FROM ingest_repeated WHERE NOT same ORDER BY ALL",
            &[],
        )?;
        let mut rows: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
        for row in &found.rows {
            let (file, number) =
                (row[0].as_int().unwrap_or_default(), row[1].as_int().unwrap_or_default());
            rows.entry(file).or_default().push(number as u64);
        }
        let mut lines = BTreeMap::new();
        for (file, rows) in rows {
            let found = self.files[file as usize].lines_of(&rows)?;
            lines.extend(rows.iter().map(|row| (file, *row as i64)).zip(found));
        }
        Ok(lines)
    }

    /// SQL of the rows as they are stored, with the id of their import.
    pub fn incoming(&self, first_import: i64) -> String {
        let columns = stored_columns(self.fact).into_iter().map(|(column, _)| name(column));
        let columns = columns.collect::<Vec<_>>().join(", ");
        let rows = &self.rows;
        format!("(SELECT {columns}, (file + {first_import})::INTEGER AS import_id FROM {rows})")
    }

    /// Rows and money of one file of the group, as they are taken in.
    pub fn totals(
        &self,
        session: &Session<'_>,
        file: usize,
    ) -> Result<(u64, Vec<Total>), ImportError> {
        let rows = &self.rows;
        let counted =
            session.query(&format!("SELECT count(*) FROM {rows} WHERE file = {file}"), &[])?;
        let taken = counted.rows.first().and_then(|row| row[0].as_int()).unwrap_or_default() as u64;
        let Some(money) = money::column_of(self.fact) else { return Ok((taken, Vec::new())) };
        let state = if self.fact.history { "state" } else { "NULL::VARCHAR" };
        let amount = name(money.name);
        let found = session.query(
            &format!(
                "SELECT currency, {state} AS state, count({amount}) AS n, \
                 sum({amount})::DECIMAL(28,2) AS amount \
                 FROM {rows} WHERE file = {file} AND {amount} IS NOT NULL GROUP BY ALL ORDER BY ALL"
            ),
            &[],
        )?;
        let totals = (0..found.len()).map(|row| Total {
            currency: found.get(row, "currency").plain(),
            state: found.get(row, "state").as_text().map(str::to_owned),
            rows: found.get(row, "n").as_int().unwrap_or_default() as u64,
            amount: found.get(row, "amount").as_decimal().unwrap_or_default(),
        });
        Ok((taken, totals.collect()))
    }

    /// What is odd about the opportunities of one file, though nothing of it is wrong.
    pub fn oddities(&self, session: &Session<'_>, file: usize) -> Result<Vec<String>, ImportError> {
        let Some(day) = self.day else { return Ok(Vec::new()) };
        let found = session.query(
            &format!(
                "SELECT count(*) FILTER (state IN ('won', 'lost') AND close_date IS NULL) AS undated,
                        count(*) FILTER (state IN ('won', 'lost') AND close_date > DATE '{day}') AS early,
                        count(*) FILTER (state = 'won' AND amount IS NULL) AS unpriced,
                        count(*) FILTER (amount < 0) AS negative,
                        count(*) FILTER (created_on > close_date) AS backwards,
                        count(*) FILTER (created_on > DATE '{day}') AS unborn
                 FROM {} WHERE file = {file}",
                self.rows
            ),
            &[],
        )?;
        let notes = [
            ("undated", "closed deals have no close date: no month counts them"),
            ("early", "closed deals have a close date after the day of the export"),
            ("unpriced", "won deals have no amount: they count, their money is missing"),
            ("negative", "deals have an amount below zero"),
            ("backwards", "deals close before they were created"),
            ("unborn", "deals were created after the day of the export"),
        ];
        Ok(notes
            .into_iter()
            .filter_map(|(column, note)| {
                let count = found.get(0, column).as_int().unwrap_or_default();
                (count > 0).then(|| format!("{count} {note}"))
            })
            .collect())
    }
}
