//! Reads a preset: `presets/<name>.toml`.
//!
//! The shape. Everything may be left out but titles, names and columns; every
//! key that is not named here is a mistake.
//!
//! ```toml
//! title = "Salesforce opportunity report"
//! crm   = "Salesforce"
//! notes = ["Loss reasons are a custom field."]     # what the exports cannot answer
//!
//! [detect]                          # a file is this preset's if it has `minimum` of these headers
//! headers = ["Opportunity Owner", "Account Name", "Stage", "Close Date"]
//! minimum = 4                       # left out: all of them
//!
//! [[table]]
//! name     = "opportunities"        # a fact table
//! headers  = ["Opportunity ID"]     # what tells this file from others of the preset
//! minimum  = 1                      # of these; left out: all
//! with     = ["Stage"]              # a file without any of these is of another kind
//! without  = ["Old Value"]          # a file with one of these is of another kind
//! nulls    = ["NULL", "-"]          # mean missing, as an empty field always does
//! dates    = "%d/%m/%Y"             # or a list; left out: by the evidence of the column
//! years    = [1990, 2040]           # in which a date can lie; left out: 1990 to 15 years ahead
//! decimal  = "."                    # or ","; left out: by the evidence of the column
//! currency = "USD"                  # where the file says none; or "workspace": the reporting one
//! taken_on = "file name"            # or "latest date" or "asked"
//! footers  = ["Total"]              # a row whose first field begins so is no data
//! own_columns = false               # true: every column of the table under its own name
//! leave_out = [{ "Deleted" = true }]  # rows that fit one of these are no data
//! ids      = "salesforce"           # 15 and 18 characters mean the same
//! entered  = ["Date entered *"]     # columns with the day on which a stage began
//! header   = true                   # false: the first line is data, columns have positions
//!
//! [table.columns]                   # ours = theirs
//! opportunity_id = "Opportunity ID"
//! name           = ["Opportunity Name", "Name"]        # the first header that the file has
//! created_on     = { column = "Created Date", date = "%d.%m.%Y" }
//! close_date     = { first = ["Actual Close", "Est. Close"] }  # row by row the first not empty
//! account_id     = ["Account ID", { join = ["City", "Account"] }]  # several fields in one
//! loss_reason    = { column = "Reason", when = { "Status" = "Lost" } }  # only in rows that fit
//! probability    = { column = "Probability", of = 100 }        # 70 is 70 %; with of = 1, 0.7 is
//! list_price     = { column = "Price (k)", unit = 1000, decimal = "," }    # 4,5 is 4500
//! left_on        = { column = "Left", hours = 2 }              # 22:00 in UTC is the next day
//! strategic      = { column = "Key?", yes = ["Key"], no = ["Std"] }
//! segment        = { column = "Tier", nulls = ["Select"] }     # means missing in this column
//! amount         = { column = "Value", states = ["won", "lost"] }  # empty in other states
//! region         = { value = "EMEA" }                  # the same for every row
//! owner_id       = { position = 2 }                    # where there is no header
//! period         = { column = "Start", until = "next", last = "3 months" }   # first days only;
//!                             # or "next round", "end of month", "end of quarter", "end of year"
//! stage          = "Stage"
//!
//! [table.states]                    # ours = their words in `state`, else in `stage`; in any case
//! won       = ["Closed Won"]
//! lost      = ["Closed Lost"]
//! cancelled = ["Duplicate"]
//! other     = "open"                # state of all other words; left out: the import asks
//!
//! [[table.state]]                   # before the words: the first that fits says the state
//! is   = "cancelled"
//! when = { "Status" = "Lost", "Reason" = ["Duplicate", "Merged*"] }   # true and false are words
//!                                   # for yes and no, "*" is anything, "" nothing
//!
//! [table.categories]                # ours = their words in `forecast_category` or `category`
//! "best case" = ["Best Case", "Upside"]
//!
//! [table.aliases.product_id]        # theirs = what to store
//! "GTXPro" = "GTX Pro"
//! ```
//!
//! ```toml
//! [table.wide]                      # a column for each period: each cell is a row
//! into = "amount"                   # our column that the cells fill
//! unit = 1000                       # 45 is 45,000; left out: 1
//! year = "Year"                     # stands before the period; left out: the period is whole
//! [table.wide.periods]              # theirs = the period
//! M01 = "01"
//! ```
//!
//! A mapping file, which a person writes for one export, may begin with
//! `extends = "maven"`: what it leaves out is then as in that preset, column by column.

use std::collections::BTreeMap;
use std::path::Path;

use crate::catalog::error::{CatalogError, CatalogErrors, Report, suggestion};
use crate::catalog::facts::{self, FactTable};
use crate::catalog::preset::{
    CATEGORIES, ColumnSource, Detect, Preset, PresetTable, STATES, TakenOn, WORKSPACE, Words,
};
use crate::catalog::preset_columns::{check_pattern, columns, decimal, own_columns};
use crate::catalog::preset_rules::{early_star, entered, ids, leave_out, state_rules};
use crate::catalog::preset_wide;
use crate::catalog::toml_read::{Node, document, one_of, plain};
use crate::domain::Currency;

/// Reads and checks a preset; it is only of use when the report stays clean.
pub(crate) fn parse(report: &mut Report<'_>, file: &Path, name: &str) -> Option<Preset> {
    let document = document(report)?;
    let root = Node::root(&document);
    root.only(report, "a preset", &["title", "crm", "notes", "detect", "table"]);
    preset(report, &root, file, name, None)
}

/// The same for a mapping file, which may extend one of the presets that are known.
pub(crate) fn parse_mapping(
    report: &mut Report<'_>,
    file: &Path,
    name: &str,
    known: &BTreeMap<String, Preset>,
) -> Option<Preset> {
    let document = document(report)?;
    let root = Node::root(&document);
    root.only(report, "a mapping", &["extends", "title", "crm", "notes", "detect", "table"]);
    let base = match root.text(report, "extends") {
        Some(named) => match known.get(&named.value) {
            Some(base) => Some(base),
            None => {
                let offer = suggestion(&named.value, known.keys().map(String::as_str));
                report.at(named.range, format!("unknown preset \"{}\"{offer}", named.value));
                return None;
            }
        },
        None => None,
    };
    preset(report, &root, file, name, base)
}

fn preset(
    report: &mut Report<'_>,
    root: &Node<'_>,
    file: &Path,
    name: &str,
    base: Option<&Preset>,
) -> Option<Preset> {
    let mut heading = |key: &str, inherited: Option<&String>| match inherited {
        Some(inherited) if !root.has(key) => Some(inherited.clone()),
        _ => root.needed(report, "the preset", key).map(|text| text.value),
    };
    let title = heading("title", base.map(|base| &base.title));
    let crm = heading("crm", base.map(|base| &base.crm));
    let detect = root.table(report, "detect").map(|node| {
        node.only(report, "[detect]", &["headers", "minimum", "with", "without"]);
        detect(report, &node)
    });
    let nodes = root.tables(report, "table");
    if nodes.is_empty() && base.is_none() {
        report.at(0..0, "the preset has no [[table]]");
    }
    let inherited = |name: &str| base?.tables.iter().find(|table| table.name == name);
    let mut tables: Vec<PresetTable> =
        nodes.iter().filter_map(|node| table(report, node, &inherited)).collect();
    for table in base.iter().flat_map(|base| &base.tables) {
        if tables.iter().all(|own| own.name != table.name) {
            tables.push(table.clone());
        }
    }
    Some(Preset {
        name: name.to_owned(),
        title: title?,
        crm: crm?,
        detect: detect.or_else(|| Some(base?.detect.clone())).unwrap_or_default(),
        notes: match base {
            Some(base) if !root.has("notes") => base.notes.clone(),
            _ => plain(root.texts(report, "notes")),
        },
        tables,
        file: file.to_owned(),
        saved: false,
        extends: base.map(|base| base.name.clone()),
    })
}

fn detect(report: &mut Report<'_>, node: &Node<'_>) -> Detect {
    let headers = plain(node.texts(report, "headers"));
    let minimum = node.whole(report, "minimum");
    if let Some(minimum) = &minimum
        && !(1..=headers.len().max(1)).contains(&minimum.value)
    {
        report.at(
            minimum.range.clone(),
            format!("minimum is from 1 to the number of headers, which is {}", headers.len()),
        );
    }
    let with = plain(node.texts(report, "with"));
    let without = plain(node.texts(report, "without"));
    let minimum = minimum.map_or(headers.len(), |minimum| minimum.value);
    Detect { headers, minimum, with, without }
}

const TABLE_KEYS: [&str; 24] = [
    "name",
    "headers",
    "minimum",
    "with",
    "without",
    "nulls",
    "dates",
    "years",
    "decimal",
    "currency",
    "taken_on",
    "footers",
    "own_columns",
    "header",
    "wide",
    "columns",
    "states",
    "state",
    "leave_out",
    "ids",
    "entered",
    "entered_except",
    "categories",
    "aliases",
];

fn table<'b>(
    report: &mut Report<'_>,
    node: &Node<'_>,
    inherited: &impl Fn(&str) -> Option<&'b PresetTable>,
) -> Option<PresetTable> {
    node.only(report, "a table", &TABLE_KEYS);
    let name = node.needed(report, "the table", "name")?;
    let Some(fact) = facts::table(&name.value) else {
        let offer = suggestion(&name.value, facts::TABLES.iter().map(|table| table.name));
        let listed = if offer.is_empty() { "; qbr template lists those there are" } else { "" };
        report.at(name.range, format!("unknown fact table \"{}\"{offer}{listed}", name.value));
        return None;
    };
    let base = inherited(&name.value);
    let mut table = base.cloned().unwrap_or_else(|| PresetTable::empty(fact.name));
    let own = node.flag(report, "own_columns") == Some(true);
    if own {
        table.columns.extend(own_columns(fact));
    }
    if let Some(header) = node.flag(report, "header") {
        table.headerless = !header;
    }
    if node.has("wide") {
        table.wide = preset_wide::wide(report, node, fact);
    }
    if node.has("columns") || (base.is_none() && !own) {
        table.columns.extend(columns(report, node, fact, table.headerless));
    }
    if node.has("states") {
        let (words, other) = states(report, node, fact, &table.columns);
        add_words(&mut table.states, words);
        table.other_state = other.or(table.other_state);
    }
    if node.has("state") {
        table.state_rules = state_rules(report, node, fact);
    }
    check_required(report, node, fact, &table);
    if ["headers", "minimum", "with", "without"].iter().any(|key| node.has(key)) {
        table.detect = detect(report, node);
    }
    if node.has("dates") {
        let dates = node.texts(report, "dates");
        for pattern in &dates {
            check_pattern(report, pattern);
        }
        table.dates = plain(dates);
    }
    table.years = years(report, node).or(table.years);
    if node.has("nulls") {
        table.nulls = plain(node.texts(report, "nulls"));
    }
    if node.has("footers") {
        table.footers = plain(node.texts(report, "footers"));
    }
    if node.has("taken_on") {
        table.taken_on = taken_on(report, node, fact);
    }
    if node.has("leave_out") {
        table.leave_out = leave_out(report, node);
    }
    if node.has("entered") {
        table.entered = entered(report, node, fact);
    }
    if node.has("entered_except") {
        table.entered_except = plain(node.texts(report, "entered_except"));
    }
    table.ids = ids(report, node).or(table.ids);
    table.decimal = decimal(report, node).or(table.decimal);
    table.currency = currency(report, node).or(table.currency);
    let words = categories(report, node, fact);
    add_words(&mut table.categories, words);
    for (column, spellings) in aliases(report, node, fact) {
        table.aliases.entry(column).or_default().extend(spellings);
    }
    Some(table)
}

/// Columns without which every row would be rejected come from somewhere.
fn check_required(report: &mut Report<'_>, node: &Node<'_>, fact: &FactTable, table: &PresetTable) {
    let given = preset_wide::given(table.wide.as_ref(), fact, &table.columns);
    for column in fact.columns.iter().filter(|column| column.required) {
        let derived = column.name == "state" && table.tells_state();
        if !table.columns.contains_key(column.name)
            && !given.contains(&column.name)
            && !derived
            && node.has("columns")
        {
            let hint = if column.name == "state" {
                ", or [[table.state]], or stage and [table.states]"
            } else {
                ""
            };
            report.at(
                node.key_range("columns"),
                format!("every row of {} needs {}{hint}", fact.name, column.name),
            );
        }
    }
}

fn states(
    report: &mut Report<'_>,
    node: &Node<'_>,
    fact: &FactTable,
    columns: &BTreeMap<String, ColumnSource>,
) -> (Words, Option<String>) {
    let (mut words, mut other) = (Words::new(), None);
    let Some(states) = node.table(report, "states") else { return (words, other) };
    if fact.column("state").is_none() {
        report.at(node.key_range("states"), "only opportunities have states");
        return (words, other);
    }
    if !columns.contains_key("state") && !columns.contains_key("stage") {
        report.at(
            node.key_range("states"),
            "map state or stage in [table.columns]: the words are looked for there",
        );
    }
    for (key, theirs) in states.entries() {
        if key.value == "other" {
            let state = theirs.text(report, "other");
            other =
                state.and_then(|state| one_of(report, "state", &state, &STATES)).map(str::to_owned);
            continue;
        }
        let Some(ours) = one_of(report, "state", &key, &STATES) else { continue };
        words.insert(ours.to_owned(), plain(theirs.texts(report, ours)));
    }
    check_told_apart(report, node, "states", &words);
    (words, other)
}

fn categories(report: &mut Report<'_>, node: &Node<'_>, fact: &FactTable) -> Words {
    let mut words = Words::new();
    let Some(categories) = node.table(report, "categories") else { return words };
    if fact.column("forecast_category").is_none() && fact.column("category").is_none() {
        report.at(node.key_range("categories"), format!("{} has no category", fact.name));
        return words;
    }
    for (key, theirs) in categories.entries() {
        let Some(ours) = one_of(report, "forecast category", &key, &CATEGORIES) else { continue };
        words.insert(ours.to_owned(), plain(theirs.texts(report, ours)));
    }
    check_told_apart(report, node, "categories", &words);
    words
}

/// Adds words to those that are inherited; a word that now means something else means only that.
fn add_words(known: &mut Words, added: Words) {
    let same = |a: &str, b: &str| a.trim().to_lowercase() == b.trim().to_lowercase();
    for theirs in known.values_mut() {
        theirs.retain(|word| !added.values().flatten().any(|other| same(word, other)));
    }
    for (ours, theirs) in added {
        known.entry(ours).or_default().extend(theirs);
    }
}

/// No word stands for two things.
fn check_told_apart(report: &mut Report<'_>, node: &Node<'_>, key: &str, words: &Words) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (ours, theirs) in words {
        for word in theirs {
            if early_star(word) {
                report.at(
                    node.key_range(key),
                    format!("a * stands at the end of a word: \"{word}\""),
                );
            }
            if let Some(before) = seen.insert(word.trim().to_lowercase(), ours)
                && before != ours
            {
                report.at(
                    node.key_range(key),
                    format!("\"{word}\" stands for both {before} and {ours}"),
                );
            }
        }
    }
}

fn aliases(
    report: &mut Report<'_>,
    node: &Node<'_>,
    fact: &FactTable,
) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut out = BTreeMap::new();
    let Some(aliases) = node.table(report, "aliases") else { return out };
    for (column, spellings) in aliases.entries() {
        if fact.column(&column.value).is_none() {
            let offer = suggestion(&column.value, fact.columns.iter().map(|known| known.name));
            report.at(
                column.range,
                format!("{} has no column \"{}\"{offer}", fact.name, column.value),
            );
            continue;
        }
        let Some(spellings) = spellings.as_table() else {
            report.at(column.range, "aliases are pairs: \"their spelling\" = \"ours\"");
            continue;
        };
        let pairs = spellings.entries().into_iter().filter_map(|(theirs, ours)| {
            ours.text(report, &theirs.value).map(|ours| (theirs.value, ours.value))
        });
        out.insert(column.value, pairs.collect());
    }
    out
}

/// First and last year, both inclusive.
fn years(report: &mut Report<'_>, node: &Node<'_>) -> Option<(i32, i32)> {
    if !node.has("years") {
        return None;
    }
    let items = node.items(report, "years");
    let numbers: Vec<i32> = items.iter().filter_map(|item| item.as_whole()).collect();
    match numbers.as_slice() {
        [first, last] if items.len() == 2 && first <= last && (1..=9999).contains(last) => {
            Some((*first, *last))
        }
        _ => {
            report.at(node.key_range("years"), "years is the first and the last: [1990, 2040]");
            None
        }
    }
}

fn currency(report: &mut Report<'_>, node: &Node<'_>) -> Option<String> {
    let code = node.text(report, "currency")?;
    if code.value == WORKSPACE {
        return Some(code.value);
    }
    match code.value.parse::<Currency>() {
        Ok(currency) => Some(currency.to_string()),
        Err(error) => {
            report.at(code.range, error.to_string());
            None
        }
    }
}

fn taken_on(report: &mut Report<'_>, node: &Node<'_>, fact: &FactTable) -> TakenOn {
    let Some(way) = node.text(report, "taken_on") else { return TakenOn::default() };
    if !fact.history {
        report.at(way.range.clone(), format!("{} keeps no history", fact.name));
    }
    match one_of(report, "day of an export", &way, &["file name", "latest date", "asked"]) {
        Some("latest date") => TakenOn::LatestDate,
        Some("asked") => TakenOn::Asked,
        _ => TakenOn::FileName,
    }
}

impl Preset {
    /// Reads a mapping file: a preset that a person wrote for their own exports, possibly
    /// `extends`-ing one of those that are known. Its name is the file's stem.
    ///
    /// # Errors
    /// Every mistake in it, with line and caret; or that it cannot be read.
    pub fn read_mapping(
        path: &Path,
        known: &BTreeMap<String, Preset>,
    ) -> Result<Preset, CatalogErrors> {
        let whole = |message: String| CatalogErrors::from(CatalogError::whole(path, message));
        let bytes = std::fs::read(path).map_err(|error| whole(error.to_string()))?;
        let text = String::from_utf8(bytes).map_err(|_| whole("it is not UTF-8 text".into()))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy();
        let mut report = Report::new(path, text);
        let preset = parse_mapping(&mut report, path, &name, known);
        let errors = report.finish();
        match preset {
            Some(preset) => errors.or(preset),
            None => Err(errors),
        }
    }
}
