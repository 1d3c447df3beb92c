//! Walking from a figure to what was decided and what it changed, and back.

use super::bench::Bench;
use crate::ledger::Body;
use crate::tui::message::{Event, Reply, Request};

/// A decision on a row, the play that it changed, and the reading that was taken again.
fn a_chain() -> crate::review::Chain {
    use crate::ledger::Evidence;
    use crate::review::{Branch, Chain, FigurePoint, Point, RecordPoint};
    let record = |id: &str, kind: &str, name: &str| {
        Point::Record(RecordPoint {
            record: id.into(),
            kind: kind.into(),
            state: "decided".into(),
            name: name.into(),
        })
    };
    let asked = [("quarter".to_owned(), "2025-Q2".to_owned())];
    let row = [("slice".to_owned(), "Europe".to_owned())];
    let cited = Evidence {
        figure: "forecast-variance".into(),
        asked: asked.clone().into(),
        row: row.clone().into(),
        ..Evidence::default()
    };
    let figure = Point::Figure(FigurePoint {
        figure: "forecast-variance".into(),
        asked: asked.into(),
        row: row.into(),
        read: std::collections::BTreeMap::new(),
        words: cited.in_words(),
        evidence: Some(Box::new(cited)),
    });
    let branch = |word: &str, point: Point| Branch {
        word: word.into(),
        point,
        seen: false,
        branches: Vec::new(),
    };
    Chain {
        of: record("DE-1", "decision", "Call less"),
        rests_on: vec![branch("cites as finding", figure)],
        came_of_it: vec![branch("changes", record("PL-2", "play", "Total cost first"))],
    }
}

/// The chain of the decision in the first row of the register.
fn walking() -> Bench {
    let mut bench = Bench::open();
    bench.press("6");
    bench.answer_figures(2);
    bench.press("w");
    let asked = bench.asked.iter().position(|(_, r)| matches!(r, Request::Chain(_)));
    let (ticket, request) = bench.asked.remove(asked.expect("the chain is asked")).expect("there");
    let Request::Chain(start) = request else { unreachable!() };
    assert_eq!(start, crate::review::Start::Record("PM-0".into()));
    bench.event(Event::Reply(ticket, Reply::Chain(Box::new(a_chain()))));
    bench
}

#[test]
fn a_chain_shows_what_a_record_rests_on_and_what_came_of_it() {
    let bench = walking();
    bench.sees("It rests on");
    bench.sees("cites as finding forecast-variance, 2025-Q2: Europe");
    bench.sees("DE-1 (decision, decided): Call less");
    bench.sees("changes PL-2 (play, decided): Total cost first");
}

#[test]
fn a_step_of_a_chain_opens_the_figure_as_it_was_asked() {
    let mut bench = walking();
    bench.press("Up");
    bench.press("Enter");
    let asked = bench.asked.iter().find_map(|(_, request)| match request {
        Request::Figure { figure, parameters } => Some((figure.clone(), parameters.clone())),
        _ => None,
    });
    let (figure, parameters) = asked.expect("the figure is asked");
    assert_eq!(figure, "forecast-variance");
    assert_eq!(parameters.period.to_string(), "2025-Q2");
    bench.press("Esc");
    bench.sees("What came of it");
}

#[test]
fn a_step_of_a_chain_opens_its_record_or_its_own_chain() {
    let mut bench = walking();
    bench.press("Down");
    bench.press("Enter");
    let wants = |bench: &Bench, wanted: &str| {
        bench.asked.iter().any(|(_, request)| match request {
            Request::Record { record } => record == wanted,
            Request::Chain(crate::review::Start::Record(record)) => record == wanted,
            _ => false,
        })
    };
    assert!(wants(&bench, "PL-2"), "the record is asked");
    bench.press("Esc");
    bench.press("w");
    assert!(wants(&bench, "PL-2"), "its chain is asked");
    bench.press("Esc");
    bench.sees("Call less");
}

#[test]
fn evidence_is_read_again_from_the_chain() {
    let mut bench = walking();
    bench.press("i");
    bench.sees("nothing to explain here");
    bench.press("Up");
    bench.press("i");
    let asked = bench.asked.iter().position(|(_, r)| matches!(r, Request::Repeat(_)));
    let (ticket, _) = bench.asked.remove(asked.expect("it is read again")).expect("there");
    let reply = Reply::Repeated { then: crate::ledger::Repeated::Same, since: Some(Vec::new()) };
    bench.event(Event::Reply(ticket, reply));
    bench.sees("On the data as it was: the same bytes.");
    bench.sees("With all that is known today: reads the same.");
}

/// What the form that a key opened on a row of the alerts begins with.
fn seed_of(key: &str, row: usize) -> (String, Body) {
    let mut bench = Bench::open();
    bench.press("2");
    bench.answer_figures(2);
    for _ in 0..row {
        bench.press("Down");
    }
    bench.press(key);
    let seed = bench.asked.iter().find_map(|(_, request)| match request {
        Request::Blank { kind, seed } => Some((kind.clone(), seed.clone())),
        _ => None,
    });
    seed.expect("a form is filled in")
}

#[test]
fn a_record_that_is_opened_from_a_row_cites_the_row() {
    // Row 1 has no record yet.
    let (kind, seed) = seed_of("c", 1);
    assert_eq!(kind, "course-correction");
    assert_eq!(seed["finding"], "alert_id 1", "the alert finds its record by it");
    let cited = crate::ledger::Evidence::read(&seed["cited"]).expect("evidence");
    assert_eq!(cited.figure, "win-rate-alerts");
    assert_eq!(
        (cited.asked["by"].as_str(), cited.asked["quarter"].as_str()),
        ("segment", "2025-Q4")
    );
    assert!(!cited.row.is_empty(), "{cited:?}");
}

#[test]
fn a_decision_cites_any_row_and_follows_from_its_record() {
    let (kind, seed) = seed_of("N", 1);
    assert_eq!(kind, "decision");
    assert!(crate::ledger::Evidence::read(&seed["finding"]).is_ok(), "{seed:?}");
    assert!(!seed.contains_key("about"));
    let (_, seed) = seed_of("N", 0);
    assert_eq!(seed["about"], "PM-0");
}

#[test]
fn a_measure_is_asked_from_the_register_and_said() {
    let mut bench = Bench::open();
    bench.press("6");
    bench.answer_figures(2);
    bench.press("M");
    let asked = bench.asked.iter().position(|(_, r)| matches!(r, Request::Measure { .. }));
    let (ticket, request) = bench.asked.remove(asked.expect("it is measured")).expect("there");
    assert!(
        matches!(&request, Request::Measure { record } if record == "PM-0") && request.writes()
    );
    let mut saved = super::records::revision(3, "decided", Body::new());
    saved.reason = Some("Measured: attainment 0.85.".into());
    bench.event(Event::Reply(ticket, Reply::Saved(Box::new(saved))));
    bench.sees("PM-7, revision 3. Measured: attainment 0.85.");
}
