//! What a workspace measures with: its currency, its fiscal calendar, its
//! assumptions as they are on the first day.

use std::path::Path;

use chrono::{Datelike, NaiveDate, NaiveDateTime, Utc};
use duckdb::{Connection, params};

use super::error::{WorkspaceError, classify};
use super::identity::Identity;
use crate::domain::{Currency, FiscalCalendar, NamedMonth};

/// The settings of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What money is shown in: `USD`.
    pub currency: String,
    pub fiscal: FiscalCalendar,
    /// The day on which the workspace stands still; sample companies only.
    pub as_of: Option<NaiveDate>,
}

/// What has to be said to make a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreateOptions {
    /// Reporting currency, three letters.
    pub currency: String,
    /// First month of the fiscal year, 1 to 12.
    pub fiscal_year_start: u32,
    /// Freezes the workspace as of this day; for sample companies.
    pub as_of: Option<NaiveDate>,
}

impl Default for CreateOptions {
    /// US dollars, calendar years.
    fn default() -> Self {
        CreateOptions { currency: "USD".into(), fiscal_year_start: 1, as_of: None }
    }
}

impl CreateOptions {
    /// The settings that these make.
    ///
    /// # Errors
    /// `BadSetting` for a currency that is not three letters, or a month that is none.
    pub fn settings(&self) -> Result<Settings, WorkspaceError> {
        let currency: Currency = self.currency.parse().map_err(|_| WorkspaceError::BadSetting {
            name: "currency",
            value: self.currency.clone(),
            message: "write its three-letter code, such as EUR or USD".into(),
        })?;
        let fiscal = FiscalCalendar::new(self.fiscal_year_start).ok_or_else(|| {
            WorkspaceError::BadSetting {
                name: "fiscal year start",
                value: self.fiscal_year_start.to_string(),
                message: "write the number of a month, 1 to 12".into(),
            }
        })?;
        Ok(Settings { currency: currency.to_string(), fiscal, as_of: self.as_of })
    }
}

/// The years that `settings.fiscal_month` covers, both inclusive.
const MONTHS_OF: std::ops::RangeInclusive<i32> = 2000..=2049;

/// Name, scope, value: what holds until the company decides otherwise.
#[rustfmt::skip]
pub(super) const ASSUMPTIONS: &[(&str, &str, &str)] = &[
    ("win_rate_threshold",      "*", "0.30"),
    ("win_rate_min_n",          "*", "1"),
    ("win_rate_grace_days",     "*", "5"),
    ("strategic_amount",        "*", "100000"),
    ("card_sla_days",           "1", "30"),
    ("card_sla_days",           "2", "60"),
    ("card_sla_days",           "3", "90"),
    ("card_pricing_sla_days",   "*", "30"),
    // Five business days; ten for what is minor.
    ("card_trigger_sla_days",   "*", "7"),
    ("card_trigger_sla_days",   "packaging", "14"),
    ("card_trigger_sla_days",   "launch", "14"),
    ("card_trigger_sla_days",   "funding", "14"),
    ("card_trigger_sla_days",   "request", "14"),
    ("card_trigger_deals",      "*", "2"),
    ("card_trigger_rate_days",  "*", "91"),
    ("card_trigger_drop",       "*", "0.10"),
    ("card_trigger_min_n",      "*", "10"),
    ("card_trigger_price_days", "*", "30"),
    ("card_trigger_price_losses", "*", "3"),
    ("card_due_soon_days",      "*", "7"),
    ("card_line_days",          "*", "30"),
    ("card_effect_days",        "*", "90"),
    ("card_effect_min_n",       "*", "10"),
    // Ten business days.
    ("feedback_triage_days",    "*", "14"),
    ("feedback_decide_days",    "*", "30"),
    ("feedback_tell_days",      "*", "14"),
    ("feedback_segment_weight", "*", "1"),
    ("board_mix_points",        "*", "0.10"),
    ("play_effect_days",        "*", "90"),
    ("play_effect_min_n",       "*", "30"),
    ("play_adoption_weeks",     "*", "8"),
    ("play_adoption_share",     "*", "0.15"),
    ("post_mortem_form_days",   "*", "7"),
    ("post_mortem_review_days", "*", "21"),
    // Opened again within these days a deal goes on; later it is another one.
    ("post_mortem_reopen_days", "*", "30"),
    // Ten business days; the buyer asked within a month and talked to within three.
    ("post_mortem_publish_days", "*", "14"),
    ("buyer_asked_days",        "*", "30"),
    ("buyer_talk_days",         "*", "90"),
    // A customer lost to a competitor, a deal in an industry without a customer: from this amount on.
    ("strategic_displaced_amount", "*", "50000"),
    ("strategic_vertical_amount", "*", "50000"),
    ("repeat_cause_limit",      "*", "3"),
    ("signature_min_n",         "*", "20"),
    // Two quarters.
    ("criterion_effect_days",   "*", "182"),
    ("criterion_effect_min_n",  "*", "20"),
    ("win_loss_min_n",          "*", "12"),
    ("materiality_share",       "*", "0.05"),
    ("late_booking_days",       "*", "7"),
    // Coverage and capacity.
    ("roi_hurdle",              "*", "0"),
    ("roi_trend_agreement",     "*", "0.7"),
    ("roi_ramped_share",        "*", "0.80"),
    ("roi_utilisation",         "*", "0.85"),
    ("roi_coverage",            "*", "3"),
    ("roi_outlier_share",       "*", "0.30"),
    ("launch_quarters",         "*", "4"),
    ("reallocation_cap",        "*", "0.15"),
    ("ramp_months",             "*", "4"),
    ("ramp_min_hires",          "*", "8"),
    ("notice_days",             "*", "30"),
    ("time_to_fill_days",       "*", "45"),
    ("hiring_min_hires",        "*", "8"),
    ("attrition_quarter",       "*", "0.05"),
    ("attrition_min_months",    "*", "120"),
    ("attainment_factor",       "*", "1"),
    ("capacity_quarters",       "*", "6"),
    ("active_deals",            "*", "40"),
    ("velocity_drift",          "*", "0.10"),
    ("lever_attrition",         "*", "0.05"),
    ("lever_ramp_months",       "*", "1"),
    ("lever_win_rate",          "*", "0.03"),
    ("lever_fill_days",         "*", "30"),
    ("lever_pipeline",          "*", "0.10"),
    ("calibration_quarters",    "*", "8"),
    ("calibration_prior_deals", "*", "20"),
    ("calibration_min_deals",   "*", "20"),
    ("calibration_min_change",  "*", "0.05"),
    ("calibration_mega_multiple", "*", "3"),
    ("forecast_hit_share",      "*", "0.10"),
    ("coverage_min_missing",    "*", "10000"),
    ("category_close_rate",     "commit", "0.85"),
    ("category_close_rate",     "best case", "0.50"),
    ("category_close_rate",     "pipeline", "0.10"),
    ("variance_explained_share", "*", "0.80"),
    ("alert_hysteresis",        "*", "0.02"),
    ("alert_shift_points",      "*", "0.10"),
    ("alert_shift_min_losses",  "*", "10"),
    ("alert_person_share",      "*", "0.50"),
    ("alert_sweep_share",       "*", "0.25"),
];

/// First and last month that the fiscal calendar of a workspace knows.
pub fn known_days() -> (NaiveDate, NaiveDate) {
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    (day(*MONTHS_OF.start(), 1, 1), day(*MONTHS_OF.end(), 12, 31))
}

/// Writes settings, fiscal months and the assumptions of the first day into an
/// empty schema; `USE` points at the workspace.
pub(super) fn fill(
    connection: &Connection,
    settings: &Settings,
    identity: &Identity,
) -> duckdb::Result<()> {
    let now: NaiveDateTime = Utc::now().naive_utc();
    let mut info = connection.prepare("INSERT INTO meta.info VALUES (?, ?)")?;
    info.execute(params!["created_at", Utc::now().to_rfc3339()])?;
    info.execute(params!["created_by", identity.user])?;

    let mut setting = connection.prepare("INSERT INTO settings.setting VALUES (?, ?)")?;
    setting.execute(params!["reporting_currency", settings.currency])?;
    setting.execute(params!["fiscal_year_start", settings.fiscal.start_month.to_string()])?;
    if let Some(as_of) = settings.as_of {
        setting.execute(params!["as_of", as_of.to_string()])?;
    }

    let mut assumption = connection.prepare(
        "INSERT INTO settings.assumption VALUES (?, ?, ?::DECIMAL(18,4), DATE '1900-01-01', 1, 'qbr', ?, 'default')",
    )?;
    for (name, scope, value) in ASSUMPTIONS {
        assumption.execute(params![name, scope, value, now])?;
    }

    let mut months = connection.appender_to_catalog_and_db(
        "fiscal_month",
        super::instance::ALIAS,
        "settings",
    )?;
    for month in settings.fiscal.months(*MONTHS_OF.start(), MONTHS_OF.end() + 1) {
        if !MONTHS_OF.contains(&month.start.year()) {
            continue;
        }
        let (first, last) = settings.fiscal.bounds(month.quarter);
        months.append_row(params![
            month.start,
            month.end,
            month.label(),
            month.quarter.to_string(),
            first,
            last,
            month.quarter.year,
            i32::from(month.month_in_quarter),
        ])?;
    }
    months.flush()
}

/// The months of a calendar that was imported.
fn own_months(connection: &Connection) -> duckdb::Result<Vec<NamedMonth>> {
    let mut statement = connection.prepare(
        "SELECT month_start, month_end, month, quarter FROM settings.fiscal_month ORDER BY 1",
    )?;
    let rows = statement.query_map([], |row| {
        let quarter: String = row.get(3)?;
        let quarter = quarter.parse().ok();
        Ok(quarter.map(|quarter| (row.get(0), row.get(1), row.get(2), quarter)))
    })?;
    let mut months = Vec::new();
    for row in rows {
        let Some((start, end, label, quarter)) = row? else { continue };
        months.push(NamedMonth { start: start?, end: end?, label: label?, quarter });
    }
    Ok(months)
}

/// Schema version and settings, in one query; the workspace is attached.
///
/// # Errors
/// `NotAWorkspace` where `meta.info` or the version is missing.
pub(super) fn load(
    connection: &Connection,
    path: &Path,
) -> Result<(u32, Option<Settings>), WorkspaceError> {
    let not_a_workspace = || WorkspaceError::NotAWorkspace { path: path.to_owned() };
    // `None` where the table is missing, or has other columns.
    let read = |sql: &str| -> Result<Option<Vec<(String, String)>>, WorkspaceError> {
        let rows = connection.prepare(sql).and_then(|mut statement| {
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<duckdb::Result<Vec<_>>>()
        });
        rows.map(Some).or_else(|error| {
            let message = error.to_string();
            let other = message.starts_with("Catalog Error") || message.starts_with("Binder Error");
            if other { Ok(None) } else { Err(classify(&message, path)) }
        })
    };
    let info = read("SELECT key, value FROM meta.info")?.ok_or_else(not_a_workspace)?;
    let find = |rows: &[(String, String)], key: &str| {
        rows.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone())
    };
    let version: u32 = find(&info, "schema_version")
        .and_then(|text| text.parse().ok())
        .ok_or_else(not_a_workspace)?;
    // A newer schema may keep its settings elsewhere.
    let Some(rows) = read("SELECT name, value FROM settings.setting")? else {
        return Ok((version, None));
    };
    let mut fiscal = find(&rows, "fiscal_year_start")
        .and_then(|text| FiscalCalendar::new(text.parse().ok()?))
        .unwrap_or_default();
    if find(&rows, "fiscal_calendar").is_some() {
        let months = own_months(connection).map_err(|error| classify(&error.to_string(), path))?;
        fiscal = fiscal.with_months(months);
    }
    let settings = find(&rows, "reporting_currency").map(|currency| Settings {
        currency,
        fiscal,
        as_of: find(&rows, "as_of").and_then(|text| text.parse().ok()),
    });
    Ok((version, settings))
}

/// When and by whom the workspace was made. Copies of it say the same.
pub(super) fn made(connection: &Connection, path: &Path) -> Result<Option<String>, WorkspaceError> {
    const MADE: &str = "SELECT string_agg(value, ' ' ORDER BY key) FROM meta.info
                        WHERE key IN ('created_at', 'created_by')";
    let found = connection.query_row(MADE, [], |row| row.get(0));
    found.map_err(|error| classify(&error.to_string(), path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_checked() {
        let options = |currency: &str, month| CreateOptions {
            currency: currency.into(),
            fiscal_year_start: month,
            as_of: None,
        };
        assert_eq!(options("eur", 2).settings().expect("good").currency, "EUR");
        for bad in [options("euro", 1), options("", 1), options("USD", 0), options("USD", 13)] {
            assert!(matches!(bad.settings(), Err(WorkspaceError::BadSetting { .. })), "{bad:?}");
        }
    }
}
