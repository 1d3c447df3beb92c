//! Pure values: what every floor above shares. No I/O, no clock, no database.

pub mod calendar;
pub mod date_pattern;
pub mod dimension;
mod fiscal_months;
pub mod format;
pub mod money;
pub mod statistics;
pub mod text;
pub mod value;

pub use calendar::{FiscalCalendar, FiscalMonth, NamedMonth, Period, PeriodError, Quarter};
pub use date_pattern::DatePattern;
pub use dimension::{Dimension, DimensionError};
pub use fiscal_months::{CalendarFault, continued, nearest_month};
pub use format::{DateStyle, DayOrder, Formats, NumberFault, Region};
pub use money::{Currency, Money, MoneyError};
pub use statistics::{Z_90, Z_95, rate, wilson};
pub use value::{Table, TableColumn, Value};
