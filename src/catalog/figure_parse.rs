//! Reads the header of a figure: the comment lines at the head of its SQL file.
//!
//! The format, key by key in this order; `private` and below, `curriculum`,
//! `needs` and `parameters` may be left out:
//!
//! ```text
//! -- figure:     win-rate                       the file's stem
//! -- title:      Win rate by month
//! -- question:   Of the deals closed each month, how many were won?
//! -- curriculum: M8.2, M8.1
//! -- source:     domain M8.2; won / (won + lost) by close date
//! -- grain:      one row per fiscal month and value of the dimension
//! -- needs:      opportunities, targets         fact tables
//! -- parameters:
//! --   period_start  date    first day of the review period
//! --   slice         text?   one value only     '?': may be absent, NULL then
//! -- columns:
//! --   month     month               fiscal month of the close date
//! --   won       count               deals won
//! --   closed    count               won + lost,
//! --      continued on a deeper line
//! --   win_rate  rate(won/closed)    NULL when nothing closed
//! --   amount    money "Won"         a quoted word after the unit is the heading
//! -- private:    owner, quota                   columns that are not for the wall
//! -- chart:      line x=month y=win_rate [series=…] [reference=…]
//! --             bar label=… value=… [reference=…]  or  bridge label=… value=… role=…
//! -- drill:      deals month=month              parameter of the other = column of this
//! -- opens:      post-mortem opportunity_id=opportunity_id [record=record_id]
//! ```
//!
//! Fields of an entry are separated by two or more blanks. A comment of the SQL
//! itself stands after an empty line.

use std::path::Path;

use crate::catalog::error::{Report, listed, suggestion};
use crate::catalog::facts;
use crate::catalog::figure::{
    Chart, Drill, Figure, FigureColumn, Opens, Parameter, ParameterKind, Unit,
};
use crate::catalog::figure_header::{Entry, Header, Item, Piece, join, scan};

/// Keys in the order in which they stand, and whether they must be there.
const KEYS: [(&str, bool); 13] = [
    ("figure", true),
    ("title", true),
    ("question", true),
    ("curriculum", false),
    ("source", true),
    ("grain", true),
    ("needs", false),
    ("parameters", false),
    ("columns", true),
    ("private", false),
    ("chart", false),
    ("drill", false),
    ("opens", false),
];

/// Reads header and SQL; what can be checked in the file alone is checked by
/// `figure_check`, what needs other files by `figure_links`. Mistakes go to the
/// report; the figure is only of use when there is none.
pub(crate) fn parse(report: &mut Report<'_>, file: &Path, name: &str, area: &str) -> Figure {
    let source = report.source;
    let header = scan(source);
    check_keys(report, &header);
    let text = |key: &str| header.item(key).map(Item::text).unwrap_or_default();
    if let Some(item) = header.item("figure")
        && item.text() != name
        && !item.value.text.is_empty()
    {
        report.at(
            item.value.range(),
            format!("the file is called {name}.sql, so the figure must be called {name}"),
        );
    }
    let sql = &source[header.end..];
    Figure {
        name: name.to_owned(),
        area: area.to_owned(),
        title: text("title"),
        question: text("question"),
        curriculum: curriculum(report, header.item("curriculum")),
        source: text("source"),
        grain: text("grain"),
        needs: needs(report, header.item("needs")),
        parameters: parameters(report, header.item("parameters")),
        columns: {
            let all = columns(report, header.item("columns"));
            private(report, header.item("private"), all)
        },
        chart: header.item("chart").and_then(|item| chart(report, item)),
        drill: header.item("drill").and_then(|item| drill(report, item)),
        opens: header.item("opens").and_then(|item| opens(report, item)),
        header: source[..header.end].to_owned(),
        sql: without_semicolon(sql).to_owned(),
        file: file.to_owned(),
        sql_line: source[..header.end].matches('\n').count() + 1,
    }
}

fn without_semicolon(sql: &str) -> &str {
    let tokens = crate::catalog::sql_scan::tokens(sql);
    match tokens.last() {
        Some(last) if last.is_sign(";") => &sql[..last.start],
        _ => sql.trim_end(),
    }
}

fn check_keys(report: &mut Report<'_>, header: &Header<'_>) {
    for stray in &header.strays {
        report.at(
            stray.range(),
            "this line of the header has no key; a comment of the SQL stands after an empty line",
        );
    }
    let mut latest = 0;
    let mut seen: Vec<&str> = Vec::new();
    for item in &header.items {
        let key = item.key.text;
        let Some(place) = KEYS.iter().position(|(known, _)| *known == key) else {
            let offer = suggestion(key, KEYS.iter().map(|(known, _)| *known));
            report.at(item.key.range(), format!("unknown key \"{key}\"{offer}"));
            continue;
        };
        if seen.contains(&key) {
            report.at(item.key.range(), format!("\"{key}\" stands here a second time"));
        } else if place < latest {
            report.at(item.key.range(), format!("\"{key}\" stands before \"{}\"", KEYS[latest].0));
        }
        latest = latest.max(place);
        seen.push(key);
        if item.value.text.is_empty() && item.below.is_empty() && key != "parameters" {
            report.at(item.key.range(), format!("\"{key}\" says nothing"));
        }
    }
    for (key, must) in KEYS {
        if must && header.item(key).is_none() {
            report.at(0..0, format!("the header has no line \"-- {key}: …\""));
        }
    }
}

fn curriculum(report: &mut Report<'_>, item: Option<&Item<'_>>) -> Vec<String> {
    let mut out = Vec::new();
    for line in item.map(|item| item.value.listed()).unwrap_or_default() {
        if !is_curriculum_line(line.text) {
            report.at(
                line.range(),
                format!("\"{}\" is no line of the curriculum such as M8.2", line.text),
            );
        }
        out.push(line.text.to_owned());
    }
    out
}

/// `M8.2`: a module and a line of it.
pub(crate) fn is_curriculum_line(text: &str) -> bool {
    text.strip_prefix('M').and_then(|rest| rest.split_once('.')).is_some_and(|(module, line)| {
        [module, line].iter().all(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    })
}

fn needs(report: &mut Report<'_>, item: Option<&Item<'_>>) -> Vec<String> {
    let mut out = Vec::new();
    for table in item.map(|item| item.value.listed()).unwrap_or_default() {
        if facts::table(table.text).is_none() {
            let offer = suggestion(table.text, facts::TABLES.iter().map(|known| known.name));
            report.at(table.range(), format!("unknown fact table \"{}\"{offer}", table.text));
        }
        out.push(table.text.to_owned());
    }
    out
}

fn parameters(report: &mut Report<'_>, item: Option<&Item<'_>>) -> Vec<Parameter> {
    let mut out: Vec<Parameter> = Vec::new();
    for entry in list(report, item) {
        let Some([name, kind, meaning]) = three(report, &entry, "kind") else { continue };
        if out.iter().any(|known| known.name == name.text) {
            report.at(name.range(), format!("the parameter {} is declared twice", name.text));
            continue;
        }
        let (word, optional) = match kind.text.strip_suffix('?') {
            Some(word) => (word, true),
            None => (kind.text, false),
        };
        let Some(kind) = ParameterKind::EACH.into_iter().find(|known| known.name() == word) else {
            let offer = suggestion(word, ParameterKind::EACH.map(ParameterKind::name));
            report.at(kind.range(), format!("unknown kind of parameter \"{word}\"{offer}"));
            continue;
        };
        let meaning = join(meaning, entry.more.iter().copied());
        out.push(Parameter { name: name.text.to_owned(), kind, optional, meaning });
    }
    out
}

fn columns(report: &mut Report<'_>, item: Option<&Item<'_>>) -> Vec<FigureColumn> {
    let mut out: Vec<FigureColumn> = Vec::new();
    for entry in list(report, item) {
        let Some([name, unit, meaning]) = three(report, &entry, "unit") else { continue };
        if out.iter().any(|known| known.name == name.text) {
            report.at(name.range(), format!("the column {} stands here twice", name.text));
            continue;
        }
        let (unit, quoted) = match unit.text.find('"') {
            Some(at) => (unit.part(0..at), Some(unit.part(at..unit.text.len()))),
            None => (unit, None),
        };
        let (heading, more) = match quoted.map(|quoted| (quoted, heading(quoted))) {
            None => (name.text.replace('_', " "), None),
            Some((_, Some((heading, more)))) => (heading, Some(more)),
            Some((quoted, None)) => {
                report.at(quoted.range(), "the heading is not in quotes on both sides");
                continue;
            }
        };
        let Some(unit) = read_unit(report, unit) else { continue };
        let meaning = more.into_iter().chain([meaning]).chain(entry.more.iter().copied());
        let meaning = join(Piece { text: "", start: 0 }, meaning);
        if meaning.is_empty() {
            report.at(name.range(), format!("say what {} means, after two blanks", name.text));
        }
        let name = name.text.to_owned();
        out.push(FigureColumn { name, unit, meaning, heading, private: false });
    }
    out
}

/// The columns with those marked that are not for everybody's eyes.
fn private(
    report: &mut Report<'_>,
    item: Option<&Item<'_>>,
    mut columns: Vec<FigureColumn>,
) -> Vec<FigureColumn> {
    for name in item.map(|item| item.value.listed()).unwrap_or_default() {
        match columns.iter_mut().find(|column| column.name == name.text) {
            Some(column) => column.private = true,
            None => {
                let offer = suggestion(name.text, columns.iter().map(|c| c.name.as_str()));
                report.at(
                    name.range(),
                    format!("\"{}\" is no column of this figure{offer}", name.text),
                );
            }
        }
    }
    columns
}

/// The text between quotes, and what stands after them: the meaning may follow after one blank.
fn heading(quoted: Piece<'_>) -> Option<(String, Piece<'_>)> {
    let end = quoted.text[1..].find('"')? + 1;
    let heading = quoted.text[1..end].trim();
    (!heading.is_empty()).then(|| (heading.to_owned(), quoted.part(end + 1..quoted.text.len())))
}

fn list<'a>(report: &mut Report<'_>, item: Option<&Item<'a>>) -> Vec<Entry<'a>> {
    let Some(item) = item else { return Vec::new() };
    if !item.value.text.is_empty() && item.value.text != "none" {
        report.at(item.value.range(), format!("{} stand below, one on each line", item.key.text));
    }
    item.entries()
}

/// Name, second field and meaning of an entry.
fn three<'a>(report: &mut Report<'_>, entry: &Entry<'a>, second: &str) -> Option<[Piece<'a>; 3]> {
    let fields = entry.piece.fields(3);
    let name = fields[0];
    let Some(middle) = fields.get(1) else {
        report.at(
            name.range(),
            format!("name, {second} and meaning are separated by two or more blanks"),
        );
        return None;
    };
    let mut chars = name.text.chars();
    let plain = chars.next().is_some_and(|c| c.is_ascii_lowercase() || c == '_')
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !plain {
        let message = if name.text.contains(' ') {
            format!("name, {second} and meaning are separated by two or more blanks")
        } else {
            "a name has small letters, digits and _ only".to_owned()
        };
        report.at(name.range(), message);
        return None;
    }
    let end = middle.start + middle.text.len();
    Some([name, *middle, fields.get(2).copied().unwrap_or(Piece { text: "", start: end })])
}

fn read_unit(report: &mut Report<'_>, piece: Piece<'_>) -> Option<Unit> {
    let word = piece.text.split('(').next().unwrap_or_default().trim();
    if word == "rate" {
        let inner = piece.text[4..].trim().strip_prefix('(').and_then(|t| t.strip_suffix(')'));
        return match inner.and_then(|inner| inner.split_once('/')) {
            Some((numerator, denominator)) => Some(Unit::Rate {
                numerator: numerator.trim().to_owned(),
                denominator: denominator.trim().to_owned(),
            }),
            None => {
                report.at(
                    piece.range(),
                    "a rate names the two columns it was counted from: rate(won/closed)",
                );
                None
            }
        };
    }
    let unit = match piece.text {
        "text" => Unit::Text,
        "id" => Unit::Id,
        "state" => Unit::State,
        "date" => Unit::Date,
        "month" => Unit::Month,
        "instant" => Unit::Instant,
        "count" => Unit::Count,
        "money" => Unit::Money,
        "share" => Unit::Share,
        "points" => Unit::Points,
        "days" => Unit::Days,
        "number" => Unit::Number,
        "flag" => Unit::Flag,
        "list" => Unit::List,
        other => {
            let offer = suggestion(other, Unit::NAMES);
            report.at(piece.range(), format!("unknown unit \"{other}\"{offer}"));
            return None;
        }
    };
    Some(unit)
}

/// The first word of an item and the `key=value` pairs after it.
fn pairs<'a>(
    report: &mut Report<'_>,
    item: &Item<'a>,
) -> Option<(Piece<'a>, Vec<(Piece<'a>, Piece<'a>)>)> {
    let mut words = item.value.words();
    words.extend(item.below.iter().flat_map(|line| line.piece.words()));
    let mut words = words.into_iter();
    let first = words.next()?;
    let mut out: Vec<(Piece<'_>, Piece<'_>)> = Vec::new();
    for word in words {
        let split = word.text.find('=').filter(|at| *at > 0 && at + 1 < word.text.len());
        let Some(at) = split else {
            report.at(word.range(), format!("\"{}\" is not of the form name=column", word.text));
            continue;
        };
        let key = word.part(0..at);
        if out.iter().any(|(known, _)| known.text == key.text) {
            report.at(key.range(), format!("{} is given twice", key.text));
            continue;
        }
        out.push((key, word.part(at + 1..word.text.len())));
    }
    Some((first, out))
}

fn chart(report: &mut Report<'_>, item: &Item<'_>) -> Option<Chart> {
    let (kind, pairs) = pairs(report, item)?;
    let (must, may): (&[&str], &[&str]) = match kind.text {
        "line" => (&["x", "y"], &["series", "reference", "low", "high"]),
        "bar" => (&["label", "value"], &["reference"]),
        "bridge" => (&["label", "value", "role"], &[]),
        "scatter" => (&["label", "x", "y"], &[]),
        "tornado" => (&["label", "low", "high"], &[]),
        other => {
            let offer = suggestion(other, ["line", "bar", "bridge", "scatter", "tornado"]);
            report.at(kind.range(), format!("unknown chart \"{other}\"{offer}"));
            return None;
        }
    };
    for (key, _) in &pairs {
        if !must.contains(&key.text) && !may.contains(&key.text) {
            let known: Vec<&str> = must.iter().chain(may).copied().collect();
            report.at(
                key.range(),
                format!("a {} chart has no {}; it has {}", kind.text, key.text, listed(&known)),
            );
        }
    }
    let value = |name: &str| {
        pairs.iter().find(|(key, _)| key.text == name).map(|(_, value)| value.text.to_owned())
    };
    if let Some(missing) = must.iter().find(|key| value(key).is_none()) {
        report.at(kind.range(), format!("a {} chart needs {missing}=column", kind.text));
        return None;
    }
    if value("low").is_some() != value("high").is_some() {
        report.at(kind.range(), "an interval has two ends: low=column high=column");
        return None;
    }
    let needed = |name: &str| value(name).unwrap_or_default();
    Some(match kind.text {
        "line" => Chart::Line {
            x: needed("x"),
            y: needed("y"),
            series: value("series"),
            reference: value("reference"),
            band: value("low").zip(value("high")),
        },
        "bar" => Chart::Bar {
            label: needed("label"),
            value: needed("value"),
            reference: value("reference"),
        },
        "scatter" => Chart::Scatter { label: needed("label"), x: needed("x"), y: needed("y") },
        "tornado" => {
            Chart::Tornado { label: needed("label"), low: needed("low"), high: needed("high") }
        }
        _ => Chart::Bridge { label: needed("label"), value: needed("value"), role: needed("role") },
    })
}

fn drill(report: &mut Report<'_>, item: &Item<'_>) -> Option<Drill> {
    let (figure, pairs) = pairs(report, item)?;
    Some(Drill { figure: figure.text.to_owned(), bind: owned(&pairs) })
}

fn opens(report: &mut Report<'_>, item: &Item<'_>) -> Option<Opens> {
    let (form, mut pairs) = pairs(report, item)?;
    let record = pairs.iter().position(|(key, _)| key.text == "record");
    let record = record.map(|place| pairs.remove(place).1.text.to_owned());
    Some(Opens { form: form.text.to_owned(), bind: owned(&pairs), record })
}

fn owned(pairs: &[(Piece<'_>, Piece<'_>)]) -> Vec<(String, String)> {
    pairs.iter().map(|(key, value)| (key.text.to_owned(), value.text.to_owned())).collect()
}
