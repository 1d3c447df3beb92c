//! In which currency the money of a file is.
//!
//! Owns the refusal of money without one, and of money whose currency is said
//! in two ways. What the file itself says goes first: the currency of the row,
//! the sign in the amount, the heading. The currency that a mapping names is for
//! rows that say none; the reporting currency of the workspace is taken only
//! where a mapping asks for it, never for want of another.

mod signs;

use crate::catalog::preset::WORKSPACE;
use crate::domain::text::harmless;
use crate::workspace::Session;

use super::choose::Choice;
use super::column::{Column, Style};
use super::error::ImportError;
use super::occurrence::{Occurrence, Why};
use super::shape::comparable;
use super::source::Source;
use super::stage::{Staged, quoted};

use signs::Sign;
pub use signs::agrees;

/// Where the currency of a row comes from, beyond its own column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CurrencyRule {
    /// For rows that name none.
    pub given: Option<String>,
    /// For rows that name none and have no money either: the only one in the file.
    pub without_money: Option<String>,
    /// The signs in the amounts differ: each is that of its row.
    pub by_amount: bool,
    /// The heading of the money, and why it is this currency; `None` where each row says it.
    pub told: Option<(String, Why)>,
}

/// Decides for one file.
///
/// # Errors
/// `CurrencyMissing` where there is money and nothing says in what, `CurrencyConflict` where two
/// things say it.
pub fn rule(
    session: &Session<'_>,
    source: &Source,
    choice: &Choice<'_>,
    staged: &Staged,
    columns: &[Column],
    reporting: &str,
) -> Result<CurrencyRule, ImportError> {
    if choice.fact.column("currency").is_none() {
        return Ok(CurrencyRule::default());
    }
    let named = choice.rules.currency.as_deref();
    let named = named.map(|code| if code == WORKSPACE { reporting } else { code }.to_owned());
    if choice.fact.is_log() {
        // What it does not say is known from the export of the opportunity.
        let without_money = named.clone();
        return Ok(CurrencyRule { without_money, given: named, ..CurrencyRule::default() });
    }
    let money: Vec<&Column> = columns
        .iter()
        .filter(|column| column.fact.kind.is_money() && column.style != Style::Empty)
        .collect();
    let Some(first) = money.first() else {
        // No money, so no figure can depend on it.
        let without_money = named.clone().or_else(|| Some(reporting.to_owned()));
        return Ok(CurrencyRule { given: named, without_money, ..CurrencyRule::default() });
    };
    let asked = Asked { session, source, choice, staged, money: &money, named };
    let column = columns.iter().find(|column| column.fact.name == "currency");
    let heading = asked.heading()?;
    match column {
        Some(column) => asked.of_column(first, column, heading),
        None => asked.of_amounts(first, heading, "it has no column for it"),
    }
}

struct Asked<'a> {
    session: &'a Session<'a>,
    source: &'a Source,
    choice: &'a Choice<'a>,
    staged: &'a Staged,
    money: &'a [&'a Column],
    /// By the mapping or the preset, for rows that say none.
    named: Option<String>,
}

/// A code that a heading says, and the heading.
type Heading = Option<(Sign, String)>;

impl Asked<'_> {
    /// The currency that the headings of money name, if they do.
    fn heading(&self) -> Result<Heading, ImportError> {
        let mut found: Heading = None;
        for column in self.money.iter().filter(|column| column.in_file) {
            let Some(sign) = signs::in_heading(&column.header) else { continue };
            match &found {
                Some((before, header)) if !before.agrees(&sign) => {
                    return Err(self.conflict(format!(
                        "\"{}\" says {before}, and \"{}\" says {sign}",
                        harmless(header),
                        harmless(&column.header)
                    )));
                }
                _ => found = Some((sign, column.header.clone())),
            }
        }
        Ok(found)
    }

    /// Each row says it, in a column of its own.
    fn of_column(
        &self,
        first: &Column,
        column: &Column,
        heading: Heading,
    ) -> Result<CurrencyRule, ImportError> {
        // A column that the mapping makes up says it for every row, whatever the heading does.
        let heading = heading.filter(|_| column.in_file);
        let other = match &heading {
            Some((sign, _)) => format!("NOT {}", sign.sql("upper(c)")),
            None => "false".into(),
        };
        let found = self.session.query(
            &format!(
                "SELECT count(c), count(DISTINCT upper(c)), any_value(upper(c)), \
                 count(*) FILTER (c IS NULL AND m IS NOT NULL), \
                 min(r) FILTER (m IS NOT NULL AND c IS NOT NULL AND {other}), \
                 arg_min(c, r) FILTER (m IS NOT NULL AND c IS NOT NULL AND {other}) \
                 FROM (SELECT {} AS c, {} AS m, rowid AS r FROM {})",
                column.text,
                any(self.money),
                self.staged.table
            ),
            &[],
        )?;
        let Some(row) = found.rows.first() else { return Ok(CurrencyRule::default()) };
        let number = |place: usize| row[place].as_int().unwrap_or(0);
        if let (Some((sign, header)), Some(at)) = (&heading, row[4].as_int()) {
            let line = self.staged.lines_of(self.source, &[at as u64])?;
            return Err(self.conflict(format!(
                "the heading \"{}\" says {sign}, and \"{}\" says {} in line {}",
                harmless(header),
                harmless(&column.header),
                harmless(&row[5].plain()),
                line.first().copied().unwrap_or_default()
            )));
        }
        if number(0) == 0 && number(3) > 0 {
            let why = format!("its column \"{}\" is empty", harmless(&column.header));
            return self.of_amounts(first, heading, &why);
        }
        let only = (number(1) == 1).then(|| row[2].plain());
        let heading = heading.and_then(|(sign, _)| sign.code().map(str::to_owned));
        let given = heading.or_else(|| self.named.clone());
        let by_amount = number(3) > 0 && self.signed().any(|(sign, _)| sign.code().is_some());
        Ok(CurrencyRule { without_money: given.clone().or(only), given, by_amount, told: None })
    }

    /// No row says it in a column: the heading, the signs in the amounts, the mapping.
    fn of_amounts(
        &self,
        first: &Column,
        heading: Heading,
        lacks: &str,
    ) -> Result<CurrencyRule, ImportError> {
        if let Some((said, header)) = &heading
            && let Some((sign, seen)) = self.signed().find(|(sign, _)| !sign.agrees(said))
        {
            return Err(self.conflict(format!(
                "the heading \"{}\" says {said}, and {seen} says {sign}",
                harmless(header)
            )));
        }
        if let Some((Some(code), header)) =
            heading.as_ref().map(|(sign, header)| (sign.code(), header))
        {
            return Ok(self.only(
                first,
                code,
                Why::words(format!("the heading \"{header}\" says so")),
            ));
        }
        // `$` alone is the currency of many countries.
        let vague = self.signed().find(|(sign, _)| sign.code().is_none());
        let mut codes: Vec<(&str, &Occurrence)> = Vec::new();
        let signed: Vec<(Sign, &Occurrence)> = self.signed().collect();
        for (sign, seen) in &signed {
            if let Some(code) = sign.code()
                && codes.iter().all(|(known, _)| *known != code)
            {
                codes.push((code, *seen));
            }
        }
        let bare = self.money.iter().flat_map(|column| &column.currencies);
        let bare = bare.filter(|(token, _)| token.is_none()).map(|(_, seen)| seen);
        let bare = bare.min_by_key(|seen| seen.row);
        match (codes.as_slice(), &self.named) {
            ([], Some(named)) => {
                let of_named = Sign::of(named);
                if let Some((sign, header)) = heading.filter(|(sign, _)| !sign.agrees(&of_named)) {
                    let header = harmless(&header);
                    return Err(self.conflict(format!(
                        "the heading \"{header}\" says {sign}, and the mapping or the preset {named}"
                    )));
                }
                let words = match self.choice.rules.currency.as_deref() {
                    Some(WORKSPACE) => "the reporting currency, as the mapping or the preset says",
                    _ => "as the mapping or the preset says",
                };
                Ok(self.only(first, named, Why::words(words)))
            }
            ([], None) => {
                let said = match (&vague, &heading) {
                    (Some((sign, seen)), _) => format!(", and {sign} in {seen} is of several"),
                    (None, Some((sign, _))) => format!(", and {sign} in its heading is of several"),
                    (None, None) => String::new(),
                };
                Err(self.missing(first, &format!("{lacks}{said}")))
            }
            ([(code, seen)], named)
                if (bare.is_none() && vague.is_none()) || named.as_deref() == Some(*code) =>
            {
                let why = Why { words: "says so".into(), seen: Some((*seen).clone()) };
                Ok(self.only(first, code, why))
            }
            ([(code, seen), ..], None) if bare.is_some() || vague.is_some() => {
                let other = bare.or(vague.as_ref().map(|(_, seen)| *seen));
                let other = other.map(Occurrence::to_string).unwrap_or_default();
                Err(self.missing(first, &format!("{seen} is in {code}, and {other} does not say")))
            }
            (several, named) => {
                let (code, seen) = several[0];
                let words = format!("is in {code}, and each amount says its own");
                Ok(CurrencyRule {
                    given: named.clone(),
                    without_money: named.clone().or_else(|| Some(code.to_owned())),
                    by_amount: true,
                    told: Some((first.header.clone(), Why { words, seen: Some(seen.clone()) })),
                })
            }
        }
    }

    fn only(&self, first: &Column, code: &str, why: Why) -> CurrencyRule {
        CurrencyRule {
            given: Some(code.to_owned()),
            without_money: Some(code.to_owned()),
            by_amount: false,
            told: Some((first.header.clone(), why)),
        }
    }

    /// Signs and codes within the amounts, with the first value of each.
    fn signed(&self) -> impl Iterator<Item = (Sign, &Occurrence)> {
        let all = self.money.iter().flat_map(|column| &column.currencies);
        all.filter_map(|(token, seen)| Some((Sign::of(token.as_deref()?), seen)))
    }

    fn missing(&self, money: &Column, why: &str) -> ImportError {
        let beside = self.beside(&money.header);
        let beside = beside.map_or_else(String::new, |name| {
            let name = harmless(name);
            format!("; the file has a column \"{name}\" (currency = \"{name}\" in [table.columns] takes it)")
        });
        ImportError::CurrencyMissing {
            file: self.source.path.clone(),
            preset: self.choice.preset.name.clone(),
            table: self.choice.fact.name.to_owned(),
            why: format!("\"{}\" is money, and {why}{beside}", harmless(&money.header)),
        }
    }

    fn conflict(&self, why: String) -> ImportError {
        ImportError::CurrencyConflict {
            file: self.source.path.clone(),
            table: self.choice.fact.name.to_owned(),
            why,
        }
    }

    /// A column of the file that nothing comes from and that is called as currencies are.
    fn beside(&self, money: &str) -> Option<&str> {
        let money = comparable(money);
        let named = [format!("{money} currency"), format!("currency of {money}")];
        let plain = [
            "currency",
            "currency code",
            "currencyisocode",
            "währung",
            "devise",
            "moneda",
            "divisa",
            "moeda",
        ];
        let known = |name: &&String| {
            let name = comparable(name);
            named.contains(&name) || plain.contains(&name.as_str())
        };
        self.choice.unused.iter().find(known).map(String::as_str)
    }
}

/// SQL that is NULL for a row without any money.
fn any(money: &[&Column]) -> String {
    let texts: Vec<&str> = money.iter().map(|column| column.text.as_str()).collect();
    format!("coalesce({})", texts.join(", "))
}

impl CurrencyRule {
    /// SQL of the code: over the text and the code that was read from it, and the text of the
    /// money, where there is any.
    pub fn sql(&self, text: &str, code: &str, money: Option<&str>) -> String {
        let literal = |code: &Option<String>| code.as_deref().map_or("NULL".into(), quoted);
        let (given, without) = (literal(&self.given), literal(&self.without_money));
        let otherwise = match money {
            Some(money) if self.by_amount => {
                let own = signs::code_in(money);
                format!(
                    "CASE WHEN {money} IS NULL THEN {without} ELSE coalesce({own}, {given}) END"
                )
            }
            Some(money) => format!("CASE WHEN {money} IS NULL THEN {without} ELSE {given} END"),
            None => without,
        };
        format!("CASE WHEN {text} IS NULL THEN {otherwise} ELSE {code} END")
    }
}
