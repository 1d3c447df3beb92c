//! Checks a figure against itself: its header against its SQL, without a database.

use std::collections::BTreeSet;

use crate::catalog::error::{Report, suggestion};
use crate::catalog::figure::{Chart, Figure, Unit, standard_parameter};
use crate::catalog::figure_header::{Header, scan};
use crate::catalog::sql_scan::{ModelUses, Token, restless, tokens, variables};

/// Words a figure's SQL may begin with: it asks and changes nothing.
const BEGINNINGS: [&str; 6] = ["with", "select", "from", "values", "pivot", "unpivot"];

/// Everything that can be checked without the other figures and forms.
pub(crate) fn check(report: &mut Report<'_>, figure: &Figure, model: &ModelUses) {
    let header = scan(report.source);
    check_columns(report, figure, &header);
    check_chart(report, figure, &header);
    check_sql(report, figure);
    check_parameters(report, figure, &header, model);
}

fn check_columns(report: &mut Report<'_>, figure: &Figure, header: &Header<'_>) {
    for column in &figure.columns {
        let Unit::Rate { numerator, denominator } = &column.unit else { continue };
        let place = header.entry("columns", &column.name).map_or(0..0, |piece| piece.range());
        for name in [numerator, denominator] {
            match figure.column(name) {
                None => {
                    let offer = suggestion(name, figure.columns.iter().map(|c| c.name.as_str()));
                    report.at(
                        place.clone(),
                        format!("the rate is counted from \"{name}\", which is no column{offer}"),
                    );
                }
                Some(counted) if counted.unit != Unit::Count => report.at(
                    place.clone(),
                    format!(
                        "the rate is counted from {name}, which is {} and not count; a share of \
                         amounts is a share",
                        counted.unit.name()
                    ),
                ),
                Some(_) => {}
            }
        }
    }
}

fn check_chart(report: &mut Report<'_>, figure: &Figure, header: &Header<'_>) {
    let (named, drawn): (Vec<(&str, &String)>, Vec<&String>) = match &figure.chart {
        None => return,
        Some(Chart::Line { x, y, series, reference, band }) => {
            let mut named = vec![("x", x), ("y", y)];
            named.extend(series.as_ref().map(|series| ("series", series)));
            named.extend(reference.as_ref().map(|reference| ("reference", reference)));
            let ends = band.iter().flat_map(|(low, high)| [("low", low), ("high", high)]);
            named.extend(ends.clone());
            let ends = ends.map(|(_, column)| column);
            (named, std::iter::once(y).chain(reference).chain(ends).collect())
        }
        Some(Chart::Bar { label, value, reference }) => {
            let mut named = vec![("label", label), ("value", value)];
            named.extend(reference.as_ref().map(|reference| ("reference", reference)));
            (named, std::iter::once(value).chain(reference).collect())
        }
        Some(Chart::Bridge { label, value, role }) => {
            (vec![("label", label), ("value", value), ("role", role)], vec![value])
        }
        Some(Chart::Scatter { label, x, y }) => {
            (vec![("label", label), ("x", x), ("y", y)], vec![x, y])
        }
        Some(Chart::Tornado { label, low, high }) => {
            (vec![("label", label), ("low", low), ("high", high)], vec![low, high])
        }
    };
    for (key, column) in named {
        let place = place_of_pair(header, "chart", key);
        match figure.column(column) {
            None => report.at(place, no_column(figure, column)),
            Some(found) if drawn.contains(&column) && !found.unit.is_numeric() => report.at(
                place,
                format!("{column} is {} and cannot be drawn along {key}", found.unit.name()),
            ),
            Some(_) => {}
        }
    }
}

/// `"x" is no column of this figure; did you mean …?`
pub(crate) fn no_column(figure: &Figure, name: &str) -> String {
    let offer = suggestion(name, figure.columns.iter().map(|column| column.name.as_str()));
    format!("\"{name}\" is no column of this figure{offer}")
}

/// Where `key=value` stands in an item; the item's key when it cannot be found.
pub(crate) fn place_of_pair(header: &Header<'_>, item: &str, key: &str) -> std::ops::Range<usize> {
    let Some(item) = header.item(item) else { return 0..0 };
    let starts = format!("{key}=");
    std::iter::once(item.value)
        .chain(item.below.iter().map(|line| line.piece))
        .flat_map(|piece| piece.words())
        .find(|word| word.text.starts_with(&starts))
        .map_or(item.key.range(), |word| word.range())
}

fn check_sql(report: &mut Report<'_>, figure: &Figure) {
    let offset = figure.header.len();
    let shift = |range: std::ops::Range<usize>| range.start + offset..range.end + offset;
    let whole = &report.source[offset..];
    let tokens = tokens(whole);
    let asks = tokens.first().is_some_and(|first| {
        first.is_sign("(") || BEGINNINGS.iter().any(|word| first.is_word(word))
    });
    if !asks {
        let place = tokens.first().map_or(0..0, Token::range);
        report.at(shift(place), "the SQL must begin with WITH, SELECT, FROM, VALUES or PIVOT");
    }
    let end = tokens.iter().position(|token| token.is_sign(";"));
    if let Some(after) = end.and_then(|end| tokens.get(end + 1)) {
        report.at(shift(after.range()), "a figure is one statement; nothing stands after its end");
    }
    for (range, message) in restless(&tokens) {
        report.at(shift(range), message);
    }
    if asks && figure.grain != "one row" && !is_ordered(&tokens) {
        let place = tokens.first().map_or(0..0, Token::range);
        report.at(
            shift(place),
            "the rows have no order; end with ORDER BY (or say \"grain: one row\")",
        );
    }
}

/// Has an ORDER BY outside of every parenthesis.
fn is_ordered(tokens: &[Token<'_>]) -> bool {
    let mut depth = 0i32;
    for pair in tokens.windows(2) {
        if pair[0].is_sign("(") {
            depth += 1;
        } else if pair[0].is_sign(")") {
            depth -= 1;
        } else if depth == 0 && pair[0].is_word("order") && pair[1].is_word("by") {
            return true;
        }
    }
    false
}

fn check_parameters(
    report: &mut Report<'_>,
    figure: &Figure,
    header: &Header<'_>,
    model: &ModelUses,
) {
    let offset = figure.header.len();
    let tokens = tokens(&figure.sql);
    let mut used: BTreeSet<String> = model.variables_of(&tokens);
    // The views of the records read this one.
    used.insert("known_at".to_owned());
    for variable in variables(&tokens) {
        let place = variable.range.start + offset..variable.range.end + offset;
        let Some(name) = variable.name else {
            report.at(place, "getvariable takes a name in quotes: getvariable('as_of')");
            continue;
        };
        if figure.parameter(&name).is_none() {
            let offer = if standard_parameter(&name).is_some() {
                String::from("; declare it under parameters")
            } else {
                suggestion(&name, figure.parameters.iter().map(|p| p.name.as_str()))
            };
            report
                .at(place, format!("\"{name}\" is read but is no parameter of the header{offer}"));
        }
        used.insert(name);
    }
    for parameter in &figure.parameters {
        let place =
            || header.entry("parameters", &parameter.name).map_or(0..0, |piece| piece.range());
        if let Some(kind) = standard_parameter(&parameter.name)
            && kind != parameter.kind
        {
            report.at(
                place(),
                format!(
                    "{} is always {}, not {}",
                    parameter.name,
                    kind.name(),
                    parameter.kind.name()
                ),
            );
        }
        if !used.contains(&parameter.name) {
            report.at(
                place(),
                format!(
                    "{} is declared, but neither the SQL nor the model it names reads it",
                    parameter.name
                ),
            );
        }
    }
}
