//! A day with a time of day becomes an instant. The day is read as any date of
//! the column (`dates`); here only the time behind it.
//!
//! Invariant: an offset is taken into account, an instant without one is UTC;
//! a time that no clock shows makes the value unreadable, not midnight.

use super::stage::quoted;

/// Hour, minute, second, half of the day, and the offset by its hours and minutes.
const TIME: &str = "(?:T| |, ?)([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,][0-9]+)?)? \
                    ?(?:([AaPp])[.]?[Mm][.]?)? ?(?:Z|UTC|GMT|([+-][0-9]{2}):?([0-9]{2}))?$";

/// SQL of type TIMESTAMP, over the DATE that was read from the text and the text itself.
/// Fractions of a second are left out.
pub fn sql(date: &str, text: &str) -> String {
    let part = |group: u8| format!("regexp_extract({text}, {}, {group})", quoted(TIME));
    let whole =
        |group: u8| format!("coalesce(TRY_CAST(nullif({}, '') AS INTEGER), 0)", part(group));
    let (hour, minute, second) = (whole(1), whole(2), whole(3));
    let (half, offset, odd) = (part(4), whole(5), whole(6));
    let hour = format!(
        "CASE lower({half}) WHEN '' THEN {hour} WHEN 'a' THEN {hour} % 12 ELSE {hour} % 12 + 12 END"
    );
    format!(
        "CASE WHEN {hour} < 24 AND {minute} < 60 AND {second} < 60 THEN CAST({date} AS TIMESTAMP) \
         + to_hours({hour} - {offset}) + to_seconds({second}) \
         + to_minutes({minute} - CASE WHEN starts_with({}, '-') THEN -{odd} ELSE {odd} END) END",
        part(5)
    )
}
