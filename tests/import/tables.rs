//! Tables without history: by key; and assumptions, as versions.

use super::support::Desk;
use qbr::catalog::facts::{self, FactKind};
use qbr::workspace::CreateOptions;

#[test]
fn a_row_takes_the_place_of_the_one_with_its_key() {
    let mut desk = Desk::new();
    desk.import_text(
        "accounts.csv",
        "account_id,name,segment,industry,region\nA,Acme,SMB,Retail,EMEA\nB,Beta,SMB,Retail,APAC\n",
    )
    .expect("imported");
    // Without the region: what a file does not have stays.
    let report = desk
        .import_text(
            "accounts.csv",
            "account_id,name,segment,industry\nA,Acme,Enterprise,\nC,Cedar,SMB,Health\n",
        )
        .expect("imported");
    assert_eq!((report.changes[0].changes.new, report.changes[0].changes.changed), (1, 1));
    assert_eq!(
        desk.rows(
            "SELECT account_id, segment, industry, region, import_id FROM facts.account ORDER BY 1"
        ),
        [
            "A | Enterprise | - | EMEA | 2",
            "B | SMB | Retail | APAC | 1",
            "C | SMB | Health | - | 2"
        ]
    );
}

#[test]
fn targets_have_the_days_of_the_fiscal_calendar() {
    let options = CreateOptions { fiscal_year_start: 2, ..CreateOptions::default() };
    let mut desk = Desk::with(&options);
    let text = "period,region,owner_id,amount,currency\n2025-Q1,EMEA,,1000,USD\n2025-10,,pat,50,USD\nFY2025,,,9000,USD\nsoon,,,1,USD\n";
    let report = desk.import_text("targets.csv", text).expect("imported");
    assert_eq!(report.rejected, 1);
    assert_eq!(
        desk.rows("SELECT period_start, period_end, region, owner_id, amount FROM facts.target ORDER BY amount"),
        ["2025-10-01 | 2025-10-31 | - | pat | 50.00", "2024-02-01 | 2024-04-30 | EMEA | - | 1000.00", "2024-02-01 | 2025-01-31 | - | - | 9000.00"]
    );
    // The same target again, with another amount; the other two stay.
    let report = desk
        .import_text("targets.csv", "period,region,amount,currency\n2025-Q1,EMEA,1100,USD\n")
        .expect("imported");
    assert_eq!((report.changes[0].changes.new, report.changes[0].changes.changed), (0, 1));
    assert_eq!(desk.rows("SELECT count(*), sum(amount) FROM facts.target"), ["3 | 10150.00"]);
}

#[test]
fn every_table_has_a_file() {
    let mut desk = Desk::new();
    for (name, text, table) in [
        (
            "products.csv",
            "product_id,name,family,list_price,currency\nP,Rover,Cars,12000.00,EUR\n",
            "facts.product",
        ),
        (
            "people.csv",
            "person_id,name,manager_id,region,role,started_on\npat,Pat,mo,EMEA,seller,2023-02-01\n",
            "facts.person",
        ),
        (
            "forecasts.csv",
            "submitted_on,period,owner_id,category,amount,currency,roll_up,note\n2025-10-06,2025-Q4,pat,Best Case,310000,EUR,cumulative,\"Two, in legal\"\n",
            "facts.forecast",
        ),
        (
            "competitors.csv",
            "competitor_id,name,tier,first_seen\nN,Northwind,1,2024-05-20\n",
            "facts.competitor",
        ),
        (
            "competitor-events.csv",
            "competitor_id,happened_on,kind,detail,price,currency,source\nN,2025-09-15,price move,Cut,9900.00,EUR,web\n",
            "facts.competitor_event",
        ),
        (
            "deal-competitors.csv",
            "opportunity_id,competitor_id,price_gap,note\nO1,N,12%,x\nO2,N,-5%,y\n",
            "facts.deal_competitor",
        ),
        (
            "exchange-rates.csv",
            "from_currency,to_currency,rate_date,rate,kind\nusd,EUR,2025-01-01,0.92,plan\n",
            "facts.exchange_rate",
        ),
    ] {
        let report = desk.import_text(name, text).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(report.rejected, 0, "{name}");
        let rows = text.lines().count() - 1;
        assert_eq!(
            desk.rows(&format!("SELECT count(*) FROM {table}")),
            [rows.to_string()],
            "{name}"
        );
    }
    assert_eq!(
        desk.rows("SELECT category, roll_up FROM facts.forecast"),
        ["best case | cumulative"]
    );
    assert_eq!(
        desk.rows("SELECT price_gap FROM facts.deal_competitor ORDER BY 1"),
        ["-0.0500", "0.1200"]
    );
    assert_eq!(
        desk.rows("SELECT from_currency, rate FROM facts.exchange_rate"),
        ["USD | 0.92000000"]
    );
}

#[test]
fn an_assumption_becomes_a_new_version_only_when_it_differs() {
    let mut desk = Desk::new();
    let header = "name,scope,value,effective_from,reason\n";
    let import = |desk: &mut Desk, rows: &str| {
        let report =
            desk.import_text("assumptions.csv", &format!("{header}{rows}")).expect("imported");
        (
            report.changes[0].changes.new,
            report.changes[0].changes.changed,
            report.changes[0].changes.unchanged,
        )
    };
    assert_eq!(
        import(
            &mut desk,
            "win_rate_threshold,SMB,0.25,2025-01-01,Plan\nwin_rate_threshold,SMB,0.30,2025-07-01,Plan\n"
        ),
        (2, 0, 0)
    );
    assert_eq!(
        import(
            &mut desk,
            "win_rate_threshold,SMB,0.25,2025-01-01,Same again\nwin_rate_threshold,SMB,0.35,2025-07-01,Board\n"
        ),
        (0, 1, 1)
    );
    assert_eq!(
        desk.rows("SELECT effective_from, value, version, author, reason FROM settings.assumption WHERE scope = 'SMB' ORDER BY version"),
        [
            "2025-01-01 | 0.2500 | 1 | pat | Plan",
            "2025-07-01 | 0.3000 | 2 | pat | Plan",
            "2025-07-01 | 0.3500 | 3 | pat | Board",
        ]
    );
}

#[test]
fn every_template_is_taken_as_it_is_printed() {
    let mut desk = Desk::new();
    for table in facts::TABLES {
        let text = facts::template(table.name).expect("a template");
        let name = format!("{}.csv", table.name);
        let report =
            desk.import_text(&name, &text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let file = &report.files[0];
        assert_eq!((file.table.as_str(), file.rejected), (table.name, 0), "{:?}", file.rejects);
        assert_eq!(file.taken, 1 + table.more.len() as u64, "{name}");
        assert_eq!(file.unused, Vec::<String>::new(), "{name}");
        // What the example says is what is stored, nothing of it is lost on the way.
        for column in table.columns.iter().filter(|column| column.kind == FactKind::Text) {
            let stored = desk.rows(&format!("SELECT {:?} FROM {}", column.name, table.table));
            let shown = if column.example.is_empty() { "-" } else { column.example };
            assert!(
                stored.iter().any(|value| value == shown),
                "{name}: {} {stored:?}",
                column.name
            );
        }
    }
}

const TARGETS: &str = "SELECT period_start, region, amount FROM facts.target ORDER BY ALL";

#[test]
fn a_file_of_targets_says_everything_about_its_periods() {
    let mut desk = Desk::new();
    let header = "period,region,amount,currency\n";
    let first = format!("{header}2025-Q1,EMEA,10,USD\n2025-Q1,APAC,20,USD\n2025-Q2,EMEA,30,USD\n");
    desk.import_text("targets.csv", &first).expect("imported");
    let report = desk
        .import_text("targets-new.csv", &format!("{header}2025-Q1,EMEA,11,USD\n"))
        .expect("imported");
    let changes = &report.changes[0].changes;
    assert_eq!((changes.new, changes.changed, changes.vanished), (0, 1, 1));
    assert_eq!(desk.rows(TARGETS), ["2025-01-01 | EMEA | 11.00", "2025-04-01 | EMEA | 30.00"]);
    // What it took the place of is kept, with the import that did it.
    assert_eq!(
        desk.rows(
            "SELECT import_id, table_name, was->>'$.region', was->>'$.import_id',
                    regexp_extract(was, '\"amount\":([0-9.]+)', 1)
             FROM meta.replaced ORDER BY 3"
        ),
        ["2 | facts.target | APAC | 1 | 20.00", "2 | facts.target | EMEA | 1 | 10.00"]
    );
}

#[test]
fn several_files_of_one_call_are_one_part() {
    let mut desk = Desk::new();
    let header = "period,region,amount,currency\n";
    let emea = desk.write("emea.csv", format!("{header}2025-Q1,EMEA,10,USD\n").as_bytes());
    let apac = desk.write("apac.csv", format!("{header}2025-Q1,APAC,20,USD\n").as_bytes());
    desk.import(&[&emea, &apac]);
    let both = ["2025-01-01 | APAC | 20.00", "2025-01-01 | EMEA | 10.00"];
    assert_eq!(desk.rows(TARGETS), both);
    // A new file beside one that is known already: both hold.
    let apac = desk.write("apac.csv", format!("{header}2025-Q1,APAC,21,USD\n").as_bytes());
    desk.import(&[&emea, &apac]);
    assert_eq!(desk.rows(TARGETS), ["2025-01-01 | APAC | 21.00", "2025-01-01 | EMEA | 10.00"]);
    // Two that contradict each other: the first holds, and the other says so.
    let other = desk.write("other.csv", format!("{header}2025-Q1,EMEA,12,USD\n").as_bytes());
    let report = desk.import(&[&emea, &apac, &other]);
    assert_eq!(report.rejected, 1);
    let reject = &report.files[2].rejects[0];
    assert!(reject.reason.contains("emea.csv has the same key"), "{}", reject.reason);
}

#[test]
fn lines_of_a_deal_that_is_not_in_the_file_stay() {
    let mut desk = Desk::new();
    let header = "opportunity_id,line_id,product_id,quantity,list_price,net_price,discount,amount,cost,currency\n";
    let first =
        "A,1,P,4,0.0125,0.0125,,0.05,0.02,EUR\nA,2,P,1,10,9,10%,9,,EUR\nB,1,P,1,10,10,0%,10,,EUR\n";
    desk.import_text("line-items.csv", &format!("{header}{first}")).expect("imported");
    desk.import_text("line-items.csv", &format!("{header}A,1,P,5,0.0125,0.0125,,0.06,0.02,EUR\n"))
        .expect("imported");
    assert_eq!(
        desk.rows(
            "SELECT opportunity_id, line_id, quantity, net_price, discount, amount, cost
             FROM facts.line_item ORDER BY 1, 2"
        ),
        [
            "A | 1 | 5.0000 | 0.012500 | - | 0.06 | 0.02",
            // No discount is not an unknown one.
            "B | 1 | 1.0000 | 10.000000 | 0.0000 | 10.00 | -",
        ]
    );
}

#[test]
fn credit_that_does_not_add_up_is_not_taken() {
    let mut desk = Desk::new();
    let text = "opportunity_id,person_id,kind,share\n\
                A,ann,revenue,60%\nA,bob,revenue,35%\nA,cy,overlay,50%\n\
                B,ann,revenue,33.33%\nB,bob,revenue,33.33%\nB,cy,revenue,33.33%\n\
                C,ann,revenue,70%\nC,bob,revenue,40%\nD,ann,revenue,100%\n";
    let report = desk.import_text("credit-splits.csv", text).expect("imported");
    let said: Vec<String> = report.files[0]
        .rejects
        .iter()
        .map(|reject| format!("{} {}", reject.line, reject.reason))
        .collect();
    let (a, c) = (
        "the revenue shares of A add up to 95 %, not to 100 %",
        "the revenue shares of C add up to 110 %, not to 100 %",
    );
    assert_eq!(said, [format!("2 {a}"), format!("3 {a}"), format!("8 {c}"), format!("9 {c}")]);
    assert_eq!(
        desk.rows("SELECT opportunity_id, kind, sum(share) FROM facts.credit_split GROUP BY ALL ORDER BY ALL"),
        ["A | overlay | 0.5000", "B | revenue | 0.9999", "D | revenue | 1.0000"]
    );
}

#[test]
fn instants_have_their_offset_taken_off() {
    let mut desk = Desk::new();
    let text = "lead_id,happened_at,kind,person_id,automatic\n\
                L,2025-03-01T23:30:00+02:00,captured,,yes\n\
                L,2025-03-01T21:45:30Z,assigned,ann,yes\n\
                L,2025-03-01 22:10,touched,ann,no\n\
                L,2025-03-02T00:10:00-05:30,accepted,ann,no\n\
                L,2025-03-02 25:10,rejected,ann,no\n";
    let report = desk.import_text("lead-events.csv", text).expect("imported");
    assert_eq!(
        desk.rows("SELECT happened_at, kind, automatic FROM facts.lead_event ORDER BY 1"),
        [
            "2025-03-01T21:30:00Z | captured | true",
            "2025-03-01T21:45:30Z | assigned | true",
            "2025-03-01T22:10:00Z | touched | false",
            "2025-03-02T05:40:00Z | accepted | false",
        ]
    );
    assert_eq!((report.rejected, report.files[0].rejects[0].line), (1, 6));
}
