//! The names of the months, long and short, in English, German, French, Spanish
//! and Portuguese. Data only, and no name stands for two months.

/// Names by month, January first, in small letters and without a point at the end.
pub const MONTHS: [&[&str]; 12] = [
    &["january", "januar", "jänner", "janvier", "enero", "janeiro", "jan", "jän", "janv", "ene"],
    &[
        "february",
        "februar",
        "feber",
        "février",
        "fevrier",
        "febrero",
        "fevereiro",
        "feb",
        "févr",
        "fevr",
        "fév",
        "fev",
    ],
    &["march", "märz", "maerz", "mars", "marzo", "março", "marco", "mar", "mär", "mrz"],
    &["april", "avril", "abril", "apr", "avr", "abr"],
    &["may", "mai", "mayo", "maio"],
    &["june", "juni", "juin", "junio", "junho", "jun"],
    &["july", "juli", "juillet", "julio", "julho", "jul", "juil"],
    &["august", "août", "aout", "agosto", "aug", "ago"],
    &["september", "septembre", "septiembre", "setiembre", "setembro", "sep", "sept", "set"],
    &["october", "oktober", "octobre", "octubre", "outubro", "oct", "okt", "out"],
    &["november", "novembre", "noviembre", "novembro", "nov"],
    &[
        "december",
        "dezember",
        "décembre",
        "decembre",
        "diciembre",
        "dezembro",
        "dec",
        "dez",
        "déc",
        "dic",
    ],
];

/// The month of this name, in any case: 1 to 12.
pub fn month(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let place = MONTHS.iter().position(|names| names.contains(&name.as_str()))?;
    u32::try_from(place + 1).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_stands_for_two_months() {
        for (place, names) in MONTHS.iter().enumerate() {
            for name in *names {
                assert_eq!(month(&name.to_uppercase()), Some(place as u32 + 1), "{name}");
            }
        }
    }
}
