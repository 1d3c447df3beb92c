//! Whatever is printed, in whatever way, comes back the same or is asked about.
//!
//! The printing is written for this test, apart from anything that reads.

use chrono::{Datelike, Days, NaiveDate};
use proptest::prelude::*;
use qbr::ingest::{ImportError, ImportReport};

use super::support::Desk;

/// How a column prints its amounts.
#[derive(Clone, Copy, Debug)]
struct Print {
    decimal: char,
    /// Between groups of three digits; none: no groups.
    group: Option<char>,
    /// Groups of two digits but for the last, as in India.
    pairs: bool,
    places: Places,
    negative: Negative,
    currency: Currency,
}

#[derive(Clone, Copy, Debug)]
enum Places {
    Two,
    /// Noughts at the end are dropped, and the mark with them.
    AsNeeded,
    /// `12,-` where there are no cents.
    Dash,
}

#[derive(Clone, Copy, Debug)]
enum Negative {
    Hyphen,
    Minus,
    Behind,
    Parentheses,
}

#[derive(Clone, Copy, Debug)]
enum Currency {
    None,
    SignBefore,
    SignBehind,
    CodeBefore,
    CodeBehind,
}

impl Print {
    fn print(self, cents: i64) -> String {
        let (whole, rest) = ((cents / 100).unsigned_abs(), cents.unsigned_abs() % 100);
        let digits = whole.to_string();
        let mut text = String::new();
        for (place, digit) in digits.chars().enumerate() {
            let left = digits.len() - place;
            let border = if self.pairs && left > 3 { left % 2 == 1 } else { left % 3 == 0 };
            if let Some(group) = self.group.filter(|_| place > 0 && border) {
                text.push(group);
            }
            text.push(digit);
        }
        match (self.places, rest) {
            (Places::AsNeeded, 0) => {}
            (Places::Dash, 0) => text += &format!("{}-", self.decimal),
            (Places::AsNeeded, rest) if rest % 10 == 0 => {
                text += &format!("{}{}", self.decimal, rest / 10);
            }
            (_, rest) => text += &format!("{}{rest:02}", self.decimal),
        }
        // `12,--` is twelve without cents, and not less than nothing.
        let dash = matches!(self.places, Places::Dash) && matches!(self.negative, Negative::Behind);
        let negative = if dash { Negative::Hyphen } else { self.negative };
        let text = match self.currency {
            Currency::None => text,
            Currency::SignBefore => format!("€{text}"),
            Currency::SignBehind => format!("{text} €"),
            Currency::CodeBefore => format!("EUR {text}"),
            Currency::CodeBehind => format!("{text}\u{a0}EUR"),
        };
        match negative {
            _ if cents >= 0 => text,
            Negative::Hyphen => format!("-{text}"),
            Negative::Minus => format!("−{text}"),
            Negative::Behind => format!("{text}-"),
            Negative::Parentheses => format!("({text})"),
        }
    }
}

fn print() -> impl Strategy<Value = Print> {
    let marks = prop_oneof![
        Just(('.', None, false)),
        Just((',', None, false)),
        Just(('.', Some(','), false)),
        Just((',', Some('.'), false)),
        Just(('.', Some('\''), false)),
        Just((',', Some(' '), false)),
        Just((',', Some('\u{a0}'), false)),
        Just((',', Some('\u{202f}'), false)),
        Just(('.', Some(','), true)),
    ];
    let places = prop_oneof![Just(Places::Two), Just(Places::AsNeeded), Just(Places::Dash)];
    let negative = prop_oneof![
        Just(Negative::Hyphen),
        Just(Negative::Minus),
        Just(Negative::Behind),
        Just(Negative::Parentheses)
    ];
    let currency = prop_oneof![
        Just(Currency::None),
        Just(Currency::SignBefore),
        Just(Currency::SignBehind),
        Just(Currency::CodeBefore),
        Just(Currency::CodeBehind)
    ];
    (marks, places, negative, currency).prop_map(
        |((decimal, group, pairs), places, negative, currency)| Print {
            decimal,
            group,
            pairs,
            places,
            negative,
            currency,
        },
    )
}

/// Amounts of every size, and many without cents: those say least about the mark.
fn cents() -> impl Strategy<Value = i64> {
    prop_oneof![
        -99_999_i64..1_000_000,
        (-2_000_i64..5_000_000).prop_map(|whole| whole * 100),
        (1_i64..900).prop_map(|thousands| thousands * 100_000),
        any::<i64>().prop_map(|cents| cents % 100_000_000_000_000),
    ]
}

/// Between day and month, with what may stand behind the date.
#[derive(Clone, Copy, Debug)]
struct Calendar {
    /// `d`, `m`, `y` (two digits), `Y`, `b` (a name); anything else is itself.
    order: &'static str,
    language: usize,
    padded: bool,
    time: &'static str,
}

const NAMES: [[&str; 12]; 5] = [
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    [
        "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.",
        "déc.",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    ["jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez"],
];

impl Calendar {
    fn print(self, date: NaiveDate) -> String {
        let two =
            |number: u32| if self.padded { format!("{number:02}") } else { number.to_string() };
        let mut text = String::new();
        for part in self.order.chars() {
            text += &match part {
                'd' => two(date.day()),
                'm' => two(date.month()),
                'b' => NAMES[self.language][date.month0() as usize].to_owned(),
                'Y' => date.year().to_string(),
                'y' => format!("{:02}", date.year() % 100),
                other => other.to_string(),
            };
        }
        text + self.time
    }
}

fn calendar() -> impl Strategy<Value = Calendar> {
    let order = prop::sample::select(vec![
        "Y-m-d", "d/m/Y", "m/d/Y", "d.m.Y", "d-m-Y", "m-d-Y", "d/m/y", "m/d/y", "d.m.y", "d-m-y",
        "y-m-d", "Y/m/d", "d b Y", "d-b-Y", "d. b Y", "b d, Y", "d-b-y", "Y-b-d",
    ]);
    let time =
        prop::sample::select(vec!["", "", " 00:00", "T23:59:59Z", ", 9:05 AM", " 22:00:00+02:00"]);
    (order, 0..NAMES.len(), any::<bool>(), time)
        .prop_map(|(order, language, padded, time)| Calendar { order, language, padded, time })
}

fn import(desk: &mut Desk, field: &str, texts: &[String]) -> Result<ImportReport, ImportError> {
    let mut file = format!("opportunity_id;state;currency;{field}\n");
    for (place, text) in texts.iter().enumerate() {
        file += &format!("A{place:03};open;EUR;\"{text}\"\n");
    }
    let file = desk.write("opportunities-2025-10-06.csv", file.as_bytes());
    let mut request = desk.request(&[&file]);
    request.preset = Some("qbr".into());
    request.table = Some("opportunities".into());
    desk.run(&request)
}

/// The same values, or a question; never others, and none is lost.
fn comes_back(field: &str, texts: &[String], expected: &[String]) -> Result<(), TestCaseError> {
    let mut desk = Desk::new();
    match import(&mut desk, field, texts) {
        Ok(_) => {
            let rows = desk
                .rows(&format!("SELECT {field} FROM facts.opportunity ORDER BY opportunity_id"));
            prop_assert_eq!(&rows, expected, "{:?}", texts);
        }
        Err(ImportError::Unclear(_)) => {}
        Err(other) => prop_assert!(false, "{other}: {texts:?}"),
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn amounts_come_back(print in print(), cents in proptest::collection::vec(cents(), 1..9)) {
        let texts: Vec<String> = cents.iter().map(|cents| print.print(*cents)).collect();
        let expected = cents.iter().map(|cents| {
            let sign = if *cents < 0 { "-" } else { "" };
            format!("{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100)
        });
        comes_back("amount", &texts, &expected.collect::<Vec<_>>())?;
    }

    #[test]
    fn dates_come_back(
        calendar in calendar(),
        days in proptest::collection::vec(0_u64..14_000, 1..9),
    ) {
        let first = NaiveDate::from_ymd_opt(1996, 2, 1).expect("a day");
        let dates: Vec<NaiveDate> = days.iter().map(|days| first + Days::new(*days)).collect();
        let texts: Vec<String> = dates.iter().map(|date| calendar.print(*date)).collect();
        let expected: Vec<String> = dates.iter().map(NaiveDate::to_string).collect();
        comes_back("close_date", &texts, &expected)?;
    }
}
