//! Checks what a figure says about other files: the figure a row drills down to
//! and the form a row opens.

use crate::catalog::Catalog;
use crate::catalog::error::{CatalogErrors, Report, suggestion};
use crate::catalog::figure::{Figure, ParameterKind, Unit, standard_parameter};
use crate::catalog::figure_check::{no_column, place_of_pair};
use crate::catalog::figure_header::{Header, scan};
use crate::catalog::form::{FieldKind, Form};

/// Mistakes in the links of this figure to the rest of the catalog.
pub(crate) fn check(figure: &Figure, catalog: &Catalog) -> CatalogErrors {
    let source = format!("{}{}", figure.header, figure.sql);
    let mut report = Report::new(&figure.file, &source);
    let header = scan(&figure.header);
    check_drill(&mut report, figure, &header, catalog);
    check_opens(&mut report, figure, &header, catalog);
    report.finish()
}

fn check_drill(report: &mut Report<'_>, figure: &Figure, header: &Header<'_>, catalog: &Catalog) {
    let Some(drill) = &figure.drill else { return };
    let target_place = first_word(header, "drill");
    let Some(target) = catalog.figures.get(&drill.figure) else {
        let offer = suggestion(&drill.figure, catalog.figures.keys().map(String::as_str));
        report.at(target_place, format!("there is no figure \"{}\"{offer}", drill.figure));
        return;
    };
    for (parameter, column) in &drill.bind {
        let place = place_of_pair(header, "drill", parameter);
        let declared = target.parameter(parameter).map(|declared| declared.kind);
        let Some(kind) = declared.or_else(|| standard_parameter(parameter)) else {
            let known = target.parameters.iter().map(|known| known.name.as_str());
            let offer = suggestion(parameter, known);
            report.at(
                place,
                format!("the figure {} has no parameter \"{parameter}\"{offer}", target.name),
            );
            continue;
        };
        match figure.column(column) {
            None => report.at(place, no_column(figure, column)),
            Some(found) if !gives(&found.unit, kind) => report.at(
                place,
                format!(
                    "{column} is {}, but {} takes {} for {parameter}",
                    found.unit.name(),
                    target.name,
                    kind.name()
                ),
            ),
            Some(_) => {}
        }
    }
    for parameter in &target.parameters {
        let bound = drill.bind.iter().any(|(name, _)| *name == parameter.name);
        let carried = figure.parameter(&parameter.name).is_some();
        let standard = standard_parameter(&parameter.name).is_some();
        if !parameter.optional && !bound && !carried && !standard {
            report.at(
                target_place.clone(),
                format!("the figure {} needs {}=column", target.name, parameter.name),
            );
        }
    }
}

/// A column of this unit can give the value of a parameter of this kind.
pub(crate) fn gives(unit: &Unit, kind: ParameterKind) -> bool {
    match kind {
        ParameterKind::Text => matches!(unit, Unit::Text | Unit::Id | Unit::State),
        ParameterKind::Date => matches!(unit, Unit::Date | Unit::Month),
        ParameterKind::Count => matches!(unit, Unit::Count | Unit::Days | Unit::Number),
        ParameterKind::Number => unit.is_numeric(),
        ParameterKind::Instant => matches!(unit, Unit::Instant),
    }
}

fn check_opens(report: &mut Report<'_>, figure: &Figure, header: &Header<'_>, catalog: &Catalog) {
    let Some(opens) = &figure.opens else { return };
    let Some(form) = catalog.forms.get(&opens.form) else {
        let offer = suggestion(&opens.form, catalog.forms.keys().map(String::as_str));
        report
            .at(first_word(header, "opens"), format!("there is no form \"{}\"{offer}", opens.form));
        return;
    };
    for (field, column) in &opens.bind {
        let place = place_of_pair(header, "opens", field);
        let known: Vec<&str> = plain_fields(form).collect();
        if !known.contains(&field.as_str()) {
            let offer = suggestion(field, known);
            report.at(
                place.clone(),
                format!("the form {} has no field \"{field}\" to fill{offer}", form.kind),
            );
        }
        if figure.column(column).is_none() {
            report.at(place, no_column(figure, column));
        }
    }
    if let Some(record) = &opens.record {
        let place = place_of_pair(header, "opens", "record");
        match figure.column(record) {
            None => report.at(place, no_column(figure, record)),
            Some(found) if !matches!(found.unit, Unit::Id | Unit::Text) => {
                report.at(place, format!("{record} is {} and not id", found.unit.name()));
            }
            Some(_) => {}
        }
    }
}

/// Ids of the fields that hold one value: all but repeating rows.
pub(crate) fn plain_fields(form: &Form) -> impl Iterator<Item = &str> {
    form.sections
        .iter()
        .flat_map(|section| &section.fields)
        .filter(|field| !matches!(field.kind, FieldKind::Rows { .. }))
        .map(|field| field.id.as_str())
}

fn first_word(header: &Header<'_>, item: &str) -> std::ops::Range<usize> {
    header
        .item(item)
        .and_then(|item| item.value.words().first().map(|word| word.range()))
        .unwrap_or(0..0)
}
