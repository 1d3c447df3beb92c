//! Encodings, delimiters, line ends and quotes, from the file to the facts.

use qbr::ingest::ImportError;

use super::support::Desk;

const HEADER: &str = "opportunity_id,name,state,amount,currency,close_date";

fn deals(desk: &mut Desk) -> Vec<String> {
    desk.rows("SELECT opportunity_id, name, amount FROM facts.opportunity ORDER BY 1")
}

#[test]
fn encodings_and_delimiters_lead_to_the_same_facts() {
    let text = format!(
        "{HEADER}\nA1,Müller – Süd,open,12.50,EUR,2025-11-28\nA2,\"x, y\",won,7.00,EUR,2025-10-01\n"
    );
    let with = |delimiter: &str| {
        text.replace("\"x, y\"", "x# y").replace(',', delimiter).replace('#', ",")
    };
    let utf16 = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xff, 0xfe].into_iter().chain(units).collect::<Vec<u8>>()
    };
    let windows = |text: &str| {
        let byte =
            |c: char| if c == '–' { 0x96 } else { u8::try_from(c as u32).expect("one byte") };
        text.chars().map(byte).collect::<Vec<u8>>()
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("plain", text.clone().into_bytes()),
        ("marked", format!("\u{feff}{text}").into_bytes()),
        ("crlf", text.replace('\n', "\r\n").into_bytes()),
        ("cr", text.replace('\n', "\r").into_bytes()),
        ("mixed", text.replacen('\n', "\r\n", 1).into_bytes()),
        ("semicolon", with(";").into_bytes()),
        ("tab", with("\t").into_bytes()),
        ("pipe", with("|").into_bytes()),
        ("sep", format!("sep=;\n{}", with(";")).into_bytes()),
        ("utf-16", utf16(&with("\t"))),
        ("utf-16 without a mark", utf16(&with("\t"))[2..].to_vec()),
        ("quoted once more", quoted_once_more(&text)),
        (
            "totals and footers",
            format!(
                "{text}Total,,,19.50,,\n\n\"Confidential Information - Do Not Distribute\"\n\
             \"Copyright © 2000-2025 Acme\"\n"
            )
            .into_bytes(),
        ),
        (
            "two columns that nobody uses",
            text.replace("close_date\n", "close_date,Note,note\n")
                .replace("-28\n", "-28,a,b\n")
                .replace("-01\n", "-01,,\n")
                .into_bytes(),
        ),
        ("windows-1252", windows(&with(";"))),
        ("title above", format!("Pipeline report\n\nAs of today\n\n{text}").into_bytes()),
        ("no last line end", text.trim_end().as_bytes().to_vec()),
    ];
    for (name, bytes) in cases {
        let mut desk = Desk::new();
        let file = desk.write("opportunities-2025-10-06.csv", &bytes);
        let report = desk.import(&[&file]);
        assert_eq!(report.rejected, 0, "{name}");
        assert_eq!(deals(&mut desk), ["A1 | Müller – Süd | 12.50", "A2 | x, y | 7.00"], "{name}");
    }
}

/// As a spreadsheet saves a file that it took for one column.
fn quoted_once_more(text: &str) -> Vec<u8> {
    let line = |line: &str| format!("\"{}\"\r\n", line.replace('"', "\"\""));
    text.lines().map(line).collect::<String>().into_bytes()
}

#[test]
fn what_is_unusual_about_a_file_is_said() {
    let row = "A1,\"x, y\",open,12.50,EUR,2025-11-28";
    for (text, words) in [
        (
            String::from_utf8(quoted_once_more(&format!("{HEADER}\n{row}\n"))).expect("text"),
            "1 lines are quoted as a whole once more",
        ),
        (
            format!("{HEADER},Note,note\n{row},a,b\nA2,n,open,1,EUR,2025-11-28,c\n"),
            "1 lines have fewer fields than the header",
        ),
        (format!("{HEADER},Note,note\n{row},a,b\n"), "more than one column is called \"Note\""),
        (
            format!("{HEADER}\n{row}\nGrand Totals (1 record),,,12.50,,\n"),
            "line 3 is no data: Grand",
        ),
    ] {
        let mut desk = Desk::new();
        let report = desk.import_text("opportunities-2025-10-06.csv", &text).expect("imported");
        assert_eq!(report.rejected, 0, "{text}");
        let notes = report.files[0].notes.join("\n");
        assert!(notes.contains(words), "{notes}");
    }
}

#[test]
fn a_column_that_is_used_must_have_a_name_of_its_own() {
    let mut desk = Desk::new();
    let text = format!("{HEADER},Amount\nA1,n,open,1,EUR,2025-11-28,2\n");
    match desk.import_text("opportunities-2025-10-06.csv", &text) {
        Err(ImportError::DuplicateHeader { places, .. }) => assert_eq!(places, (4, 7)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_path_is_no_pattern() {
    let mut desk = Desk::new();
    let row = |id: &str| format!("{HEADER}\n{id},n,open,1,EUR,2025-11-28\n");
    desk.write("deals1.csv", row("WRONG").as_bytes());
    desk.write("dealsx.csv", row("WRONG").as_bytes());
    for name in ["deals[1].csv", "deals*.csv", "deals?.csv", "deal's.csv"] {
        let file = desk.write(name, row(name).as_bytes());
        let mut request = desk.request(&[&file]);
        request.taken_on = Some("2025-10-06".parse().expect("a date"));
        desk.run(&request).expect("imported");
        assert_eq!(
            desk.rows("SELECT opportunity_id FROM facts.opportunity WHERE valid_to IS NULL"),
            [name]
        );
    }
}

#[test]
fn texts_over_several_lines_stay_whole_in_a_large_file() {
    let mut desk = Desk::new();
    // Large enough that DuckDB would divide it, with records that look like others within texts.
    let rows = 120_000;
    let mut text = format!("{HEADER}\n");
    for row in 0..rows {
        text += &format!(
            "A{row:06},\"line one of a text that is rather long, {row}\nline two, open, 5.00 and {row} more\",open,1.00,EUR,2025-11-28\n"
        );
    }
    let report = desk.import_text("opportunities-2025-10-06.csv", &text).expect("imported");
    assert_eq!((report.rejected, report.files[0].taken), (0, rows));
    assert_eq!(
        desk.rows("SELECT count(*), sum(amount), count(*) FILTER (name LIKE 'line one%more') FROM facts.opportunity"),
        [format!("{rows} | {rows}.00 | {rows}")]
    );
}

#[test]
fn what_is_no_csv_is_refused_by_name() {
    let mut desk = Desk::new();
    for (bytes, word) in [
        (&b"PK\x03\x04\x14\0"[..], "no readable workbook"),
        (b"", "empty"),
        (b"opportunity_id,state,amount,currency\n", "no row"),
    ] {
        let file = desk.write("opportunities.csv", bytes);
        let request = desk.request(&[&file]);
        let error = desk.run(&request).expect_err("refused");
        assert!(error.to_string().contains(word), "{error}");
        assert!(error.remedy().is_some());
    }
    let missing = desk.folder.path().join("none.csv");
    let request = desk.request(&[&missing]);
    assert!(matches!(desk.run(&request), Err(ImportError::Io { .. })));
    let folder = desk.folder.path().to_owned();
    let request = desk.request(&[&folder]);
    assert!(matches!(desk.run(&request), Err(ImportError::Folder { .. })));
}

#[test]
fn nothing_of_a_refused_import_stays() {
    let mut desk = Desk::new();
    let good = desk.write(
        "opportunities-2025-10-06.csv",
        format!("{HEADER}\nA1,n,open,1,EUR,2025-11-28\n").as_bytes(),
    );
    let bad = desk.write("accounts.csv", b"what,is,this\n1,2,3\n");
    let request = desk.request(&[&good, &bad]);
    assert!(matches!(desk.run(&request), Err(ImportError::NotRecognised(_))));
    assert!(deals(&mut desk).is_empty());
    assert_eq!(desk.rows("SELECT count(*) FROM meta.import"), ["0"]);
}
