//! What the records of a text are, and what is left out of it.

use std::io::Write;

use super::*;

fn with<T>(text: &str, columns: usize, look: impl FnOnce(&Division<'_>) -> T) -> T {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(text.as_bytes()).expect("written");
    look(&Division {
        path: file.path(),
        progress: &FileProgress::default(),
        layout: Layout::Lines,
        start: 0,
        header: 0,
        line: 1,
        delimiter: b',',
        columns,
        wrapped: false,
    })
}

fn structure(text: &str) -> Structure {
    with(text, 3, |division| division.structure().expect("read"))
}

fn broken(text: &str) -> Vec<(u64, Fault)> {
    structure(text).broken.into_iter().map(|broken| (broken.line, broken.fault)).collect()
}

#[test]
fn records_blanks_and_line_breaks_are_told_apart() {
    let found = structure("id,name,amount\n1,\"a\nb\",5\n\n2,x,6\n   \n3,,\n");
    assert_eq!((found.records, found.blank), (3, 2));
    assert!(found.quoted_breaks && !found.is_tidy() && found.broken.is_empty());
    let found = structure("id,name,amount\r\n1,\"a, b\",5\r\n");
    assert!(!found.quoted_breaks && !found.padded && found.is_tidy());
    for text in ["1, a,2", "1,\"a \",2", "1,a,2 ", " 1,a,2", "1,\u{a0}a,2"] {
        assert!(structure(&format!("id,name,amount\n{text}\n")).padded, "{text}");
    }
}

#[test]
fn a_header_with_an_open_quote_swallows_no_records() {
    // In the second there are as many opening quotes as closing ones.
    for header in ["id,\"name,amount", "i\"d,\"name,amount"] {
        with(&format!("{header}\n1,a,2\n2,b,3\n"), 3, |division| {
            let structure = division.structure().expect("read");
            assert!(structure.records == 2 && !structure.is_tidy());
            let mut clean = Vec::new();
            division.copy_clean(&structure, &mut clean).expect("copied");
            assert_eq!(String::from_utf8_lossy(&clean), "c,c,c\n1,a,2\n2,b,3\n");
        });
    }
}

#[test]
fn a_header_ends_where_its_names_were_read_to() {
    // Behind blanks a quote opens nothing for who reads names, and a text for who reads records.
    let text = "  \"id,name,amount\n1,a,2\n\",b,3\n4,c,5\n";
    with(text, 3, |division| {
        let division = Division { header: 18, ..*division };
        let structure = division.structure().expect("read");
        assert_eq!((structure.records, structure.is_tidy()), (2, false));
        assert_eq!(structure.broken[0].line, 3, "a quote that nothing closes");
        assert_eq!(division.lines_of(&structure, &[0, 1]).expect("read"), [2, 4]);
        let mut out = Vec::new();
        division.copy_clean(&structure, &mut out).expect("written");
        assert_eq!(String::from_utf8_lossy(&out), "c,c,c\n1,a,2\n4,c,5\n");
    });
    // One of several lines is read whole.
    let text = "id,\"na\nme\",amount\n1,a,2\n";
    with(text, 3, |division| {
        let structure = Division { header: 18, ..*division }.structure().expect("read");
        assert!(structure.records == 1 && structure.is_tidy());
    });
}

#[test]
fn blanks_before_an_opening_quote_are_left_out() {
    let text = "id,name,amount\n   \"1\",  \"a, \"\"b\"\"\" ,5\n2, \"c\",  d\n";
    with(text, 3, |division| {
        let structure = division.structure().expect("read");
        assert!(structure.records == 2 && !structure.is_tidy());
        let mut clean = Vec::new();
        division.copy_clean(&structure, &mut clean).expect("copied");
        let expected = "id,name,amount\n\"1\",\"a, \"\"b\"\"\" ,5\n2, \"c\",  d\n";
        assert_eq!(String::from_utf8_lossy(&clean), expected);
    });
    assert!(structure("id,name,amount\n1, \"a\",2\n").is_tidy(), "DuckDB passes over one blank");
}

#[test]
fn lines_are_those_of_the_file() {
    let text = "id,name,amount\r\n1,\"a\r\nb\",5\r\n\r\nshort\r\n2,x,6\r\n3,y,7";
    with(text, 3, |division| {
        let structure = division.structure().expect("read");
        assert_eq!(division.lines_of(&structure, &[0, 1, 2]).expect("read"), [2, 6, 7]);
        assert_eq!(division.lines_of(&structure, &[2]).expect("read"), [7]);
    });
}

#[test]
fn a_wrong_number_of_fields_is_a_fault_unless_the_surplus_is_empty() {
    let text = "id,name,amount\n2,x\n3,y,6,7\n4,y,6,,\n5,a,b,,c\n";
    assert_eq!(broken(text), [(2, Fault::Fields(2)), (3, Fault::Fields(4)), (5, Fault::Fields(5))]);
}

#[test]
fn a_quote_that_is_not_closed_costs_its_own_line_only() {
    let text = "id,name,amount\n4,\"q,7\n5,z,9\n\n6,\"a \"\"q\"\" b\",1\n7,p,2\n";
    assert_eq!(broken(text), [(2, Fault::Quote)]);
    assert_eq!(structure(text).records, 3);
    assert_eq!(broken("id,name,amount\n1,\"a,2\n2,b,3\n3,c,4"), [(2, Fault::Quote)]);
    assert_eq!(
        broken("id,name,amount\n1,\"a \"b\" c\",2\n2,\"x\"y,3\n"),
        [(2, Fault::Quote), (3, Fault::Quote)]
    );
}

#[test]
fn two_records_joined_by_stray_quotes_are_not_one() {
    assert_eq!(broken("id,name,amount\n4,\"q,7\n5,z\",9\n6,x,1\n"), [(2, Fault::Swallows)]);
    // A real text over two lines has the delimiters of one record, not of two.
    assert_eq!(broken("id,name,amount\n4,\"q\nz\",9\n"), []);
}

#[test]
fn quotes_within_a_text_are_letters() {
    let found = structure("id,name,amount\n1,12\" disk,2\n4, \"lead\",5\n5,\"trail\" ,6\n");
    assert_eq!((found.records, found.broken.len()), (3, 0));
}

#[test]
fn a_clean_copy_holds_the_records_alone() {
    with("id,name,amount\r\n1,\"a\r\nb\",5\r\n \r\nx\r\n2,x,6", 3, |division| {
        let mut out = Vec::new();
        let structure = division.structure().expect("read");
        division.copy_clean(&structure, &mut out).expect("written");
        assert_eq!(String::from_utf8_lossy(&out), "id,name,amount\r\n1,\"a\r\nb\",5\r\n2,x,6\n");
    });
}

#[test]
fn records_over_block_borders_stay_whole() {
    let text = format!("{},\"{}\nend\",5\n", "i".repeat(40), "x".repeat(100_000));
    let found = structure(&format!("id,name,amount\n{}", text.repeat(100)));
    assert_eq!((found.records, found.broken.len()), (100, 0));
    let unclosed = format!("id,name,amount\n1,\"{}\n2,b,c\n", "y".repeat(5 << 20));
    assert_eq!(broken(&unclosed), [(2, Fault::Long)]);
}

fn clean(text: &str) -> String {
    with(text, 3, |division| {
        let (structure, mut out) = (division.structure().expect("read"), Vec::new());
        division.copy_clean(&structure, &mut out).expect("written");
        String::from_utf8(out).expect("text")
    })
}

fn footers(text: &str) -> Vec<(u64, String)> {
    let found = structure(text).footers.into_iter();
    found.map(|footer| (footer.line, footer.fields.join("|"))).collect()
}

#[test]
fn totals_and_footers_are_no_data() {
    let report = "id,name,amount\n1,a,5\n2,b,6\nGrand Total,,11\n\n\
                  \"Confidential Information - Do Not Distribute\"\nAcme GmbH\n";
    assert_eq!(
        footers(report),
        [
            (4, "Grand Total||11".into()),
            (6, "Confidential Information - Do Not Distribute".into()),
            (7, "Acme GmbH".into())
        ]
    );
    let found = structure(report);
    assert_eq!((found.records, found.blank, found.broken.len()), (2, 1, 0));
    assert_eq!(clean(report), "id,name,amount\n1,a,5\n2,b,6\n");
    // A total with other fields than the header has.
    assert_eq!(footers("id,name,amount\n1,a,5\nTotal,5\n"), [(3, "Total|5".into())]);
    // Spreadsheets fill lines up.
    assert_eq!(
        footers("id,name,amount\n1,a,5\nCopyright Acme,,\n"),
        [(3, "Copyright Acme||".into())]
    );
}

#[test]
fn what_looks_like_a_footer_is_data_where_a_row_follows() {
    for text in [
        "id,name,amount\nTotal,,5\n2,b,6\n",
        "id,name,amount\n1,a,5\nTotalEnergies,,\n",
        "id,name,amount\n1,a,5\nTotal,b,6\n",
    ] {
        assert_eq!(footers(text), [], "{text}");
        assert_eq!(structure(text).records, 2, "{text}");
    }
    // Alone right below the rows, it may be the rest of one.
    assert_eq!(broken("id,name,amount\n1,a,5\nA12"), [(3, Fault::Fields(1))]);
}

#[test]
fn short_lines_are_rows_where_empty_ends_are_left_out() {
    let text = "id,name,amount\n1,a,5\n2,b\n3,c,7\n";
    let found = structure(text);
    assert_eq!((found.records, found.short, found.broken.len()), (3, 1, 0));
    assert_eq!(clean(text), "id,name,amount\n1,a,5\n2,b,\n3,c,7\n");
    with(text, 3, |division| {
        assert_eq!(division.lines_of(&found, &[0, 1, 2]).expect("read"), [2, 3, 4]);
    });
    for (text, why) in [
        ("id,name,amount\n1,a,\n2,b\n3,c,7\n", "empty fields at the end are written"),
        ("id,name,amount\n1,a,5\n2,b\nc,7\n", "two lines that are one record"),
        ("id,name,amount\n1,a,5\n2,b", "the file was cut"),
        ("id,name,amount\n1,a\n2,b\n", "no line is full"),
        ("id,name,amount\n1,a,5\n2,b\n3,c,d,7\n", "another line has too many"),
        ("id,name,amount\n1,a,5\n2,b\n\nc\n3,d,5\n", "a line with one field"),
    ] {
        assert_eq!(structure(text).short, 0, "{why}");
        assert!(!structure(text).broken.is_empty(), "{why}");
    }
}

#[test]
fn lines_that_are_quoted_once_more_are_opened() {
    // As it comes from a spreadsheet that expected semicolons.
    let text = "id,name,amount\n1,a,5\n\"2,\"\"Acme, Inc\"\",6\"\n\"a, b, c\"\n3,c,7\n";
    let found = structure(text);
    assert_eq!((found.records, found.wrapped), (3, 1));
    assert_eq!(broken(text), [(4, Fault::Fields(1))], "a text with commas is none");
    assert_eq!(clean(text), "id,name,amount\n1,a,5\n2,\"Acme, Inc\",6\n3,c,7\n");
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(b"\"id,name,amount\"\r\n\"1,a,5\"\r\n").expect("written");
    let division = Division {
        path: file.path(),
        progress: &FileProgress::default(),
        layout: Layout::Lines,
        start: 0,
        header: 0,
        line: 1,
        delimiter: b',',
        columns: 3,
        wrapped: true,
    };
    let (structure, mut out) = (division.structure().expect("read"), Vec::new());
    division.copy_clean(&structure, &mut out).expect("written");
    assert_eq!((structure.records, structure.is_tidy()), (1, false));
    assert_eq!(String::from_utf8_lossy(&out), "c,c,c\r\n1,a,5\r\n");
}

#[test]
fn records_of_a_sheet_are_filled_up_and_cut() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(b"id,name,amount\n1\n\n2,\"a\nb\",6,note\n3,c,7,,\nTotal,,13\n")
        .expect("written");
    let division = Division {
        path: file.path(),
        progress: &FileProgress::default(),
        layout: Layout::Records { less: 0 },
        start: 0,
        header: 0,
        line: 4,
        delimiter: b',',
        columns: 3,
        wrapped: false,
    };
    let (found, mut out) = (division.structure().expect("read"), Vec::new());
    assert_eq!((found.records, found.blank, found.beyond, found.broken.len()), (3, 1, 1, 0));
    assert_eq!(found.footers[0].line, 9, "a line break in a cell is no new row");
    division.copy_clean(&found, &mut out).expect("written");
    assert_eq!(String::from_utf8_lossy(&out), "id,name,amount\n1,,\n2,\"a\nb\",6\n3,c,7\n");
    assert_eq!(division.lines_of(&found, &[0, 1, 2]).expect("read"), [5, 7, 8]);
}

#[test]
fn a_line_without_an_end_costs_no_memory() {
    let mut file = tempfile::NamedTempFile::new().expect("a file");
    file.write_all(b"id,name,amount\n1,a,5\n2,").expect("written");
    // Sparse: zeros that take no room on disk.
    file.as_file().set_len(64 << 20).expect("grown");
    std::io::Seek::seek(&mut file, io::SeekFrom::End(0)).expect("at its end");
    file.write_all(b"\n3,c,7\n").expect("written");
    let division = Division {
        path: file.path(),
        progress: &FileProgress::default(),
        layout: Layout::Lines,
        start: 0,
        header: 0,
        line: 1,
        delimiter: b',',
        columns: 3,
        wrapped: false,
    };
    let found = division.structure().expect("read");
    assert_eq!(found.records, 2);
    assert_eq!((found.broken[0].line, found.broken[0].fault), (3, Fault::Long));
    assert!(found.broken[0].text.len() < 1100);
}

#[test]
fn looking_for_the_first_rows_does_not_read_the_whole_text() {
    let line = "1,a name of some length that fills the blocks,5\n";
    let text = format!("id,name,amount\n{}", line.repeat(300_000));
    let progress = crate::ingest::Progress::default();
    progress.expect(std::iter::once(("x.csv".to_owned(), text.len() as u64)));
    let file = progress.of(0);
    file.enter(crate::ingest::Phase::Reading).expect("goes on");
    with(&text, 3, |division| {
        let division = Division { progress: &file, ..*division };
        let lines = division.lines_of(&Structure::default(), &[0, 1]).expect("read");
        assert_eq!(lines, [2, 3]);
    });
    let (read, all) = (progress.seen().done, progress.seen().of);
    assert!(read * 2 < all, "{read} of {all} bytes");
}
