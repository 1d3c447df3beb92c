//! Writes a preset as the TOML that [`super::preset_parse`] reads.
//!
//! Invariant: what is written reads back as the same preset. Every part of one
//! is taken by name here, so that a part that is added later cannot be lost in
//! a saved mapping without the compiler saying so.

use std::fmt::Write as _;

use crate::catalog::facts;
use crate::catalog::preset::{
    ColumnSource, Condition, Detect, Ids, Is, Last, Origin, Preset, PresetTable, Reading,
    StateRule, TakenOn, Until, When, Wide, Words, nameless,
};

impl Preset {
    /// The preset as a file of `presets/`.
    pub fn to_toml(&self) -> String {
        // What it took from another preset is written out.
        let Preset { name: _, title, crm, detect, notes, tables, file: _, saved: _, extends: _ } =
            self;
        let mut out = Lines::default();
        out.pair("title", &text(title));
        out.pair("crm", &text(crm));
        if !notes.is_empty() {
            out.pair("notes", &long_list(notes));
        }
        if *detect != Detect::default() {
            out.line("\n[detect]");
            out.detect(detect);
        }
        for table in tables {
            out.table(table);
        }
        out.0
    }
}

impl PresetTable {
    /// The table alone, as in the file of a preset.
    pub fn to_toml(&self) -> String {
        let mut out = Lines::default();
        out.table(self);
        out.0
    }
}

#[derive(Default)]
struct Lines(String);

impl Lines {
    fn line(&mut self, line: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "{line}");
    }

    fn pair(&mut self, key: &str, value: &str) {
        self.line(&format!("{} = {value}", bare_or_quoted(key)));
    }

    fn detect(&mut self, Detect { headers, minimum, with, without }: &Detect) {
        if !headers.is_empty() {
            self.pair("headers", &long_list(headers));
        }
        if *minimum != headers.len() {
            self.pair("minimum", &minimum.to_string());
        }
        if !with.is_empty() {
            self.pair("with", &list(with));
        }
        if !without.is_empty() {
            self.pair("without", &list(without));
        }
    }

    fn table(&mut self, table: &PresetTable) {
        let PresetTable {
            name,
            detect,
            columns,
            states,
            other_state,
            state_rules,
            leave_out,
            ids,
            entered,
            entered_except,
            categories,
            nulls,
            aliases,
            dates,
            years,
            decimal,
            currency,
            taken_on,
            footers,
            headerless,
            wide,
        } = table;
        self.line("\n[[table]]");
        self.pair("name", &text(name));
        self.detect(detect);
        let lists = [
            ("nulls", nulls),
            ("dates", dates),
            ("footers", footers),
            ("entered", entered),
            ("entered_except", entered_except),
        ];
        for (key, texts) in lists {
            if !texts.is_empty() {
                self.pair(key, &list(texts));
            }
        }
        if let Some((first, last)) = years {
            self.pair("years", &format!("[{first}, {last}]"));
        }
        if let Some(mark) = decimal {
            self.pair("decimal", &text(&mark.to_string()));
        }
        if let Some(code) = currency {
            self.pair("currency", &text(code));
        }
        match taken_on {
            TakenOn::FileName => {}
            TakenOn::LatestDate => self.pair("taken_on", &text("latest date")),
            TakenOn::Asked => self.pair("taken_on", &text("asked")),
        }
        if *headerless {
            self.pair("header", "false");
        }
        match ids {
            None => {}
            Some(Ids::Salesforce) => self.pair("ids", &text("salesforce")),
        }
        if !leave_out.is_empty() {
            let rows: Vec<String> = leave_out.iter().map(when).collect();
            self.pair("leave_out", &format!("[{}]", rows.join(", ")));
        }
        self.line("\n[table.columns]");
        let fact = facts::table(name).map(|fact| fact.columns).unwrap_or_default();
        let place = |ours: &str| fact.iter().position(|column| column.name == ours);
        let mut columns: Vec<_> = columns.iter().collect();
        columns.sort_by_key(|(ours, _)| place(ours));
        for (ours, source) in columns {
            self.pair(ours, &column(source));
        }
        if let Some(Wide { into, year, periods, reading }) = wide {
            self.line("\n[table.wide]");
            self.pair("into", &text(into));
            if !year.is_empty() {
                self.pair("year", &list(year));
            }
            for part in parts(reading) {
                self.line(&part);
            }
            self.line("\n[table.wide.periods]");
            for (theirs, ours) in periods {
                self.line(&format!("{} = {}", text(theirs), text(ours)));
            }
        }
        if !states.is_empty() || other_state.is_some() {
            self.line("\n[table.states]");
            self.words(states);
            if let Some(state) = other_state {
                self.pair("other", &text(state));
            }
        }
        for StateRule { is, when: fits } in state_rules {
            self.line("\n[[table.state]]");
            self.pair("is", &text(is));
            self.pair("when", &when(fits));
        }
        if !categories.is_empty() {
            self.line("\n[table.categories]");
            self.words(categories);
        }
        for (column, spellings) in aliases {
            self.line(&format!("\n[table.aliases.{}]", bare_or_quoted(column)));
            for (theirs, ours) in spellings {
                self.line(&format!("{} = {}", text(theirs), text(ours)));
            }
        }
    }

    fn words(&mut self, words: &Words) {
        for (ours, theirs) in words {
            self.pair(ours, &list(theirs));
        }
    }
}

fn column(source: &ColumnSource) -> String {
    let (key, names, reading) = match source {
        ColumnSource::Constant(value) => return format!("{{ value = {} }}", text(value)),
        ColumnSource::Header { names, reading } => ("column", names, reading),
        ColumnSource::FirstFilled { names, reading } => ("first", names, reading),
    };
    let from = match names.as_slice() {
        [only] if plain(only) => origin(only),
        several => {
            let places: Vec<String> = several.iter().map(origin).collect();
            format!("[{}]", places.join(", "))
        }
    };
    let mut parts = vec![format!("{key} = {from}")];
    if let ("column", Some(position)) = (key, position(names)) {
        parts = vec![format!("position = {position}")];
    }
    parts.extend(self::parts(reading));
    if parts.len() == 1 && parts[0].starts_with("column") {
        return from;
    }
    format!("{{ {} }}", parts.join(", "))
}

/// How values are read, as keys and values.
fn parts(reading: &Reading) -> Vec<String> {
    let Reading { date, hours, decimal, of, unit, yes, no, nulls, states, until } = reading;
    let mut parts = Vec::new();
    parts.extend(date.as_ref().map(|pattern| format!("date = {}", text(pattern))));
    parts.extend(hours.map(|hours| format!("hours = {hours}")));
    parts.extend(decimal.map(|mark| format!("decimal = {}", text(&mark.to_string()))));
    parts.extend(of.map(|whole| format!("of = {whole}")));
    parts.extend(unit.map(|unit| format!("unit = {unit}")));
    for (key, words) in [("yes", yes), ("no", no)] {
        if !words.is_empty() {
            parts.push(format!("{key} = {}", list(words)));
        }
    }
    // An empty list says that nothing is missing.
    parts.extend(nulls.as_ref().map(|nulls| format!("nulls = {}", list(nulls))));
    if !states.is_empty() {
        parts.push(format!("states = {}", list(states)));
    }
    let (lasts, last) = match until {
        None => return parts,
        Some(Until::Month) => ("end of month", None),
        Some(Until::Quarter) => ("end of quarter", None),
        Some(Until::Year) => ("end of year", None),
        Some(Until::Next(last)) => ("next", Some(last)),
        Some(Until::NextRound(last)) => ("next round", Some(last)),
    };
    parts.push(format!("until = {}", text(lasts)));
    parts.extend(last.map(|last| match last {
        Last::On(day) => format!("last = {}", text(&day.to_string())),
        Last::Months(months) => format!("last = {}", text(&format!("{months} months"))),
    }));
    parts
}

/// The position of a column that has no header.
fn position(names: &[Origin]) -> Option<usize> {
    let [only] = names else { return None };
    let [header] = only.headers.as_slice() else { return None };
    let position = header.strip_prefix("column ")?.parse().ok()?;
    (plain(only) && nameless(position) == *header).then_some(position)
}

/// One header and no condition.
fn plain(origin: &Origin) -> bool {
    origin.headers.len() == 1 && origin.when == When::default()
}

fn origin(place: &Origin) -> String {
    let Origin { headers, when: fits } = place;
    if plain(place) {
        return text(&headers[0]);
    }
    let mut parts = vec![match headers.as_slice() {
        [only] => format!("column = {}", text(only)),
        several => format!("join = {}", list(several)),
    }];
    if *fits != When::default() {
        parts.push(format!("when = {}", when(fits)));
    }
    format!("{{ {} }}", parts.join(", "))
}

fn when(When(conditions): &When) -> String {
    let one = |Condition { header, is }: &Condition| {
        let wanted = match is {
            Is::Words(words) => list(words),
            Is::Flag(flag) => flag.to_string(),
            Is::Filled => text("*"),
            Is::Empty => text(""),
        };
        format!("{} = {wanted}", bare_or_quoted(header))
    };
    let conditions: Vec<String> = conditions.iter().map(one).collect();
    format!("{{ {} }}", conditions.join(", "))
}

/// A quoted text, with whatever needs it escaped.
fn text(text: &str) -> String {
    // What JSON escapes, TOML reads; it wants one character more escaped.
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007F")
}

fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|one| text(one)).collect();
    format!("[{}]", quoted.join(", "))
}

/// A list that may be long, one text a line where it is.
fn long_list(texts: &[String]) -> String {
    let short = list(texts);
    if short.len() <= 90 {
        return short;
    }
    let quoted: Vec<String> = texts.iter().map(|one| format!("  {},\n", text(one))).collect();
    format!("[\n{}]", quoted.concat())
}

fn bare_or_quoted(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { text(key) }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::catalog::Catalog;
    use crate::catalog::error::Report;
    use crate::catalog::preset_parse;

    fn read_back(preset: &Preset) -> Preset {
        let written = preset.to_toml();
        let mut report = Report::new(&preset.file, &written);
        let read = preset_parse::parse(&mut report, &preset.file, &preset.name);
        assert!(report.is_clean(), "{}\n{written}", report.finish());
        Preset { saved: preset.saved, ..read.expect("a preset") }
    }

    #[test]
    fn every_preset_of_the_program_reads_back_as_it_was() {
        for preset in Catalog::embedded().expect("sound").presets.values() {
            assert_eq!(&read_back(preset), preset);
        }
    }

    #[test]
    fn it_is_written_as_a_person_would() {
        let mut table = PresetTable::empty("opportunities");
        table.columns.insert("opportunity_id".into(), header("Deal"));
        table.columns.insert(
            "close_date".into(),
            ColumnSource::Header {
                names: vec!["Close".into()],
                reading: Reading { date: Some("%d/%m/%Y".into()), ..Reading::default() },
            },
        );
        table.columns.insert("stage".into(), header("Phase"));
        table.states.insert("won".into(), vec!["Won".into()]);
        table.other_state = Some("open".into());
        table.currency = Some("EUR".into());
        let preset = Preset {
            name: "ours".into(),
            title: "Our CRM".into(),
            crm: "Ours".into(),
            detect: Detect::default(),
            notes: Vec::new(),
            tables: vec![table],
            file: Path::new("presets/ours.toml").to_owned(),
            saved: true,
            extends: None,
        };
        let expected = "title = \"Our CRM\"\ncrm = \"Ours\"\n\n[[table]]\nname = \
                        \"opportunities\"\ncurrency = \"EUR\"\n\n[table.columns]\nopportunity_id = \
                        \"Deal\"\nstage = \"Phase\"\nclose_date = { column = \"Close\", date = \
                        \"%d/%m/%Y\" }\n\n[table.states]\nwon = [\"Won\"]\nother = \
                        \"open\"\n";
        assert_eq!(preset.to_toml(), expected);
        assert_eq!(read_back(&preset), preset);
    }

    fn header(name: &str) -> ColumnSource {
        ColumnSource::Header { names: vec![name.into()], reading: Reading::default() }
    }

    proptest! {
        /// Whatever a file calls its columns and its words, the mapping that names them reads back.
        #[test]
        fn any_header_and_any_word_survives(
            headers in prop::collection::btree_set("[^\\s\u{feff}][^\u{0}]{0,11}[^\\s\u{feff}]", 3..9),
            words in prop::collection::btree_set("[a-zA-Zäß\"'\\\\#=\\[\\]{}.\n\t ]{1,9}x", 1..6),
            decimal in prop::option::of(prop::sample::select(vec!['.', ','])),
        ) {
            let fact = facts::table("opportunities").expect("a table");
            let mut table = PresetTable::empty("opportunities");
            for (column, name) in fact.columns.iter().zip(&headers) {
                table.columns.insert(column.name.into(), header(name));
            }
            table.columns.insert("stage".into(), header("Stage"));
            table.states.insert("won".into(), words.iter().cloned().collect());
            table.other_state = Some("open".into());
            table.aliases.insert("product_id".into(), words.iter().map(|w| (w.clone(), "x".into())).collect());
            table.nulls = words.iter().cloned().collect();
            table.decimal = decimal;
            table.detect = Detect {
                headers: headers.iter().cloned().collect(),
                minimum: 2,
                with: words.iter().cloned().collect(),
                without: words.iter().cloned().collect(),
            };
            // Words are told apart by nothing but their case: one of each is kept.
            let mut seen = std::collections::BTreeSet::new();
            table.states.get_mut("won").expect("there").retain(|word| seen.insert(word.trim().to_lowercase()));
            let preset = Preset {
                name: "any".into(),
                title: headers.iter().cloned().collect::<Vec<_>>().join(" "),
                crm: "any".into(),
                detect: Detect::default(),
                notes: words.iter().cloned().collect(),
                tables: vec![table],
                file: Path::new("presets/any.toml").to_owned(),
                saved: false,
                extends: None,
            };
            prop_assert_eq!(read_back(&preset), preset);
        }
    }
}
