//! What the workspace knows after an import, and what it cannot answer.
//!
//! Owns the comparison of the facts with what the figures need. Knows no figure
//! by name: needs and kinds of chart are read from the headers.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::figure::Chart;
use crate::catalog::{Catalog, facts};
use crate::workspace::{Session, WorkspaceError};

use super::history::Stores;
use super::report::Gap;
use super::stage::name;

/// Figures that lack what they need, and questions that the facts leave open.
pub fn gaps(
    session: &Session<'_>,
    stores: &Stores,
    catalog: &Catalog,
) -> Result<Vec<Gap>, WorkspaceError> {
    let facts = Facts { session, stores };
    let mut out = Vec::new();
    let needs: BTreeSet<&str> = catalog
        .figures
        .values()
        .flat_map(|figure| figure.needs.iter().map(String::as_str))
        .collect();
    for need in needs {
        let Some((because, remedy)) = facts.lacks(need)? else { continue };
        let figures =
            catalog.figures.values().filter(|figure| figure.needs.iter().any(|n| n == need));
        out.push(gap(figures, because, remedy));
    }
    let snapshots =
        facts.number(&format!("SELECT count(*) FROM {}", stores.of("facts.snapshot")))?;
    if snapshots == 1 {
        let bridges = catalog.figures.values().filter(|figure| {
            matches!(figure.chart, Some(Chart::Bridge { .. }))
                && figure.needs.iter().any(|need| need == "opportunities")
        });
        let because = "there is one snapshot, and a bridge leads from one to another".to_owned();
        let remedy = "import an export of another day".to_owned();
        out.push(gap(bridges, because, remedy));
    }
    out.extend(facts.open_questions()?);
    out.retain(|gap| !gap.what.is_empty());
    Ok(out)
}

/// The titles of the figures that none of the gaps names, by figure.
pub fn answerable(catalog: &Catalog, gaps: &[Gap]) -> BTreeMap<String, String> {
    let lacking: BTreeSet<&str> =
        gaps.iter().flat_map(|gap| gap.figures.iter().map(String::as_str)).collect();
    let figures = catalog.figures.values();
    let answerable = figures.filter(|figure| !lacking.contains(figure.name.as_str()));
    answerable.map(|figure| (figure.name.clone(), figure.title.clone())).collect()
}

fn gap<'a>(
    figures: impl Iterator<Item = &'a crate::catalog::Figure>,
    because: String,
    remedy: String,
) -> Gap {
    let (names, titles): (Vec<String>, Vec<String>) =
        figures.map(|figure| (figure.name.clone(), figure.title.clone())).unzip();
    Gap { figures: names, what: titles.join(", "), because, remedy }
}

struct Facts<'a> {
    session: &'a Session<'a>,
    stores: &'a Stores,
}

impl Facts<'_> {
    fn number(&self, sql: &str) -> Result<i64, WorkspaceError> {
        let found = self.session.query(sql, &[])?;
        Ok(found.rows.first().and_then(|row| row[0].as_int()).unwrap_or_default())
    }

    /// Why a need is not met: `forecasts`, or `opportunities.amount`.
    fn lacks(&self, need: &str) -> Result<Option<(String, String)>, WorkspaceError> {
        let (table, column) = need.split_once('.').unwrap_or((need, ""));
        let Some(fact) = facts::table(table) else { return Ok(None) };
        let stored = self.stores.of(fact.table);
        let remedy = format!("import them: qbr template {table} shows the columns");
        if self.number(&format!("SELECT count(*) FROM (SELECT 1 FROM {stored} LIMIT 1)"))? == 0 {
            return Ok(Some((format!("no {table} have been imported"), remedy)));
        }
        if fact.column(column).is_none() {
            return Ok(None);
        }
        let some = format!(
            "SELECT count(*) FROM (SELECT 1 FROM {stored} WHERE {} IS NOT NULL LIMIT 1)",
            name(column)
        );
        let empty = self.number(&some)? == 0;
        Ok(empty.then(|| (format!("no {table} have {}", column.replace('_', " ")), remedy)))
    }

    /// Columns without which the rows are there and say little.
    fn open_questions(&self) -> Result<Vec<Gap>, WorkspaceError> {
        let deals = self.stores.of("facts.opportunity");
        let found = self.session.query(
            &format!(
                "SELECT count(*) AS deals, count(*) FILTER (state = 'open') AS open,
                        count(amount) FILTER (state = 'open') AS open_amount,
                        count(probability) FILTER (state = 'open') AS open_probability,
                        count(*) FILTER (state = 'lost') AS lost,
                        count(loss_reason) FILTER (state = 'lost') AS reasons,
                        count(created_on) AS created
                 FROM {deals} WHERE valid_to IS NULL"
            ),
            &[],
        )?;
        let number = |column: &str| found.get(0, column).as_int().unwrap_or_default();
        let mut out = Vec::new();
        let mut tell = |what: &str, because: &str, remedy: &str| {
            out.push(Gap {
                figures: Vec::new(),
                what: what.into(),
                because: because.into(),
                remedy: remedy.into(),
            });
        };
        let deals = number("deals");
        if deals > 0 && number("open") == 0 {
            tell(
                "Open pipeline",
                "the newest snapshot has closed deals only",
                "export the open ones as well",
            );
        }
        if number("open") > 0 && number("open_amount") == 0 {
            tell(
                "Weighted pipeline, coverage and other sums of open deals",
                "no open deal has an amount",
                "export the amount of open deals",
            );
        } else if number("open") > 0 && number("open_probability") == 0 {
            tell(
                "Weighted pipeline by the CRM's own probability",
                "no open deal has a probability",
                "export it, or import stage_probability as assumptions",
            );
        }
        if number("lost") > 0 && number("reasons") == 0 {
            tell(
                "Reasons for losses, from the CRM",
                "no lost deal has one",
                "export the loss reason",
            );
        }
        if deals > 0 && number("created") == 0 {
            tell("Sales cycle and age", "no deal has a day of creation", "export the created date");
        }
        Ok(out)
    }
}
