//! What a column of texts becomes, case by case: the values, or the question.
//!
//! The expected values were worked out by hand.

use qbr::ingest::{ImportError, ImportReport};
use qbr::workspace::CreateOptions;

use super::support::Desk;

/// What comes of a column.
enum Comes {
    /// These values, a missing one as `-`; a row that was rejected is not among them.
    Values(&'static [&'static str]),
    /// The import stops, and its message and remedy hold these words.
    Question(&'static [&'static str]),
}

use Comes::{Question, Values};

/// A table, one of its columns, the heading of the column in the file, and its texts.
type Case = (&'static str, &'static str, &'static [&'static str], Comes);

/// Imports one column under a heading of its own, through a mapping; `more` stands in
/// `[table.columns]`, `table` in `[[table]]`.
fn import(
    desk: &mut Desk,
    field: &str,
    heading: &str,
    texts: &[&str],
    table: &str,
) -> Result<ImportReport, ImportError> {
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let mut file = format!("opportunity_id;state;{}\n", quoted(heading));
    for (place, text) in texts.iter().enumerate() {
        file += &format!("A{place:03};open;{}\n", quoted(text));
    }
    let file = desk.write("opportunities-2025-10-06.csv", file.as_bytes());
    let currency = if table.contains("currency") { "" } else { "currency = \"EUR\"\n" };
    let mapping = format!(
        "title = \"Ours\"\ncrm = \"Ours\"\n[[table]]\nname = \"opportunities\"\n{currency}{table}\n\
         [table.columns]\nopportunity_id = \"opportunity_id\"\nstate = \"state\"\n{field} = {heading:?}\n"
    );
    let mapping = desk.write("ours.toml", mapping.as_bytes());
    let mut request = desk.request(&[&file]);
    request.mapping = Some(mapping);
    desk.run(&request)
}

fn check(cases: &[Case]) {
    for (field, heading, texts, comes) in cases {
        let mut desk = Desk::new();
        let found = import(&mut desk, field, heading, texts, "");
        let told = format!("{field} under {heading}: {texts:?}");
        match (comes, found) {
            (Values(expected), Ok(_)) => {
                let rows = desk.rows(&format!(
                    "SELECT {field} FROM facts.opportunity ORDER BY opportunity_id"
                ));
                assert_eq!(rows, *expected, "{told}");
            }
            (Question(words), Err(error)) => {
                let message = format!("{error}\n{}", error.remedy().unwrap_or_default());
                for word in *words {
                    assert!(message.contains(word), "{told}: no {word} in\n{message}");
                }
            }
            (Values(_), Err(error)) => panic!("{told}: {error}"),
            (Question(_), Ok(_)) => {
                let rows = desk.rows(&format!(
                    "SELECT {field} FROM facts.opportunity ORDER BY opportunity_id"
                ));
                panic!("{told}: no question, but {rows:?}")
            }
        }
    }
}

#[test]
fn dates() {
    check(&[
        // One format for the column, by the value that allows no other.
        (
            "close_date",
            "Close",
            &["13/04/2025", "01/02/2025"],
            Values(&["2025-04-13", "2025-02-01"]),
        ),
        (
            "close_date",
            "Close",
            &["04/13/2025", "01/02/2025"],
            Values(&["2025-04-13", "2025-01-02"]),
        ),
        ("close_date", "Close", &["2025-04-13", "2025-1-2"], Values(&["2025-04-13", "2025-01-02"])),
        (
            "close_date",
            "Close",
            &["13.04.25", "1.2.23", "7.4.24"],
            Values(&["2025-04-13", "2023-02-01", "2024-04-07"]),
        ),
        ("close_date", "Close", &["13-4-1999", "1-2-2003"], Values(&["1999-04-13", "2003-02-01"])),
        ("close_date", "Close", &["2025/04/13"], Values(&["2025-04-13"])),
        ("close_date", "Close", &["20250413", "20250201"], Values(&["2025-04-13", "2025-02-01"])),
        // Several fit: asked, with what each makes of it.
        (
            "close_date",
            "Close",
            &["03/04/2025"],
            Question(&[
                "3 April 2025 (%d/%m/%Y)",
                "4 March 2025 (%m/%d/%Y)",
                "close_date = { column = \"Close\", date = \"%d/%m/%Y\" }",
            ]),
        ),
        (
            "close_date",
            "Close",
            &["03-04-05"],
            Question(&["3 April 2005", "4 March 2005", "5 April 2003"]),
        ),
        (
            "close_date",
            "Close",
            &["20-10-16", "21-10-16"],
            Question(&["20 October 2016 (%d-%m-%y)", "16 October 2020 (%y-%m-%d)"]),
        ),
        (
            "close_date",
            "Close",
            &["10/11/12", "11/12/10"],
            Question(&["%d/%m/%y", "%m/%d/%y", "%y/%m/%d"]),
        ),
        ("close_date", "Close", &["01.02.2025", "02.01.2025"], Question(&["%d.%m.%Y", "%m.%d.%Y"])),
        (
            "close_date",
            "Close",
            &["13.04.25", "01.02.25"],
            Question(&["13 April 2025 (%d.%m.%y)", "25 April 2013 (%y.%m.%d)"]),
        ),
        // Two ways in one column.
        (
            "close_date",
            "Close",
            &["13/04/2025", "04/13/2025"],
            Question(&["mixes two ways", "(line 2)", "(line 3)"]),
        ),
        (
            "close_date",
            "Close",
            &["13.04.2025", "2025-04-03", "14.04.2025"],
            Question(&["mixes two ways"]),
        ),
        (
            "close_date",
            "Close",
            &["13.04.2025", "13.04.25", "14.04.2025"],
            Question(&["mixes two ways"]),
        ),
        // Months by name, in five languages.
        (
            "close_date",
            "Close",
            &["13-Apr-2025", "1-Dec-2024"],
            Values(&["2025-04-13", "2024-12-01"]),
        ),
        (
            "close_date",
            "Close",
            &["13 April 2025", "1 December 2024"],
            Values(&["2025-04-13", "2024-12-01"]),
        ),
        (
            "close_date",
            "Close",
            &["13. April 2025", "1. Dezember 2024", "2. Mrz. 2025"],
            Values(&["2025-04-13", "2024-12-01", "2025-03-02"]),
        ),
        (
            "close_date",
            "Close",
            &["13 avril 2025", "1 déc. 2024", "2 Août 2025"],
            Values(&["2025-04-13", "2024-12-01", "2025-08-02"]),
        ),
        (
            "close_date",
            "Close",
            &["13 de abril de 2025", "1 de diciembre de 2024"],
            Values(&["2025-04-13", "2024-12-01"]),
        ),
        (
            "close_date",
            "Close",
            &["13 de fevereiro de 2025", "1 de março de 2024"],
            Values(&["2025-02-13", "2024-03-01"]),
        ),
        (
            "close_date",
            "Close",
            &["Apr 13, 2025", "December 1, 2024"],
            Values(&["2025-04-13", "2024-12-01"]),
        ),
        ("close_date", "Close", &["13-Apr-25", "01-Mai-25"], Values(&["2025-04-13", "2025-05-01"])),
        (
            "close_date",
            "Close",
            &["Sun, 13 Apr 2025", "Sun, 01 Dec 2024"],
            Values(&["2025-04-13", "2024-12-01"]),
        ),
        // The day is the one that is written.
        (
            "close_date",
            "Close",
            &["2025-07-14T22:30:00.000Z", "2025-07-15T00:00:00.000Z"],
            Values(&["2025-07-14", "2025-07-15"]),
        ),
        (
            "close_date",
            "Close",
            &["2025-07-14T22:30:00+02:00", "2025-07-15 01:00:00-0500"],
            Values(&["2025-07-14", "2025-07-15"]),
        ),
        (
            "close_date",
            "Close",
            &["7/14/2025, 10:03 AM", "7/1/2025, 11:59 PM"],
            Values(&["2025-07-14", "2025-07-01"]),
        ),
        (
            "close_date",
            "Close",
            &["14.07.2025 10:03 Uhr", "01.07.2025 00:00"],
            Values(&["2025-07-14", "2025-07-01"]),
        ),
        // Numbers, only where the heading speaks of a date and every one can be.
        ("close_date", "Close Date", &["45123", "45124.75"], Values(&["2023-07-16", "2023-07-17"])),
        (
            "close_date",
            "closedate",
            &["1752487380000", "1752451199999"],
            Values(&["2025-07-14", "2025-07-13"]),
        ),
        ("close_date", "Close Date", &["1752487380"], Values(&["2025-07-14"])),
        (
            "close_date",
            "Weeks",
            &["45123", "45124"],
            Question(&["16 July 2023 (serial)", "date = \"serial\""]),
        ),
        (
            "close_date",
            "Close Date",
            &["45123", "17", "45125"],
            Question(&["1 rows of the column can be no such date"]),
        ),
        // Placeholders are no dates.
        (
            "close_date",
            "Close",
            &["2025-04-13", "1900-01-01", "0000-00-00", "9999-12-31"],
            Values(&["2025-04-13", "-", "-", "-"]),
        ),
        (
            "close_date",
            "Close",
            &["13/04/2025", "01/01/1900", "00/00/0000"],
            Values(&["2025-04-13", "-", "-"]),
        ),
        (
            "close_date",
            "Close",
            &["2025-04-13T00:00:00", "0001-01-01T00:00:00"],
            Values(&["2025-04-13", "-"]),
        ),
        ("close_date", "Close Date", &["1752487380000", "0"], Values(&["2025-07-14", "-"])),
        // Years that cannot be.
        (
            "close_date",
            "Close",
            &["2025-04-13", "2205-04-13"],
            Question(&["13 April 2205", "years = [1990, 2205]"]),
        ),
        (
            "close_date",
            "Close",
            &["soon", "later", "2025-04-13"],
            Question(&["no dates: \"soon\" (line 2)"]),
        ),
        // What stands for no date.
        (
            "close_date",
            "Close",
            &["2025-04-13", "N/A", "none", "-", "NULL", "Select"],
            Values(&["2025-04-13", "-", "-", "-", "-", "-"]),
        ),
    ]);
}

#[test]
fn amounts() {
    check(&[
        ("amount", "Amount", &["1234.5", "7"], Values(&["1234.50", "7.00"])),
        ("amount", "Amount", &["1,234.50", "1,234"], Values(&["1234.50", "1234.00"])),
        ("amount", "Amount", &["1.234,50", "1.234"], Values(&["1234.50", "1234.00"])),
        (
            "amount",
            "Amount",
            &["1 234,50", "1\u{a0}234,50", "1\u{202f}234"],
            Values(&["1234.50", "1234.50", "1234.00"]),
        ),
        ("amount", "Amount", &["1'234.50", "1’234'567"], Values(&["1234.50"])),
        ("amount", "Amount", &["1'234.50", "1'234'567"], Values(&["1234.50", "1234567.00"])),
        ("amount", "Amount", &["12,34,567.50", "1,23,456"], Values(&["1234567.50", "123456.00"])),
        ("amount", "Amount", &["€1,234.50", "€ 7.00"], Values(&["1234.50", "7.00"])),
        ("amount", "Amount", &["1.234,50 €", "-7,00 €"], Values(&["1234.50", "-7.00"])),
        ("amount", "Amount", &["EUR 12", "12 EUR", "EUR -3"], Values(&["12.00", "12.00", "-3.00"])),
        (
            "amount",
            "Amount",
            &["45k", "1.2M", "0.5bn"],
            Values(&["45000.00", "1200000.00", "500000000.00"]),
        ),
        (
            "amount",
            "Amount",
            &["1,2 Mio", "3 Mio. €", "45 Tsd.", "0,5 Mrd"],
            Values(&["1200000.00", "3000000.00", "45000.00", "500000000.00"]),
        ),
        ("amount", "Amount", &["45 kEUR", "€1.2M"], Values(&["45000.00", "1200000.00"])),
        (
            "amount",
            "Amount",
            &["(500)", "500-", "−500", "-500", "(€1,500.25)"],
            Values(&["-500.00", "-500.00", "-500.00", "-500.00", "-1500.25"]),
        ),
        (
            "amount",
            "Amount",
            &["12,-", "1.200,- €", "12,50"],
            Values(&["12.00", "1200.00", "12.50"]),
        ),
        ("amount", "Amount", &[".5", "2.25", "0"], Values(&["0.50", "2.25", "0.00"])),
        ("amount", "Amount", &["0", "", "N/A", "-", "none"], Values(&["0.00", "-", "-", "-", "-"])),
        (
            "amount",
            "Amount",
            &["9999999999999999.99", "1"],
            Values(&["9999999999999999.99", "1.00"]),
        ),
        ("amount", "Amount", &["10000000000000000", "1", "2"], Values(&["1.00", "2.00"])),
        ("amount", "Amount", &["1.2E+06", "1.5", "2"], Values(&["1.50", "2.00"])),
        ("amount", "Amount", &["12.34.56", "1.5", "2"], Values(&["1.50", "2.00"])),
        (
            "amount",
            "Amount",
            &["--5", "-5-", "(5", "1", "2", "3", "4"],
            Values(&["1.00", "2.00", "3.00", "4.00"]),
        ),
        (
            "amount",
            "Amount",
            &["1.234", "2.345"],
            Question(&["1234 or as 1.234", "decimal = \",\""]),
        ),
        ("amount", "Amount", &["1,234", "12"], Question(&["decimal = \".\""])),
        (
            "amount",
            "Amount",
            &["1,5", "1.5"],
            Question(&["decimal point", "decimal comma", "(line 2)", "(line 3)"]),
        ),
        ("amount", "Amount", &["1.234,50", "1,234.50"], Question(&["decimal point"])),
        (
            "amount",
            "Amount",
            &["45k", "60k", "80"],
            Question(&["\"80\" (line 4) does not", "unit = 1000"]),
        ),
        (
            "amount",
            "Amount (k€)",
            &["45", "60"],
            Question(&["thousands", "amount = { column = \"Amount (k€)\", unit = 1000 }"]),
        ),
        ("amount", "Umsatz in Mio. EUR", &["1,2", "3"], Question(&["millions", "unit = 1000000"])),
        (
            "amount",
            "Amount",
            &["yes", "no", "5"],
            Question(&["no numbers: \"yes\" (line 2), \"no\" (line 3)"]),
        ),
    ]);
}

#[test]
fn shares() {
    check(&[
        ("probability", "Chance", &["70", "5", "1"], Values(&["0.7000", "0.0500", "0.0100"])),
        (
            "probability",
            "Chance",
            &["0.7", "0.05", "1", "0"],
            Values(&["0.7000", "0.0500", "1.0000", "0.0000"]),
        ),
        ("probability", "Chance", &["70%", "5 %", "0"], Values(&["0.7000", "0.0500", "0.0000"])),
        ("probability", "Chance", &["0,7", "0,05"], Values(&["0.7000", "0.0500"])),
        ("probability", "Chance", &["70,5", "5"], Values(&["0.7050", "0.0500"])),
        ("probability", "Chance", &["12.5%", "0.5%"], Values(&["0.1250", "0.0050"])),
        ("probability", "Chance", &["0", "1"], Question(&["of = 100", "of = 1 "])),
        ("probability", "Chance", &["0.5", "70"], Question(&["below 1 and values above 1"])),
        ("probability", "Chance", &["70%", "0.7"], Question(&["no percent sign", "(line 3)"])),
        ("probability", "Chance", &["700", "250"], Question(&["above 100", "of = 1000"])),
    ]);
}

#[test]
fn flags() {
    check(&[
        ("strategic", "Key", &["yes", "No", "Y", "n"], Values(&["true", "false", "true", "false"])),
        ("strategic", "Key", &["1", "0", ""], Values(&["true", "false", "-"])),
        ("strategic", "Key", &["TRUE", "FALSE", "N/A"], Values(&["true", "false", "-"])),
        (
            "strategic",
            "Key",
            &["ja", "Nein", "wahr", "FALSCH"],
            Values(&["true", "false", "true", "false"]),
        ),
        (
            "strategic",
            "Key",
            &["oui", "non", "vrai", "faux"],
            Values(&["true", "false", "true", "false"]),
        ),
        (
            "strategic",
            "Key",
            &["Sí", "no", "verdadero", "falso"],
            Values(&["true", "false", "true", "false"]),
        ),
        (
            "strategic",
            "Key",
            &["sim", "não", "S", "N"],
            Values(&["true", "false", "true", "false"]),
        ),
        ("strategic", "Key", &["yes", "no", "maybe"], Values(&["true", "false"])),
        (
            "strategic",
            "Key",
            &["Gold", "Silver", "yes"],
            Question(&["neither yes nor no: \"Gold\" (line 2)", "yes = [\"…\"], no = [\"…\"]"]),
        ),
    ]);
}

#[test]
fn texts_that_stand_for_nothing() {
    check(&[
        (
            "region",
            "Region",
            &["EMEA", "NULL", "n/a", "-", "--", "(blank)"],
            Values(&["EMEA", "-", "-", "-", "-", "-"]),
        ),
        (
            "account_id",
            "Account",
            &["0011a", "000000000000000AAA", "000000000000000"],
            Values(&["0011a", "-", "-"]),
        ),
        // May be names.
        (
            "region",
            "Region",
            &["NA", "None", "Select", "nil"],
            Values(&["NA", "None", "Select", "nil"]),
        ),
        (
            "forecast_category",
            "Category",
            &["Commit", "None", "Best Case"],
            Values(&["commit", "-", "best case"]),
        ),
    ]);
}

#[test]
fn each_kind_of_missing_value_is_counted_and_those_that_are_kept_are_told() {
    let mut desk = Desk::new();
    let texts = ["EMEA", "-", "-", "N/A", "None", "None", "None"];
    let report = import(&mut desk, "region", "Region", &texts, "").expect("imported");
    let reading = &report.files[0].readings.iter().find(|r| r.field == "region").expect("told");
    let told = |seen: &[qbr::ingest::Occurrence]| {
        let mut all: Vec<String> =
            seen.iter().map(|s| format!("{} {} {}", s.text, s.rows, s.line)).collect();
        all.sort();
        all
    };
    assert_eq!(told(&reading.missing), ["- 2 3", "N/A 1 5"]);
    assert_eq!(told(&reading.kept), ["None 3 6"]);
    let text = qbr::ingest::report::text(&report);
    assert!(text.contains("taken as missing: \"-\" (2 rows), \"N/A\" (1 row)"), "{text}");
    assert!(
        text.contains("kept as text: \"None\" (3 rows); nulls = [\"None\"] would drop it"),
        "{text}"
    );
    // A mapping drops it, in place of the words that are known.
    let mut desk = Desk::new();
    import(&mut desk, "region", "Region", &texts, "nulls = [\"None\", \"-\"]").expect("imported");
    assert_eq!(
        desk.rows("SELECT region FROM facts.opportunity ORDER BY opportunity_id"),
        ["EMEA", "-", "-", "N/A", "-", "-", "-"]
    );
}

#[test]
fn what_decided_is_told_with_its_line() {
    let mut desk = Desk::new();
    let report = import(&mut desk, "close_date", "Close", &["01/02/2025", "13/04/2025"], "");
    let report = report.expect("imported");
    let reading = report.files[0].readings.iter().find(|r| r.field == "close_date").expect("told");
    assert_eq!((reading.kind.as_str(), reading.read_as.as_str()), ("date", "%d/%m/%Y"));
    let decided = reading.decided_by.as_ref().expect("a value");
    assert_eq!((decided.text.as_str(), decided.line), ("13/04/2025", 3));
    let text = qbr::ingest::report::text(&report);
    assert!(text.contains("Close: %d/%m/%Y: \"13/04/2025\" (line 3) cannot be %m/%d/%Y"), "{text}");
    let json = serde_json::to_value(&report).expect("JSON");
    assert_eq!(json["files"][0]["readings"][2]["decided_by"]["line"], 3);
}

#[test]
fn the_rule_for_times_of_day_is_told() {
    for (text, rule) in [
        ("2025-07-14T22:30:00.000Z", "%Y-%m-%d; the day in UTC, as written"),
        ("2025-07-14T22:30:00+02:00", "%Y-%m-%d; the day as written, each in its own zone"),
        ("2025-07-14 22:30", "%Y-%m-%d; the day as written; the file names no zone"),
        ("7/14/2025, 10:03 AM", "%m/%d/%Y; the day as written; the file names no zone"),
    ] {
        let mut desk = Desk::new();
        let report = import(&mut desk, "close_date", "Close", &[text], "").expect("imported");
        let reading = report.files[0].readings.iter().find(|r| r.field == "close_date");
        assert_eq!(reading.expect("told").read_as, rule);
    }
}

#[test]
fn midnight_that_is_told_in_another_zone_is_asked_about() {
    // The first of April and of November in Berlin.
    let texts = [
        "2025-03-31T22:00:00.000Z",
        "2025-10-31T23:00:00.000Z",
        "2025-06-14T22:00:00Z",
        "2025-06-15T22:00:00Z",
    ];
    let error = import(&mut Desk::new(), "close_date", "Close", &texts, "").expect_err("asked");
    let message = format!("{error}\n{}", error.remedy().unwrap_or_default());
    for part in [
        "22 o'clock in UTC, or an hour later, at \"2025-03-31\" (line 2)",
        "close_date = { column = \"Close\", hours = 2 }  # 1 April 2025",
        "close_date = { column = \"Close\", hours = 0 }  # 31 March 2025",
    ] {
        assert!(message.contains(part), "{part}\n{message}");
    }
    for (hours, expected) in [
        (2, ["2025-04-01", "2025-11-01", "2025-06-15", "2025-06-16"]),
        (0, ["2025-03-31", "2025-10-31", "2025-06-14", "2025-06-15"]),
    ] {
        let mut desk = Desk::new();
        let mut text = String::from("opportunity_id;state;currency;close_date\n");
        for (place, value) in texts.iter().enumerate() {
            text += &format!("A{place};open;EUR;{value}\n");
        }
        let file = desk.write("opportunities-2025-10-06.csv", text.as_bytes());
        let mapping = format!(
            "extends = \"qbr\"\n[[table]]\nname = \"opportunities\"\n[table.columns]\n\
             close_date = {{ column = \"close_date\", hours = {hours} }}\n"
        );
        let mut request = desk.request(&[&file]);
        request.mapping = Some(desk.write("ours.toml", mapping.as_bytes()));
        desk.run(&request).expect("imported");
        let rows = desk.rows("SELECT close_date FROM facts.opportunity ORDER BY opportunity_id");
        assert_eq!(rows, expected);
    }
}

#[test]
fn a_value_that_does_not_fit_is_rejected_with_its_reason() {
    for (field, texts, reason) in [
        ("amount", ["1.50", "2", "10000000000000000"], "larger than an amount can be"),
        ("amount", ["1.50", "2", "1.2E+06"], "a spreadsheet has shortened this number"),
        ("amount", ["1.50", "2", "12.3.4"], "no amount with a decimal point"),
        (
            "amount",
            ["1.50", "2", "$7.00"],
            "no amount with a decimal point, or $ is not the currency of its row",
        ),
        ("amount", ["1.50", "2", "5%"], "a percentage, and no amount"),
        ("amount", ["1.50", "2", "five"], "no number"),
        (
            "close_date",
            ["2025-04-13", "2025-04-14", "2071-04-13"],
            "the year is not from 1990 to 2041",
        ),
        ("close_date", ["2025-04-13", "2025-04-14", "2025-02-30"], "no date written %Y-%m-%d"),
        ("probability", ["70", "20", "-5"], "no share from 0 to 100 %"),
        ("strategic", ["yes", "no", "perhaps"], "neither yes nor no"),
    ] {
        let mut desk = Desk::new();
        let report =
            import(&mut desk, field, "Field", &texts, "").unwrap_or_else(|e| panic!("{e}"));
        let rejects = &report.files[0].rejects;
        assert_eq!(rejects.len(), 1, "{texts:?}: {rejects:?}");
        let reject = &rejects[0];
        assert_eq!((reject.line, reject.value.as_deref()), (4, Some(texts[2])));
        assert_eq!((reject.column.as_deref(), reject.reason.as_str()), (Some("Field"), reason));
    }
}

#[test]
fn every_unclear_column_is_told_at_once_and_the_lines_settle_them() {
    let mut desk = Desk::new();
    let file = desk.write(
        "opportunities-2025-10-06.csv",
        b"opportunity_id;state;currency;amount;probability;close_date;created_on\n\
          A1;open;EUR;1.234;1;03/04/2025;01/02/2025\n",
    );
    let mut request = desk.request(&[&file]);
    let error = desk.run(&request).expect_err("unclear");
    let remedy = error.remedy().expect("a remedy");
    for line in [
        "extends = \"qbr\"",
        "name = \"opportunities\"",
        "decimal = \",\"  # 1.234 is 1234",
        "[table.columns]",
        "probability = { column = \"probability\", of = 100 }  # 70 is 70 %",
        "created_on = { column = \"created_on\", date = \"%d/%m/%Y\" }  # 1 February 2025",
        "close_date = { column = \"close_date\", date = \"%d/%m/%Y\" }  # 3 April 2025",
    ] {
        assert!(remedy.contains(line), "{line}\n{remedy}");
    }
    // The lines as they are printed, one of each.
    let wanted =
        ["extends", "[[", "name", "decimal = \",\"", "[table.", "of = 100 }", "date = \"%d"];
    let kept = remedy.lines().filter(|line| wanted.iter().any(|part| line.contains(part)));
    let mapping = kept.filter(|line| !line.starts_with("keep")).collect::<Vec<_>>().join("\n");
    request.mapping = Some(desk.write("ours.toml", mapping.as_bytes()));
    desk.run(&request).unwrap_or_else(|error| panic!("{error}\n{mapping}"));
    assert_eq!(
        desk.rows("SELECT amount, probability, close_date, created_on FROM facts.opportunity"),
        ["1234.00 | 0.0100 | 2025-04-03 | 2025-02-01"]
    );
}

#[test]
fn deals_that_would_close_before_they_were_created_stop_the_import() {
    // Months first in one column and days first in the other: 13/… decides the one, …/13 the other.
    let mut text = String::from("opportunity_id,state,currency,created_on,close_date\n");
    for day in 1..=9 {
        text += &format!("A{day},open,EUR,05/{day:02}/2025,{day:02}/06/2025\n");
    }
    let decided = "B1,open,EUR,05/13/2025,13/06/2025\n";
    let mut desk = Desk::new();
    desk.import_text("opportunities-2025-10-06.csv", &format!("{text}{decided}"))
        .expect("in order");
    // The other way round, every deal is created after it closes.
    let mut text = String::from("opportunity_id,state,currency,created_on,close_date\n");
    for day in 1..=9 {
        text += &format!("A{day},open,EUR,{day:02}/06/2025,05/{day:02}/2025\n");
    }
    let text = format!("{text}B1,open,EUR,13/06/2025,05/13/2025\n");
    let mut desk = Desk::new();
    let error = desk.import_text("opportunities-2025-10-06.csv", &text).expect_err("backwards");
    let message = format!("{error}\n{}", error.remedy().unwrap_or_default());
    for part in [
        "10 of 10 deals close before they were created",
        "\"05/01/2025\" (line 2)",
        "created \"01/06/2025\" (%d/%m/%Y)",
        "close_date = { column = \"close_date\", date = \"%m/%d/%Y\" }",
    ] {
        assert!(message.contains(part), "{part}\n{message}");
    }
    // Dates that cannot be mistaken are only remarked upon.
    let text = "opportunity_id,state,currency,created_on,close_date\nA,open,EUR,2025-06-01,2025-05-01\n\
                B,open,EUR,2025-06-02,2025-05-02\nC,open,EUR,2025-06-03,2025-05-03\n";
    let report = Desk::new().import_text("opportunities-2025-10-06.csv", text).expect("imported");
    assert!(report.files[0].notes.iter().any(|note| note.contains("3 deals close before")));
}

#[test]
fn the_order_of_the_days_is_told_where_a_date_is_asked_about() {
    let mut text = String::from("opportunity_id,state,currency,created_on,close_date\n");
    for day in 1..=9 {
        text += &format!("A{day},open,EUR,2025-06-0{day},07/0{day}/2025\n");
    }
    let error = Desk::new().import_text("opportunities-2025-10-06.csv", &text).expect_err("asked");
    let message = error.to_string();
    assert!(message.contains("by %m/%d/%Y, 0 of 9 deals would close"), "{message}");
    assert!(message.contains("by %d/%m/%Y, 5 of 9 deals would close"), "{message}");
}

#[test]
fn a_mapping_fixes_how_a_column_is_read() {
    for (field, line, texts, expected) in [
        ("close_date", "date = \"%y-%m-%d\"", &["20-10-16"][..], &["2020-10-16"][..]),
        ("close_date", "date = \"serial\"", &["45123"], &["2023-07-16"]),
        ("close_date", "date = \"epoch s\"", &["1752487380"], &["2025-07-14"]),
        ("amount", "decimal = \",\"", &["1.234"], &["1234.00"]),
        ("amount", "unit = 1000", &["45", "1.5"], &["45000.00", "1500.00"]),
        ("amount", "unit = 1000, decimal = \",\"", &["1,5", "2.000"], &["1500.00", "2000000.00"]),
        // A word says it itself, whatever the unit.
        ("amount", "unit = 1", &["45k", "80"], &["45000.00", "80.00"]),
        ("probability", "of = 1000", &["700", "5"], &["0.7000", "0.0050"]),
        (
            "strategic",
            "yes = [\"Gold\"], no = [\"Silver\"]",
            &["gold", "Silver"],
            &["true", "false"],
        ),
        ("region", "nulls = [\"None\"]", &["None", "-"], &["-", "-"][..1]),
        ("region", "nulls = []", &["N/A", "-"], &["N/A", "-"]),
    ] {
        let mut desk = Desk::new();
        let mut text = format!("opportunity_id;state;currency;{field}\n");
        for (place, value) in texts.iter().enumerate() {
            text += &format!("A{place};open;EUR;{value}\n");
        }
        let file = desk.write("opportunities-2025-10-06.csv", text.as_bytes());
        let mapping = format!(
            "extends = \"qbr\"\n[[table]]\nname = \"opportunities\"\n[table.columns]\n\
             {field} = {{ column = \"{field}\", {line} }}\n"
        );
        let mut request = desk.request(&[&file]);
        request.mapping = Some(desk.write("ours.toml", mapping.as_bytes()));
        desk.run(&request).unwrap_or_else(|error| panic!("{line}: {error}"));
        let rows =
            desk.rows(&format!("SELECT {field} FROM facts.opportunity ORDER BY opportunity_id"));
        assert_eq!(rows[..expected.len()], *expected, "{line}");
    }
}

#[test]
fn the_currency_is_the_one_that_the_file_says() {
    // Heading, amounts, the table's rules, and the currencies or the words of the refusal.
    let cases: [(&str, &[&str], &str, Comes); 14] = [
        ("Amount (EUR)", &["5.50", "7"], "#currency", Values(&["EUR", "EUR"])),
        ("Betrag in €", &["5,50", "7"], "#currency", Values(&["EUR", "EUR"])),
        ("Amount", &["€5.50", "€7"], "#currency", Values(&["EUR", "EUR"])),
        ("Amount", &["5.50 CHF", "7.00 CHF"], "#currency", Values(&["CHF", "CHF"])),
        ("Amount", &["US$5.50", "£7.00"], "#currency", Values(&["USD", "GBP"])),
        // What the file says goes before what the mapping says for want of it.
        ("Amount (GBP)", &["5.50"], "currency = \"EUR\"", Values(&["GBP"])),
        ("Amount", &["€5.50", "7.00"], "currency = \"EUR\"", Values(&["EUR", "EUR"])),
        ("Amount", &["$5.50", "7.00"], "currency = \"CAD\"", Values(&["CAD", "CAD"])),
        (
            "Amount",
            &["5.50"],
            "#currency",
            Question(&["it has no column for it", "currency = \"USD\""]),
        ),
        ("Amount", &["$5.50"], "#currency", Question(&["$ in \"$5.50\" (line 2) is of several"])),
        ("Amount ($)", &["5.50"], "#currency", Question(&["$ in its heading is of several"])),
        (
            "Amount",
            &["€5.50", "7.00"],
            "#currency",
            Question(&["\"€5.50\" (line 2) is in EUR, and \"7.00\" (line 3) does not say"]),
        ),
        (
            "Amount (EUR)",
            &["5.50", "$7.00"],
            "#currency",
            Question(&["says EUR, and \"$7.00\" (line 3) says $"]),
        ),
        (
            "Amount ($)",
            &["5.50"],
            "currency = \"EUR\"",
            Question(&["says $, and the mapping or the preset EUR"]),
        ),
    ];
    for (heading, texts, rules, comes) in cases {
        let mut desk =
            Desk::with(&CreateOptions { currency: "CHF".into(), ..CreateOptions::default() });
        let found = import(&mut desk, "amount", heading, texts, rules);
        match (comes, found) {
            (Values(expected), Ok(_)) => {
                let rows =
                    desk.rows("SELECT currency FROM facts.opportunity ORDER BY opportunity_id");
                assert_eq!(rows, expected, "{heading} {texts:?} {rules}");
            }
            (Question(words), Err(error)) => {
                let message = format!("{error}\n{}", error.remedy().unwrap_or_default());
                for word in words {
                    assert!(message.contains(word), "{heading} {texts:?}: no {word} in\n{message}");
                }
            }
            (_, found) => panic!("{heading} {texts:?} {rules}: {found:?}"),
        }
    }
}

#[test]
fn a_heading_and_a_column_that_name_different_currencies_stop_the_import() {
    let mut desk = Desk::new();
    let file = desk.write(
        "opportunities-2025-10-06.csv",
        b"opportunity_id,state,Amount (EUR),Currency\nA1,open,5.00,EUR\nA2,open,7.00,USD\n",
    );
    let mapping = |currency: &str| {
        format!(
            "title = \"Ours\"\ncrm = \"Ours\"\n[[table]]\nname = \"opportunities\"\n[table.columns]\n\
             opportunity_id = \"opportunity_id\"\nstate = \"state\"\namount = \"Amount (EUR)\"\n\
             currency = {currency}\n"
        )
    };
    let mut request = desk.request(&[&file]);
    request.mapping = Some(desk.write("ours.toml", mapping("\"Currency\"").as_bytes()));
    let error = desk.run(&request).expect_err("two currencies");
    let message = format!("{error}\n{}", error.remedy().unwrap_or_default());
    for part in
        ["\"Amount (EUR)\" says EUR", "\"Currency\" says USD in line 3", "{ value = \"EUR\" }"]
    {
        assert!(message.contains(part), "{part}\n{message}");
    }
    request.mapping = Some(desk.write("ours.toml", mapping("{ value = \"EUR\" }").as_bytes()));
    desk.run(&request).expect("settled");
    assert_eq!(desk.rows("SELECT DISTINCT currency FROM facts.opportunity"), ["EUR"]);
}

#[test]
fn a_currency_beside_the_amount_goes_before_the_one_of_the_mapping() {
    let mut desk = Desk::new();
    let file = desk.write(
        "opportunities-2025-10-06.csv",
        b"opportunity_id,state,Value,Value Currency\nA1,open,5.00,GBP\nA2,open,7.00,\nA3,open,9.00,usd\n",
    );
    let mapping = "title = \"Ours\"\ncrm = \"Ours\"\n[[table]]\nname = \"opportunities\"\ncurrency = \"EUR\"\n\
                   [table.columns]\nopportunity_id = \"opportunity_id\"\nstate = \"state\"\namount = \"Value\"\n";
    let mut request = desk.request(&[&file]);
    request.mapping = Some(desk.write("ours.toml", mapping.as_bytes()));
    let report = desk.run(&request).expect("imported");
    assert!(report.files[0].unused.is_empty());
    assert!(
        report.files[0]
            .readings
            .iter()
            .any(|r| r.column == "Value Currency" && r.field == "currency")
    );
    assert_eq!(
        desk.rows("SELECT currency FROM facts.opportunity ORDER BY opportunity_id"),
        ["GBP", "EUR", "USD"]
    );
}
