//! Which preset and table a file is taken for, and when it is refused.

use qbr::ingest::ImportError;

use super::support::{Desk, fixture, real};

fn refused(text: &str) -> ImportError {
    let mut desk = Desk::new();
    desk.import_text("export.csv", text).expect_err("refused")
}

#[test]
fn unknown_headers_are_listed_with_the_nearest_preset() {
    let error = refused("opportunity_id,sales_agent,product,price\n1,a,b,2\n");
    let message = error.to_string();
    for part in [
        "maven/opportunities",
        "3 of 8",
        "deal_stage",
        "The file has: opportunity_id, sales_agent, product, price",
    ] {
        assert!(message.contains(part), "{message}");
    }
    assert!(error.remedy().is_some_and(|remedy| remedy.contains("--mapping")));
    let error = refused("a,b\n1,2\n");
    assert!(error.to_string().contains("no preset knows any of its headers"), "{error}");
    // The headers are those below the title, not the title.
    let error = refused("Stand 30.06.2025,,\nFilter: alle,,\nBuch,Autor,Verlag\n1,2,3\n");
    assert!(error.to_string().contains("The file has: Buch, Autor, Verlag"), "{error}");
}

#[test]
fn a_file_that_lacks_what_every_row_needs_is_not_taken_for_another_table() {
    let error = refused(
        "opportunity_id,account_id,name,segment,region,owner_id,amount,currency,close_date\n1,A,n,s,r,o,5,EUR,2025-01-01\n",
    );
    assert!(error.to_string().contains("missing: state"), "{error}");
}

#[test]
fn tables_side_by_side_are_refused() {
    let text = "accounts,,,,,,,,,sales_teams,,,,\n\
                account,sector,year_established,revenue,employees,office_location,subsidiary_of,,,sales_agent,manager,regional_office,,\n\
                Alder,retail,1990,1,2,Kenya,,,,Ada,Mona,East,,\n";
    assert!(matches!(refused(text), ImportError::SideBySide { line: 2, .. }), "{}", refused(text));
}

#[test]
fn a_header_that_is_there_twice_is_refused() {
    let error = refused("opportunity_id,state,Amount,amount,currency,stage\n1,open,5,6,EUR,x\n");
    assert!(matches!(error, ImportError::DuplicateHeader { places: (3, 4), .. }), "{error}");
}

#[test]
fn what_is_named_must_exist() {
    let mut desk = Desk::new();
    let file = fixture("fixtures/maven/products.csv");
    let mut request = desk.request(&[&file]);
    request.preset = Some("mavn".into());
    assert!(matches!(desk.run(&request), Err(ImportError::UnknownPreset { .. })));
    request.preset = Some("maven".into());
    request.table = Some("product".into());
    assert!(matches!(desk.run(&request), Err(ImportError::UnknownTable { .. })));
    request.table = Some("people".into());
    assert!(matches!(desk.run(&request), Err(ImportError::NotRecognised(_))));
}

#[test]
fn a_named_table_needs_no_recognising() {
    let mut desk = Desk::new();
    let file = desk.write("x.csv", b"person_id,name\np1,Pat\n");
    let mut request = desk.request(&[&file]);
    request.table = Some("people".into());
    desk.run(&request).expect("imported");
    assert_eq!(desk.rows("SELECT person_id, name FROM facts.person"), ["p1 | Pat"]);
}

#[test]
fn mistakes_in_a_mapping_point_to_the_word() {
    let mut desk = Desk::new();
    let file = fixture("fixtures/maven/products.csv");
    for (text, word) in [
        ("extends = \"mavn\"\n", "did you mean maven"),
        ("extends = \"maven\"\n[[table]]\nname = \"opportunities\"\ncolour = 1\n", "colour"),
        (
            "extends = \"maven\"\n[[table]]\nname = \"opportunities\"\n[table.columns]\nclose = \"x\"\n",
            "no column \"close\"",
        ),
        (
            "title = \"x\"\ncrm = \"y\"\n[[table]]\nname = \"products\"\n[table.columns]\nname = \"product\"\n",
            "product_id",
        ),
    ] {
        let mut request = desk.request(&[&file]);
        request.mapping = Some(desk.write("ours.toml", text.as_bytes()));
        match desk.run(&request) {
            Err(error @ ImportError::Mapping(_)) => {
                let message = error.to_string();
                assert!(message.contains(word) && message.contains("ours.toml:"), "{message}");
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_page_with_several_tables_is_no_export() {
    let Some(folder) = real("maven_crm") else { return };
    let mut desk = Desk::new();
    for name in ["data_dictionary.csv", "data_dictionary.short.csv"] {
        let request = desk.request(&[&folder.join(name)]);
        let error = desk.run(&request).expect_err(name);
        println!("{error}\n{}", error.remedy().unwrap_or_default());
    }
}

#[test]
fn a_corrected_mapping_is_taken_for_a_file_that_is_known() {
    let mut desk = Desk::new();
    let text = "Deal,Phase,Value,Made\nA,Won,5,2025-03-01\nB,Gone,6,2025-03-02\n";
    let file = desk.write("deals.csv", text.as_bytes());
    let mut request = desk.request(&[&file]);
    let mapping = |states: &str| {
        format!(
            "title = \"Ours\"\ncrm = \"Ours\"\n[[table]]\nname = \"opportunities\"\ncurrency = \"EUR\"\n\
             [table.columns]\nopportunity_id = \"Deal\"\nstage = \"Phase\"\namount = \"Value\"\n\
             created_on = \"Made\"\n[table.states]\n{states}\n"
        )
    };
    let wrong = mapping("won = [\"Won\", \"Gone\"]");
    request.mapping = Some(desk.write("ours.toml", wrong.as_bytes()));
    let report = desk.run(&request).expect("imported");
    // The day is today, for want of a better, and the report says why that may be wrong.
    let why = report.files[0].taken_on_why.clone().unwrap_or_default();
    assert!(why.contains("its newest date is 2025-03-02"), "{why}");
    let right = mapping("won = \"Won\"\nlost = \"Gone\"");
    request.mapping = Some(desk.write("ours.toml", right.as_bytes()));
    request.at += chrono::Duration::days(3);
    let report = desk.run(&request).expect("imported again");
    assert_eq!(report.changes[0].changes.changed, 1);
    assert_eq!(
        desk.rows("SELECT opportunity_id, state FROM facts.opportunity ORDER BY 1"),
        ["A | won", "B | lost"]
    );
    assert_eq!(desk.rows("SELECT count(*) FROM facts.snapshot"), ["1"]);
    assert!(desk.run(&request).expect("known").nothing_changed());
}

#[test]
fn tables_of_a_crm_that_are_not_ours_are_not_taken_for_one_that_is() {
    // Each shares as many headers with a table that is known as that one asks for.
    for (file, headers) in [
        (
            "Case.csv",
            "Id,CaseNumber,AccountId,Type,Status,Reason,IsClosed,ClosedDate,OwnerId,Name,CreatedDate",
        ),
        (
            "Order.csv",
            "id,account_id,billing_city,billing_country,billing_state,created_date,owner_id,status,type",
        ),
        (
            "account_history.csv",
            "_fivetran_active,_fivetran_start,_fivetran_end,id,name,owner_id,account_id,is_closed",
        ),
        ("company_property_history.csv", "company_id,name,value,timestamp,source,source_id"),
        (
            "contact.csv",
            "id,property_firstname,property_city,property_country,property_state,property_createdate",
        ),
    ] {
        let mut desk = Desk::new();
        let row = headers.split(',').map(|_| "1").collect::<Vec<_>>().join(",");
        let error = desk.import_text(file, &format!("{headers}\n{row}\n")).expect_err(file);
        assert!(matches!(error, ImportError::NotRecognised(_)), "{file}: {error}");
    }
    // Of real exports of the kind as well.
    for (folder, file) in [
        ("salesforce_data_export", "Case.csv"),
        ("salesforce_fivetran", "sf_account_history_data.csv"),
        ("salesforce_fivetran", "sf_contact_history_data.csv"),
        ("salesforce_fivetran", "sf_order_data.csv"),
        ("salesforce_fivetran", "sf_task_data.csv"),
        ("hubspot_fivetran", "company_property_history_data.csv"),
        ("hubspot_fivetran", "ticket_property_history_data.csv"),
    ] {
        let Some(folder) = real(folder) else { continue };
        let mut desk = Desk::new();
        let request = desk.request(&[&folder.join(file)]);
        let error = desk.run(&request).expect_err(file);
        assert!(matches!(error, ImportError::NotRecognised(_)), "{file}: {error}");
    }
}
