//! Values that ought to stand in a list and do not: products, people, accounts,
//! regions that the rows name and nobody has imported.
//!
//! Owns which columns lead to which lists, what they leave unmatched, and what
//! money hangs on it. Drops nothing: such a row counts, under a name that no
//! list knows. Which spelling stands for which key is decided by people, see
//! [`super::aliases`].

use crate::catalog::facts::{self, FactColumn, FactTable};
use crate::domain::{Table, Value};
use crate::workspace::{Session, WorkspaceError};

use super::history::Stores;
use super::money;
use super::nearest::Known;
use super::report::{Total, UnknownKey, UnknownKeys};
use super::stage::{name, quoted};

/// Unknown keys for which the nearest known one is looked for, those with the most rows.
const MOST: usize = 1000;

/// What can be known: the keys of a table, or the words of a dimension.
#[derive(Clone, Copy, Debug)]
pub struct List {
    /// As people name it, and as an alias of it does: `products`, `regions`.
    pub name: &'static str,
    /// One of them: `product`.
    pub one: &'static str,
    /// The column that settles it, which is what an alias is kept under.
    pub column: &'static str,
    from: From,
}

#[derive(Clone, Copy, Debug)]
enum From {
    /// The key and the name of each row.
    Table(&'static FactTable),
    /// The words in this column of several tables.
    Words,
}

/// A column whose values ought to stand in a list.
#[derive(Clone, Copy, Debug)]
struct Link {
    fact: &'static FactTable,
    column: &'static str,
}

/// Tables that say which words a dimension has; all others have to follow them.
const DIMENSION_SOURCES: [&str; 3] = ["people", "accounts", "targets"];

/// The lists, those whose gaps cost the most first.
pub fn lists() -> Vec<List> {
    let tables = [
        ("products", "product"),
        ("people", "person"),
        ("accounts", "account"),
        ("competitors", "competitor"),
        ("opportunities", "opportunity"),
    ];
    let named = |name: &'static str, one: &'static str| {
        let fact = facts::table(name)?;
        Some(List { name, one, column: fact.key.first()?, from: From::Table(fact) })
    };
    let further = facts::TABLES.iter().filter(|fact| {
        let linked =
            facts::TABLES.iter().any(|other| other.links().any(|(_, to)| to.name == fact.name));
        linked && tables.iter().all(|(name, _)| *name != fact.name)
    });
    let further = further.filter_map(|fact| named(fact.name, fact.name));
    let words = [("regions", "region"), ("segments", "segment")];
    let words = words.map(|(name, column)| List { name, one: column, column, from: From::Words });
    tables
        .into_iter()
        .filter_map(|(name, one)| named(name, one))
        .chain(further)
        .chain(words)
        .collect()
}

/// The list of this name.
pub fn list(name: &str) -> Option<List> {
    lists().into_iter().find(|list| list.name == name)
}

impl List {
    /// SQL of what is known: `key` and `name`.
    pub fn known_sql(&self, stores: &Stores) -> String {
        match self.from {
            From::Table(fact) => {
                let key = name(self.column);
                let known_as = if fact.column("name").is_some() { "name" } else { "NULL" };
                let distinct = if fact.history { "DISTINCT ON (key) " } else { "" };
                format!(
                    "SELECT {distinct}{key} AS key, {known_as} AS name FROM {}",
                    stores.of(fact.table)
                )
            }
            From::Words => {
                let tables = DIMENSION_SOURCES.iter().filter_map(|table| facts::table(table));
                let select = |fact: &FactTable| {
                    let (column, table) = (name(self.column), stores.of(fact.table));
                    format!("SELECT {column} AS key FROM {table} WHERE {column} IS NOT NULL")
                };
                let all: Vec<String> =
                    tables.filter(|fact| fact.column(self.column).is_some()).map(select).collect();
                format!(
                    "SELECT DISTINCT key, NULL::VARCHAR AS name FROM ({})",
                    all.join(" UNION ALL ")
                )
            }
        }
    }

    /// SQL of the spellings that are accepted for a known key.
    fn accepted_sql(&self, stores: &Stores) -> String {
        format!(
            "SELECT theirs FROM aliases({}) WHERE ours IN (SELECT key FROM ({}))",
            quoted(self.column),
            self.known_sql(stores)
        )
    }

    /// Columns that ought to hold its keys.
    fn links(&self) -> Vec<Link> {
        match self.from {
            From::Table(list) => facts::TABLES
                .iter()
                .flat_map(|fact| fact.links().map(move |(column, to)| (fact, column, to)))
                // Who stands above whom in a list is the list's own affair.
                .filter(|(fact, _, to)| to.name == list.name && fact.name != list.name)
                .map(|(fact, column, _)| Link { fact, column: column.name })
                .collect(),
            From::Words => facts::TABLES
                .iter()
                .filter(|fact| fact.column(self.column).is_some())
                .filter(|fact| !DIMENSION_SOURCES.contains(&fact.name))
                .map(|fact| Link { fact, column: self.column })
                .collect(),
        }
    }

    /// Everything that is known of it, for finding the nearest.
    pub fn known(&self, session: &Session<'_>, stores: &Stores) -> Result<Known, WorkspaceError> {
        let found = session.query(&self.known_sql(stores), &[])?;
        let text = |value: &Value| value.as_text().map(str::to_owned);
        let entries = found.rows.iter().filter_map(|row| Some((text(&row[0])?, text(&row[1]))));
        Ok(Known::new(entries))
    }
}

/// What the newest rows name that no list has and for which no spelling is accepted, by column.
pub fn unknown(session: &Session<'_>, stores: &Stores) -> Result<Vec<UnknownKeys>, WorkspaceError> {
    let mut out = Vec::new();
    for list in lists() {
        let mut known = None;
        for link in list.links() {
            let Some(mut unknown) = of_link(session, stores, &list, link)? else { continue };
            if !unknown.none_imported {
                if known.is_none() {
                    known = Some(list.known(session, stores)?);
                }
                for key in &mut unknown.most {
                    key.nearest = known.as_ref().and_then(|known| known.nearest(&key.key));
                }
            }
            out.push(unknown);
        }
    }
    session.batch("DROP TABLE IF EXISTS ingest_unknown")?;
    // What concerns the most rows first; the lists in their order where none were imported.
    out.sort_by_key(|unknown| (unknown.none_imported, std::cmp::Reverse(unknown.rows)));
    Ok(out)
}

fn of_link(
    session: &Session<'_>,
    stores: &Stores,
    list: &List,
    link: Link,
) -> Result<Option<UnknownKeys>, WorkspaceError> {
    let (column, table) = (name(link.column), stores.of(link.fact.table));
    if session.query(&format!("SELECT 1 FROM {table} LIMIT 1"), &[])?.is_empty() {
        return Ok(None);
    }
    let known = list.known_sql(stores);
    let none_imported = session.query(&format!("SELECT 1 FROM ({known}) LIMIT 1"), &[])?.is_empty();
    // Words that nothing else uses are no gap.
    if none_imported && matches!(list.from, From::Words) {
        return Ok(None);
    }
    let only = if link.fact.history { "valid_to IS NULL AND " } else { "" };
    let money = money::column_of(link.fact).map(|money: &FactColumn| name(money.name));
    let (currency, amount) = match &money {
        Some(amount) => ("currency", amount.as_str()),
        None => ("NULL::VARCHAR", "NULL::DECIMAL(18,2)"),
    };
    let state = if link.fact.history { "state" } else { "NULL::VARCHAR" };
    session.batch(&format!(
        "CREATE OR REPLACE TEMP TABLE ingest_unknown AS
         SELECT {column} AS key, {currency} AS currency, {state} AS state, count(*) AS n,
                count({amount}) AS priced, sum({amount})::DECIMAL(38,2) AS amount
         FROM {table}
         WHERE {only}{column} IS NOT NULL
           AND {column} NOT IN (SELECT key FROM ({known}) WHERE key IS NOT NULL)
           AND {column} NOT IN ({})
         GROUP BY ALL",
        list.accepted_sql(stores)
    ))?;
    let found = session.query(
        "SELECT count(DISTINCT key), coalesce(sum(n), 0)::BIGINT FROM ingest_unknown",
        &[],
    )?;
    let number = |row: &[Value], place: usize| row[place].as_int().unwrap_or_default() as u64;
    let Some(counts) = found.rows.first().filter(|row| number(row, 0) > 0) else { return Ok(None) };
    let money = session.query(
        "SELECT currency, state, sum(priced)::BIGINT, sum(amount)::DECIMAL(38,2)
         FROM ingest_unknown WHERE amount IS NOT NULL GROUP BY ALL ORDER BY ALL",
        &[],
    )?;
    let most = if none_imported { Vec::new() } else { most(session)? };
    Ok(Some(UnknownKeys {
        list: list.name.to_owned(),
        one: list.one.to_owned(),
        table: link.fact.name.to_owned(),
        column: link.column.to_owned(),
        keys: number(counts, 0),
        rows: number(counts, 1),
        money: money.rows.iter().filter_map(|row| total(row)).collect(),
        none_imported,
        most,
    }))
}

fn total(row: &[Value]) -> Option<Total> {
    Some(Total {
        currency: row[0].as_text()?.to_owned(),
        state: row[1].as_text().map(str::to_owned),
        rows: row[2].as_int()? as u64,
        amount: row[3].as_decimal()?,
    })
}

/// The keys with the most rows.
fn most(session: &Session<'_>) -> Result<Vec<UnknownKey>, WorkspaceError> {
    let found: Table = session.query(
        &format!(
            "WITH top AS (
                 SELECT key, sum(n)::BIGINT AS n FROM ingest_unknown GROUP BY key
                 ORDER BY n DESC, key LIMIT {MOST}
             )
             SELECT u.currency, u.state, u.priced, u.amount, top.key, top.n
             FROM top JOIN ingest_unknown u USING (key)
             ORDER BY top.n DESC, top.key, u.currency, u.state"
        ),
        &[],
    )?;
    let mut out: Vec<UnknownKey> = Vec::new();
    for row in &found.rows {
        let key = row[4].plain();
        if out.last().is_none_or(|last| last.key != key) {
            let rows = row[5].as_int().unwrap_or_default() as u64;
            out.push(UnknownKey { key, rows, money: Vec::new(), nearest: None });
        }
        if let Some(last) = out.last_mut() {
            last.money.extend(total(row));
        }
    }
    Ok(out)
}
