//! The staged texts become typed rows, in one statement; what cannot become
//! one is told by line, column, value and reason.
//!
//! Invariant: a row is taken whole or rejected; no value of it is dropped or
//! changed because it could not be read.

mod reasons;
mod rows;

use crate::catalog::facts::{FactColumn, FactKind, FactTable};
use crate::domain::{Table, Value};
use crate::workspace::Session;

use super::choose::Choice;
use super::column::{Column, Style};
use super::currency::CurrencyRule;
use super::dates;
use super::error::ImportError;
use super::moments;
use super::money::{self, NotTaken, Sums};
use super::periods::Periods;
use super::stage::{Staged, name, quoted};
use super::words;

/// A value that kept its row from being taken.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Reject {
    /// Line of the file; the first is 1.
    pub line: u64,
    /// As the file names it; `None` when the whole line is at fault.
    pub column: Option<String>,
    pub value: Option<String>,
    pub reason: String,
}

/// A fault by the number of its row in the staged table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub row: u64,
    pub column: Option<String>,
    pub value: Option<String>,
    pub reason: String,
}

/// Everything that is known about reading one file.
pub struct Reader<'a> {
    pub session: &'a Session<'a>,
    pub choice: &'a Choice<'a>,
    pub staged: &'a Staged,
    pub columns: &'a [Column],
    pub currency: &'a CurrencyRule,
    /// Temporary table that turns a text into the first and last day of a period.
    pub periods: Option<Periods>,
}

/// Columns of the typed table, in the order of the stored table: name and type.
pub fn stored_columns(fact: &FactTable) -> Vec<(&'static str, &'static str)> {
    let mut out = Vec::new();
    for column in fact.columns {
        match column.kind {
            FactKind::Period => out.extend([("period_start", "DATE"), ("period_end", "DATE")]),
            kind => out.push((column.name, sql_type(kind))),
        }
    }
    out
}

/// The type that values of this kind are stored as.
pub fn sql_type(kind: FactKind) -> &'static str {
    match kind {
        FactKind::Text => "VARCHAR",
        FactKind::Date | FactKind::Period => "DATE",
        FactKind::Money => "DECIMAL(18,2)",
        FactKind::Price => "DECIMAL(18,6)",
        FactKind::Moment => "TIMESTAMP",
        FactKind::Number => "DECIMAL(24,8)",
        FactKind::Percent => "DECIMAL(18,4)",
        FactKind::Flag => "BOOLEAN",
        FactKind::Whole => "INTEGER",
    }
}

impl Reader<'_> {
    /// Makes the typed table: `row_number`, the stored columns, and two masks, one bit per column
    /// of the fact table: `bad` where there is a text that cannot be read, `missing` where a
    /// needed value is not there. Rows with nothing in them and footers are left out.
    pub fn make(&self, table: &str) -> Result<(), ImportError> {
        let mut texts = vec!["rowid AS row_number".to_owned()];
        if let Some(state) = self.choice.row_rules.state() {
            texts.push(format!("{state} AS row_state"));
        }
        let mut typed = vec!["*".to_owned()];
        let mut last = vec!["*".to_owned()];
        let mut out = vec!["row_number".to_owned()];
        let (mut bad, mut missing) = (Vec::new(), Vec::new());
        for (place, fact) in self.choice.fact.columns.iter().enumerate() {
            let column = self.column(fact.name);
            let (text, value, found) =
                (format!("t{place}"), format!("v{place}"), format!("f{place}"));
            if let Some(column) = column {
                texts.push(format!("{} AS {text}", column.text));
            }
            typed.push(format!("{} AS {value}", self.value(fact, column, &text)));
            last.push(format!("{} AS {found}", self.settled(fact, column, &text, &value)));
            let bit = format!("{}::BIGINT", 1_i64 << place);
            let unread = self.unread(fact, column, &text, &found);
            if let Some(unread) = &unread {
                bad.push(format!("CASE WHEN {unread} THEN {bit} ELSE 0 END"));
            }
            if let Some(lacking) = self.lacking(fact, column, &text, &found) {
                missing.push(format!("CASE WHEN {lacking} THEN {bit} ELSE 0 END"));
            }
            match fact.kind {
                FactKind::Period => {
                    out.push(format!("{found}.s AS period_start"));
                    out.push(format!("{found}.e AS period_end"));
                }
                kind => {
                    out.push(format!("CAST({found} AS {}) AS {}", sql_type(kind), name(fact.name)))
                }
            }
        }
        if let Some(disregarded) = self.disregarded() {
            out.push(format!("{disregarded} AS disregarded"));
        }
        let sum =
            |parts: Vec<String>| if parts.is_empty() { "0".into() } else { parts.join(" + ") };
        let sql = format!(
            "CREATE OR REPLACE TEMP TABLE {table} AS
             SELECT {out}, {bad} AS bad, {missing} AS missing
             FROM (SELECT {last} FROM (SELECT {typed} FROM (SELECT {texts} FROM {staged}{footers})
                   WHERE {some_text}))",
            out = out.join(", "),
            bad = sum(bad),
            missing = sum(missing),
            last = last.join(", "),
            typed = typed.join(", "),
            texts = texts.join(", "),
            staged = self.staged.table,
            footers = self.only_data(),
            some_text = self.some_text(),
        );
        self.session.batch(&sql)?;
        Ok(())
    }

    /// Takes the rows with a fault out of the typed table and tells what was wrong with them, and
    /// where the money went that no row of the table holds.
    pub fn take_faults(&self, table: &str) -> Result<(Vec<Fault>, NotTaken), ImportError> {
        let faulty = "bad <> 0 OR missing <> 0";
        let mut texts = vec!["rowid AS row_number".to_owned()];
        for (place, fact) in self.choice.fact.columns.iter().enumerate() {
            let text = self.column(self.source_of(fact)).map_or("NULL", |column| &column.text);
            texts.push(format!("{text} AS t{place}"));
        }
        let money = money::column_of(self.choice.fact);
        let disregarded = self.disregarded().map_or("NULL", |_| "f.disregarded");
        let amount = money.map_or("NULL, NULL".into(), |money| {
            format!(
                "coalesce(f.{}, {disregarded}) AS money, f.currency AS money_in",
                name(money.name)
            )
        });
        let found = self.session.query(
            &format!(
                "SELECT f.bad, f.missing, {amount}, t.* FROM (SELECT * FROM {table} WHERE {faulty}) f
                 JOIN (SELECT {} FROM {}) t USING (row_number) ORDER BY row_number",
                texts.join(", "),
                self.staged.table
            ),
            &[],
        )?;
        let mut not_taken = NotTaken::default();
        if !found.is_empty() {
            self.session.execute(&format!("DELETE FROM {table} WHERE {faulty}"), &[])?;
        }
        if let Some(place) = money.and_then(|money| self.place(money.name)) {
            let text = format!("t{place}");
            for row in 0..found.len() {
                let amount = found.get(row, "money");
                not_taken.rejected.add(found.get(row, "money_in"), amount);
                let unread = amount.is_null() && !found.get(row, &text).is_null();
                not_taken.unread += u64::from(unread);
            }
            if self.disregarded().is_some() {
                let sql = format!("SELECT currency, sum(disregarded) FROM {table} GROUP BY ALL");
                not_taken.disregarded = Sums::asked(self.session, &sql)?;
            }
        }
        Ok(((0..found.len()).flat_map(|row| self.faults(&found, row)).collect(), not_taken))
    }

    /// SQL: the amount of a row in whose state the preset does not ask for one.
    fn disregarded(&self) -> Option<String> {
        let money = money::column_of(self.choice.fact)?;
        let only = self.only_in(self.column(money.name)?)?;
        Some(format!("CASE WHEN {only} THEN NULL ELSE v{} END", self.place(money.name)?))
    }

    fn faults(&self, found: &Table, row: usize) -> Vec<Fault> {
        let mask = |column: &str| found.get(row, column).as_int().unwrap_or_default();
        let number = found.get(row, "row_number").as_int().unwrap_or_default() as u64;
        let (bad, missing) = (mask("bad"), mask("missing"));
        let mut out = Vec::new();
        for (place, fact) in self.choice.fact.columns.iter().enumerate() {
            let bit = 1_i64 << place;
            if (bad | missing) & bit == 0 {
                continue;
            }
            let value = match found.get(row, &format!("t{place}")) {
                Value::Null => None,
                value => Some(value.plain()),
            };
            let reason = match &value {
                Some(text) if bad & bit != 0 => self.reason(fact, text),
                _ => "missing, and every row needs it".to_owned(),
            };
            let header = self.column(self.source_of(fact)).map(|column| column.header.clone());
            out.push(Fault {
                row: number,
                column: Some(header.unwrap_or_else(|| fact.name.to_owned())),
                value,
                reason,
            });
        }
        out
    }

    fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.fact.name == name)
    }

    /// The column whose text decides about this one: the stage for a state without a column.
    fn source_of<'f>(&self, fact: &'f FactColumn) -> &'f str {
        if fact.name == "state" && self.column("state").is_none() { "stage" } else { fact.name }
    }

    /// SQL of the value, over the text.
    fn value(&self, fact: &FactColumn, column: Option<&Column>, text: &str) -> String {
        if fact.name == "state" {
            return self.state(column, text);
        }
        let Some(column) = column else { return null(fact.kind) };
        match &column.style {
            Style::Empty => null(fact.kind),
            Style::Text if is_currency(fact.name) => {
                let code = format!("upper({})", self.aliased(fact.name, text));
                format!("CASE WHEN regexp_full_match({code}, '[A-Z]{{3}}') THEN {code} END")
            }
            Style::Text => {
                let text = self.aliased(fact.name, text);
                if let Some(fixed) = words::fixed(fact, &text, self.choice.rules) {
                    fixed
                } else if self.choice.fact.key.first() == Some(&fact.name) {
                    // 1.23E+11: a spreadsheet took the id for a number and dropped its digits.
                    format!(
                        "CASE WHEN contains({text}, 'E+') AND regexp_full_match({text}, \
                         '[0-9][.,][0-9]+E[+][0-9]+') THEN NULL ELSE {text} END"
                    )
                } else {
                    text
                }
            }
            Style::Date(_) if fact.kind == FactKind::Period => self.period(text),
            Style::Date(style) if fact.kind == FactKind::Moment => {
                moments::sql(&style.sql(text), text)
            }
            Style::Date(style) => style.sql(text),
            Style::Number(style) if style.percent => {
                let number = format!(
                    "{} * CASE WHEN contains({text}, '%') THEN 0.01 ELSE 1.00 END",
                    style.sql(text)
                );
                match fact.kind {
                    FactKind::Whole => whole(&number),
                    kind => format!("TRY_CAST({number} AS {})", sql_type(kind)),
                }
            }
            Style::Number(style) => match fact.kind {
                FactKind::Whole => whole(&style.sql_as(text, NARROW)),
                FactKind::Number => format!(
                    "coalesce({}::{kind}, {})",
                    style.sql_as(text, NARROW),
                    style.sql_as(text, sql_type(FactKind::Number)),
                    kind = sql_type(FactKind::Number)
                ),
                kind => style.sql_as(text, sql_type(kind)),
            },
            Style::Share(style, scale) => {
                let factor = scale.factor();
                let factor =
                    format!("(CASE WHEN contains({text}, '%') THEN 0.010 ELSE {factor} END)");
                let times = |number: String| {
                    format!("TRY_CAST({number} * {factor}::DECIMAL(4,3) AS DECIMAL(18,4))")
                };
                let narrow = times(style.sql_as(text, "DECIMAL(14,8)"));
                format!("coalesce({narrow}, {})", times(style.sql(text)))
            }
            Style::Flag(style) => style.sql(text),
            Style::Period => self.period(text),
        }
    }

    /// SQL of the value when everything else of its row is known.
    fn settled(
        &self,
        fact: &FactColumn,
        column: Option<&Column>,
        text: &str,
        value: &str,
    ) -> String {
        if fact.name == "currency" {
            let given = if column.is_some() { text } else { "NULL" };
            return self.currency.sql(given, value, self.money("t").as_deref());
        }
        let Some(column) = column else { return value.to_owned() };
        let mut settled = match (&column.style, fact.name) {
            (Style::Date(style), _) if fact.kind != FactKind::Period => {
                dates::within(value, style.years)
            }
            // The share of a deal's chance; a price gap may be any size.
            (Style::Share(..), "probability") => {
                format!("CASE WHEN {value} BETWEEN 0 AND 1 THEN {value} END")
            }
            (Style::Number(style), _) if fact.kind.is_money() && !style.plain => match self
                .place("currency")
            {
                Some(place) => {
                    let code = self.currency.sql(
                        &self.currency_text(place),
                        &format!("v{place}"),
                        Some(text),
                    );
                    format!("CASE WHEN {} THEN {value} END", super::currency::agrees(text, &code))
                }
                None => value.to_owned(),
            },
            _ => value.to_owned(),
        };
        if let Some(only) = self.only_in(column) {
            settled = format!("CASE WHEN {only} THEN {settled} END");
        }
        settled
    }

    fn period(&self, text: &str) -> String {
        let of = |name: &str| self.place(name).map(|place| format!("t{place}"));
        let periods = self.periods.as_ref().map(|periods| periods.sql(text, of));
        periods.unwrap_or_else(|| null(FactKind::Period))
    }

    fn currency_text(&self, place: usize) -> String {
        if self.column("currency").is_some() { format!("t{place}") } else { "NULL".into() }
    }

    /// SQL: the row is in a state in which the column means something.
    fn only_in(&self, column: &Column) -> Option<String> {
        if column.states.is_empty() {
            return None;
        }
        let states = column.states.iter().map(|state| quoted(state)).collect::<Vec<_>>().join(", ");
        Some(format!("v{} IN ({states})", self.place("state")?))
    }

    /// SQL: there is a text and it could not be read.
    fn unread(
        &self,
        fact: &FactColumn,
        column: Option<&Column>,
        text: &str,
        found: &str,
    ) -> Option<String> {
        if fact.name == "state" && column.is_none() && fact.required {
            return Some(format!("{} IS NOT NULL AND {found} IS NULL", self.stage_text()?));
        }
        let column = column?;
        let key = self.choice.fact.key.first() == Some(&fact.name);
        let any_text = column.style == Style::Text
            && !key
            && fact.name != "state"
            && !is_currency(fact.name)
            && words::fixed(fact, text, self.choice.rules).is_none();
        if any_text || column.style == Style::Empty {
            return None;
        }
        let only = self.only_in(column).map_or_else(String::new, |only| format!(" AND {only}"));
        let found =
            if fact.kind == FactKind::Period { format!("{found}.s") } else { found.to_owned() };
        Some(format!("{text} IS NOT NULL AND {found} IS NULL{only}"))
    }

    /// SQL: the row needs a value here and has none.
    fn lacking(
        &self,
        fact: &FactColumn,
        column: Option<&Column>,
        text: &str,
        found: &str,
    ) -> Option<String> {
        if fact.name == "currency" {
            let given = if column.is_some() { text } else { "NULL" };
            let needed = match self.money("f") {
                _ if self.choice.fact.is_log() => return None,
                _ if !self.choice.fact.currency_with_money => "true".into(),
                Some(amount) => format!("{amount} IS NOT NULL"),
                None => return None,
            };
            return Some(format!("{given} IS NULL AND {found} IS NULL AND {needed}"));
        }
        if !fact.required {
            return None;
        }
        match (fact.name, column) {
            ("state", column) => {
                let text = if column.is_some() { Some(text.to_owned()) } else { self.stage_text() };
                let no_text = text.map_or_else(String::new, |text| format!("{text} IS NULL AND "));
                Some(format!("{no_text}{found} IS NULL"))
            }
            (_, Some(_)) => Some(format!("{text} IS NULL")),
            (_, None) => None,
        }
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.choice.fact.columns.iter().position(|column| column.name == name)
    }

    /// SQL that is NULL for a row without any money, over the columns with this letter.
    fn money(&self, letter: &str) -> Option<String> {
        let money = self.columns.iter().filter(|column| column.fact.kind.is_money());
        let places = money.filter_map(|column| self.place(column.fact.name));
        let places: Vec<String> = places.map(|place| format!("{letter}{place}::VARCHAR")).collect();
        (!places.is_empty()).then(|| format!("coalesce({})", places.join(", ")))
    }

    fn aliased(&self, column: &str, text: &str) -> String {
        let Some(aliases) = self.choice.rules.aliases.get(column) else { return text.to_owned() };
        let arms = aliases
            .iter()
            .map(|(theirs, ours)| format!("WHEN {} THEN {}", quoted(theirs), quoted(ours)));
        format!("CASE {text} {} ELSE {text} END", arms.collect::<Vec<_>>().join(" "))
    }

    /// SQL: rows in which the file has some text; of a wide file, in the cell.
    fn some_text(&self) -> String {
        let into = self.choice.rules.wide.as_ref().and_then(|wide| self.place(&wide.into));
        if let Some(place) = into {
            return format!("t{place} IS NOT NULL");
        }
        let texts = self.choice.fact.columns.iter().enumerate();
        let texts = texts.filter(|(_, fact)| self.column(fact.name).is_some_and(|c| c.in_file));
        let texts: Vec<String> = texts.map(|(place, _)| format!("t{place}")).collect();
        format!("coalesce({}) IS NOT NULL", texts.join(", "))
    }
}

/// Decimals of up to 18 digits, with which DuckDB is quick: ten before the point.
const NARROW: &str = "DECIMAL(18,8)";

/// SQL of an INTEGER over one of a number; NULL where it has a fraction.
fn whole(number: &str) -> String {
    format!("CASE WHEN {number} = trunc({number}) THEN TRY_CAST({number} AS INTEGER) END")
}

fn is_currency(column: &str) -> bool {
    matches!(column, "currency" | "from_currency" | "to_currency")
}

fn null(kind: FactKind) -> String {
    match kind {
        FactKind::Period => "struct_pack(s := NULL::DATE, e := NULL::DATE)".into(),
        kind => format!("NULL::{}", sql_type(kind)),
    }
}
