//! Checks what a form says about other files: the figure it is filled from and
//! the kinds of record its links name.

use std::ops::Range;

use crate::catalog::Catalog;
use crate::catalog::error::{CatalogErrors, Report, suggestion};
use crate::catalog::figure::{Figure, Unit, standard_parameter};
use crate::catalog::form::{Field, FieldKind, Form};
use crate::catalog::toml_read::Places;

/// Mistakes in the links of this form to the rest of the catalog.
pub(crate) fn check(
    form: &Form,
    source: &str,
    places: &Places,
    catalog: &Catalog,
) -> CatalogErrors {
    let mut report = Report::new(&form.file, source);
    let place = |path: &str| places.get(path).cloned().unwrap_or(0..0);
    check_fill(&mut report, form, &place, catalog);
    check_evidence(&mut report, form, &place);
    for section in &form.sections {
        for field in &section.fields {
            check_kinds(&mut report, field, &field.id, &place, catalog);
            if let FieldKind::Rows { fields, .. } = &field.kind {
                for inner in fields {
                    let path = format!("{}.{}", field.id, inner.id);
                    check_kinds(&mut report, inner, &path, &place, catalog);
                }
            }
        }
    }
    report.finish()
}

/// The kinds of forms that take a prefix which another form has, and what to say about it.
/// Records of two kinds would share their ids, so such a form cannot be used at all.
pub(crate) fn clashing(
    forms: &[(String, String, Places)],
    catalog: &Catalog,
) -> Vec<(String, CatalogErrors)> {
    // Embedded files are named relative to the repository and come first.
    let rank = |form: &Form| (form.file.is_absolute(), form.kind.clone());
    let mut out = Vec::new();
    for (kind, source, places) in forms {
        let Some(form) = catalog.forms.get(kind) else { continue };
        let same = |other: &&Form| other.prefix == form.prefix && rank(other) < rank(form);
        if let Some(other) = catalog.forms.values().find(same) {
            let mut report = Report::new(&form.file, source);
            report.at(
                places.get("prefix").cloned().unwrap_or(0..0),
                format!("the form {} has the prefix {} already", other.kind, form.prefix),
            );
            out.push((kind.clone(), report.finish()));
        }
    }
    out
}

fn check_kinds(
    report: &mut Report<'_>,
    field: &Field,
    path: &str,
    place: &impl Fn(&str) -> Range<usize>,
    catalog: &Catalog,
) {
    let FieldKind::Link { kinds, .. } = &field.kind else { return };
    for kind in kinds.iter().filter(|kind| !catalog.forms.contains_key(*kind)) {
        let offer = suggestion(kind, catalog.forms.keys().map(String::as_str));
        report.at(
            place(&format!("kinds.{path}.{kind}")),
            format!("there is no form \"{kind}\"{offer}"),
        );
    }
}

/// What is read again is evidence of this form, on a day of this form.
fn check_evidence(report: &mut Report<'_>, form: &Form, place: &impl Fn(&str) -> Range<usize>) {
    let fields = || form.sections.iter().flat_map(|section| &section.fields);
    for field in fields() {
        let FieldKind::Evidence { again: Some(again) } = &field.kind else { continue };
        let first = |known: &&Field| matches!(known.kind, FieldKind::Evidence { again: None });
        let day = |known: &&Field| known.kind == FieldKind::Date;
        let days: Vec<&Field> = fields().filter(day).collect();
        for (key, name, fits, what) in [
            ("again", Some(&again.field), fields().filter(first).collect(), "evidence"),
            ("on", Some(&again.on), days.clone(), "date"),
            ("period", again.period.as_ref(), days, "date"),
        ] {
            let Some(name) = name else { continue };
            if fits.iter().all(|known| known.id != *name) {
                let offer = suggestion(name, fits.iter().map(|known| known.id.as_str()));
                report.at(
                    place(&format!("{key}.{}", field.id)),
                    format!("\"{name}\" is no {what} field of this form{offer}"),
                );
            }
        }
    }
}

fn check_fill(
    report: &mut Report<'_>,
    form: &Form,
    place: &impl Fn(&str) -> Range<usize>,
    catalog: &Catalog,
) {
    let Some(fill) = &form.fill else { return };
    let Some(figure) = catalog.figures.get(&fill.figure) else {
        let offer = suggestion(&fill.figure, catalog.figures.keys().map(String::as_str));
        report.at(place("fill.figure"), format!("there is no figure \"{}\"{offer}", fill.figure));
        return;
    };
    for (parameter, _) in &fill.bind {
        if figure.parameter(parameter).is_none() && standard_parameter(parameter).is_none() {
            let known = figure.parameters.iter().map(|known| known.name.as_str());
            let offer = suggestion(parameter, known);
            report.at(
                place(&format!("fill.parameter.{parameter}")),
                format!("the figure {} has no parameter \"{parameter}\"{offer}", figure.name),
            );
        }
    }
    for parameter in &figure.parameters {
        let bound = fill.bind.iter().any(|(name, _)| *name == parameter.name);
        if !parameter.optional && !bound && standard_parameter(&parameter.name).is_none() {
            report.at(
                place("fill.figure"),
                format!(
                    "the figure {} needs with = {{ {} = \"field\" }}",
                    figure.name, parameter.name
                ),
            );
        }
    }
    for field in form.sections.iter().flat_map(|section| &section.fields) {
        let Some(column) = &field.filled_from else { continue };
        check_column(report, field, column, figure, place(&format!("from.{}", field.id)));
    }
}

fn check_column(
    report: &mut Report<'_>,
    field: &Field,
    column: &str,
    figure: &Figure,
    place: Range<usize>,
) {
    let Some(found) = figure.column(column) else {
        let offer = suggestion(column, figure.columns.iter().map(|column| column.name.as_str()));
        report.at(place, format!("the figure {} has no column \"{column}\"{offer}", figure.name));
        return;
    };
    let fits = match &field.kind {
        FieldKind::Money => found.unit == Unit::Money,
        FieldKind::Date => matches!(found.unit, Unit::Date | Unit::Month),
        FieldKind::Number { .. } => {
            matches!(found.unit, Unit::Count | Unit::Days | Unit::Number)
        }
        FieldKind::Percent => {
            matches!(found.unit, Unit::Share | Unit::Points | Unit::Rate { .. })
        }
        FieldKind::Text { .. }
        | FieldKind::LongText
        | FieldKind::Choice { .. }
        | FieldKind::Person
        | FieldKind::Link { .. } => matches!(found.unit, Unit::Text | Unit::Id | Unit::State),
        FieldKind::Choices { .. } => found.unit == Unit::List,
        FieldKind::Evidence { .. } | FieldKind::Rows { .. } => false,
    };
    if !fits {
        report.at(
            place,
            format!(
                "{column} of {} is {} and does not fit this field",
                figure.name,
                found.unit.name()
            ),
        );
    }
}
