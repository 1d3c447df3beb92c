//! Golden outputs: one small answer in every format.

use super::*;
use crate::catalog::figure::{FigureColumn, Unit};
use crate::domain::{TableColumn, Value};

fn figure() -> Figure {
    let column = |name: &str, unit: Unit, heading: &str| FigureColumn {
        name: name.into(),
        unit,
        meaning: "a meaning".into(),
        heading: heading.into(),
        private: false,
    };
    Figure {
        name: "win-rate".into(),
        area: "review".into(),
        title: "Win rate by month".into(),
        question: String::new(),
        curriculum: Vec::new(),
        source: String::new(),
        grain: String::new(),
        parameters: Vec::new(),
        columns: vec![
            column("month", Unit::Month, "month"),
            column("slice", Unit::Text, "slice"),
            column("won", Unit::Count, "won"),
            column("closed", Unit::Count, "closed"),
            column(
                "win_rate",
                Unit::Rate { numerator: "won".into(), denominator: "closed".into() },
                "win rate",
            ),
            column("won_amount", Unit::Money, "Won"),
        ],
        chart: None,
        drill: None,
        opens: None,
        needs: Vec::new(),
        header: String::new(),
        sql: String::new(),
        file: "queries/review/win-rate.sql".into(),
        sql_line: 1,
    }
}

fn table() -> Table {
    let columns = [
        ("month", "DATE"),
        ("slice", "VARCHAR"),
        ("won", "BIGINT"),
        ("closed", "BIGINT"),
        ("win_rate", "DOUBLE"),
        ("won_amount", "DECIMAL(18,2)"),
    ];
    let money = |text: &str| Value::Decimal(text.parse().expect("a decimal"));
    let day = |text: &str| Value::Date(text.parse().expect("a date"));
    Table {
        columns: columns
            .map(|(name, kind)| TableColumn { name: name.into(), type_name: kind.into() })
            .to_vec(),
        rows: vec![
            vec![
                day("2025-10-01"),
                Value::from("EMEA | DACH"),
                Value::Int(12),
                Value::Int(29),
                Value::Float(12.0 / 29.0),
                money("1234567.50"),
            ],
            vec![
                day("2025-11-01"),
                Value::from("a\u{1b}[31m\n\"b\""),
                Value::Int(0),
                Value::Int(0),
                Value::Null,
                money("0.00"),
            ],
            vec![
                day("2025-12-01"),
                Value::Null,
                Value::Int(2),
                Value::Int(3),
                Value::Float(2.0 / 3.0),
                Value::Null,
            ],
        ],
    }
}

fn rendered(format: Format) -> String {
    let date = |text: &str| Value::Date(text.parse().expect("a date"));
    let parameters = [
        ("quarter".to_owned(), Value::from("2025-Q4")),
        ("period_start".to_owned(), date("2025-10-01")),
        ("period_end".to_owned(), date("2025-12-31")),
        ("as_of".to_owned(), date("2025-12-31")),
        ("by".to_owned(), Value::from("region")),
        ("segment".to_owned(), Value::Null),
    ];
    let answer = Answer {
        figure: "win-rate".to_owned(),
        parameters: parameters.to_vec(),
        as_of: "2025-12-31".parse().expect("a date"),
        table: table(),
        notes: vec!["No targets were imported.".to_owned()],
    };
    render(&figure(), &answer, format)
}

#[test]
fn a_table_for_reading() {
    assert_eq!(
        rendered(Format::Table),
        "\
Win rate by month
2025-Q4 · as of 2025-12-31 · by region

month    slice        won  closed   win rate           Won
──────────────────────────────────────────────────────────
2025-10  EMEA | DACH   12      29  41% 12/29  1,234,567.50
2025-11  a␛[31m \"b\"     0       0          —          0.00
2025-12  —              2       3        2/3             —

Note: No targets were imported.
"
    );
}

#[test]
fn csv_for_machines() {
    assert_eq!(
        rendered(Format::Csv),
        "month,slice,won,closed,win_rate,won_amount\n\
         2025-10-01,EMEA | DACH,12,29,0.41379310344827586,1234567.50\n\
         2025-11-01,\"a␛[31m\n\"\"b\"\"\",0,0,,0.00\n\
         2025-12-01,,2,3,0.6666666666666666,\n"
    );
}

#[test]
fn json_for_machines() {
    let text = rendered(Format::Json);
    assert_eq!(
        text,
        r#"{
  "figure": "win-rate",
  "parameters": {"quarter":"2025-Q4","period_start":"2025-10-01","period_end":"2025-12-31","as_of":"2025-12-31","by":"region","segment":null},
  "as_of": "2025-12-31",
  "columns": [
    {"name":"month","type":"DATE","unit":"month"},
    {"name":"slice","type":"VARCHAR","unit":"text"},
    {"name":"won","type":"BIGINT","unit":"count"},
    {"name":"closed","type":"BIGINT","unit":"count"},
    {"name":"win_rate","type":"DOUBLE","unit":"rate(won/closed)"},
    {"name":"won_amount","type":"DECIMAL(18,2)","unit":"money"}
  ],
  "rows": [
    {"month":"2025-10-01","slice":"EMEA | DACH","won":12,"closed":29,"win_rate":0.41379310344827586,"won_amount":"1234567.50"},
    {"month":"2025-11-01","slice":"a\u001b[31m\n\"b\"","won":0,"closed":0,"win_rate":null,"won_amount":"0.00"},
    {"month":"2025-12-01","slice":null,"won":2,"closed":3,"win_rate":0.6666666666666666,"won_amount":null}
  ]
}
"#
    );
    assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok());
}

#[test]
fn markdown_for_documents() {
    assert_eq!(
        rendered(Format::Markdown),
        r#"## Win rate by month

2025-Q4 · as of 2025-12-31 · by region

| month | slice | won | closed | win rate | Won |
| --- | --- | ---: | ---: | ---: | ---: |
| 2025-10 | EMEA \| DACH | 12 | 29 | 41% 12/29 | 1,234,567.50 |
| 2025-11 | a␛\[31m "b" | 0 | 0 | — | 0.00 |
| 2025-12 | — | 2 | 3 | 2/3 | — |

- No targets were imported.
"#
    );
}

#[test]
fn a_page_for_browsers_and_printers() {
    let text = rendered(Format::Html);
    for wanted in [
        "<title>Win rate by month</title>",
        "<p class=\"asked\">2025-Q4 · as of 2025-12-31 · by region</p>",
        "<th class=\"number\" scope=\"col\">won</th>",
        "<td class=\"text\">EMEA | DACH</td>",
        "<td class=\"number\">41% 12&#x2f;29</td>",
        "<td class=\"number\">1,234,567.50</td>",
        "<p>Note: No targets were imported.</p>",
        "@media print",
        "default-src 'none'",
    ] {
        assert!(text.contains(wanted), "{wanted} is missing:\n{text}");
    }
    assert_eq!(text.matches("<tr>").count(), 4, "headings and three rows");
}

/// Whatever stands in the data: it is text on the page, and on one line of a head.
#[test]
fn hostile_text_is_text_on_a_page_and_in_a_mail() {
    let evil =
        "</td><script>alert('x')</script><img src=x onerror=\"a()\">\r\nBcc: all@example.com";
    let mut figure = figure();
    figure.title = evil.to_owned();
    let column = |name: &str| FigureColumn {
        name: name.into(),
        unit: Unit::Text,
        meaning: String::new(),
        heading: evil.into(),
        private: false,
    };
    figure.columns = vec![column("slice")];
    let answer = Answer {
        figure: "win-rate".to_owned(),
        parameters: vec![("owner".to_owned(), Value::from(evil))],
        as_of: "2025-12-31".parse().expect("a date"),
        table: Table {
            columns: vec![TableColumn { name: "slice".into(), type_name: "VARCHAR".into() }],
            rows: vec![vec![Value::from(evil)]],
        },
        notes: vec![evil.to_owned()],
    };
    let page = render(&figure, &answer, Format::Html);
    for tag in ["<script", "<img", "</td><"] {
        assert!(!page.contains(tag) || tag == "</td><" && page.matches(tag).count() == 1, "{page}");
    }
    assert!(page.contains("&lt;script&gt;"), "{page}");
    let mail = render(&figure, &answer, Format::Mail);
    let head = mail.split("\r\n\r\n").next().expect("a head");
    for line in head.split("\r\n") {
        assert!(!line.to_lowercase().starts_with("bcc"), "{head}");
    }
    // The plain part is plain; of the other part every letter counts.
    let page = mail.split("Content-Type: text/html").nth(1).expect("a page").replace("=\r\n", "");
    assert!(!page.contains("<script") && page.contains("&lt;script"), "{page}");
}

#[test]
fn a_mail_is_a_draft_of_nobody_to_nobody() {
    let mail = rendered(Format::Mail);
    let head = mail.split("\r\n\r\n").next().expect("a head");
    for wanted in
        ["X-Unsent: 1", "Subject: ", "Date: Wed, 31 Dec 2025 00:00:00", "multipart/alternative"]
    {
        assert!(head.contains(wanted), "{wanted} is missing:\n{head}");
    }
    assert!(!head.contains("From:") && !head.contains("\nTo:"), "{head}");
    assert_eq!(rendered(Format::Mail).len(), mail.len(), "nothing depends on the clock");
}

#[test]
fn tables_that_are_no_figures() {
    let list = Table { columns: table().columns[1..3].to_vec(), rows: vec![] };
    assert_eq!(render_table(&list, Format::Table), "No rows.\n");
    assert_eq!(render_table(&list, Format::Csv), "slice,won\n");
    assert_eq!(
        render_table(&list, Format::Json),
        "{\n  \"columns\": [\n    {\"name\":\"slice\",\"type\":\"VARCHAR\"},\n    \
         {\"name\":\"won\",\"type\":\"BIGINT\"}\n  ],\n  \"rows\": []\n}\n"
    );
    let rows = vec![vec![Value::from("東京"), Value::Int(1200)], vec![Value::Null, Value::Null]];
    let list = Table { rows, ..list };
    assert_eq!(
        render_table(&list, Format::Table),
        "slice    won\n────────────\n東京   1,200\n—          —\n"
    );
}

#[test]
fn formats_read_what_they_show() {
    for format in Format::EACH {
        assert_eq!(format.to_string().parse(), Ok(format));
    }
    assert!("xlsx".parse::<Format>().is_err());
}

#[test]
fn csv_holds_no_formula() {
    let cells = [
        (Value::from("=1+1"), "'=1+1"),
        (Value::from("+49 30 1234"), "'+49 30 1234"),
        (Value::from("-cmd|' /C calc'!A0"), "'-cmd|' /C calc'!A0"),
        (Value::from("@SUM(1)"), "'@SUM(1)"),
        (Value::from("\t=1"), "'\t=1"),
        (Value::from("-5"), "-5"),
        (Value::from("a=b"), "a=b"),
        (Value::Decimal("-12.50".parse().expect("a number")), "-12.50"),
        (Value::Int(-3), "-3"),
    ];
    for (value, expected) in cells {
        let columns = vec![TableColumn { name: "a".into(), type_name: "VARCHAR".into() }];
        let table = Table { columns, rows: vec![vec![value]] };
        let text = render_table(&table, Format::Csv);
        let mut lines = csv::Reader::from_reader(text.as_bytes());
        let row = lines.records().next().expect("a row").expect("a record");
        assert_eq!(&row[0], expected);
    }
}
