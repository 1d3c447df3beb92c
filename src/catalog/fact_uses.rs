//! Which facts a figure reads, told by its SQL and by that of the model it uses.
//!
//! Owns no judgement about them: what a figure cannot do without stands in its
//! header (`needs`), and is always among what it reads.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::facts::{FactTable, TABLES};
use crate::catalog::sql_scan::{Token, TokenKind, created, tokens, variables, words};
use crate::catalog::{Catalog, Figure};

/// Tables that each definition of the model names, and other definitions that it names.
#[derive(Debug, Default)]
pub struct FactUses {
    definitions: BTreeMap<String, Uses>,
}

#[derive(Debug, Default)]
struct Uses {
    tables: BTreeSet<String>,
    words: BTreeSet<String>,
}

impl FactUses {
    /// Looks at the whole model once.
    pub fn of(catalog: &Catalog) -> Self {
        let mut definitions = BTreeMap::new();
        for file in &catalog.model {
            let tokens = tokens(&file.sql);
            for statement in tokens.split(|token| token.is_sign(";")) {
                if let Some(name) = created(statement) {
                    definitions.insert(name.to_lowercase(), Uses::of(statement));
                }
            }
        }
        FactUses { definitions }
    }

    /// Fact tables that a figure reads, in their own order.
    pub fn by(&self, figure: &Figure) -> Vec<&'static FactTable> {
        let Uses { mut tables, words } = Uses::of(&tokens(&figure.sql));
        let mut seen = BTreeSet::new();
        let mut waiting: Vec<String> = words.into_iter().collect();
        while let Some(word) = waiting.pop() {
            let Some(uses) = self.definitions.get(&word) else { continue };
            if seen.insert(word) {
                tables.extend(uses.tables.iter().cloned());
                waiting.extend(uses.words.iter().cloned());
            }
        }
        // The days of its exports come with a table that keeps history.
        let dated = tables.contains("facts.snapshot");
        let read = |table: &&FactTable| tables.contains(table.table) || (table.history && dated);
        TABLES.iter().filter(read).collect()
    }
}

impl Uses {
    fn of(sql: &[Token<'_>]) -> Self {
        let named = sql.windows(3).filter(|part| {
            let name = |token: &Token<'_>| matches!(token.kind, TokenKind::Word | TokenKind::Name);
            name(&part[0]) && part[1].is_sign(".") && name(&part[2])
        });
        let tables = named.map(|part| format!("{}.{}", part[0].text, part[2].text).to_lowercase());
        // A table that a variable names is the view of that name and `_rows`, kept.
        let kept = variables(sql).into_iter().filter_map(|used| used.name);
        let kept = kept.map(|name| format!("{}_rows", name.to_lowercase()));
        Uses { tables: tables.collect(), words: words(sql).into_iter().chain(kept).collect() }
    }
}
