//! Two versions become one without anybody losing a word.

use chrono::DateTime;
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::*;
use crate::catalog::Catalog;
use crate::ledger::Action;

fn body(fields: &[(&str, &str)]) -> Body {
    fields.iter().map(|(field, text)| ((*field).to_owned(), (*text).into())).collect()
}

fn theirs(body: Body) -> Revision {
    Revision {
        seq: 9,
        record: "PM-1".into(),
        kind: "post-mortem".into(),
        revision: 3,
        parent: Some(2),
        action: Action::Revise,
        toward: None,
        state: "draft".into(),
        body,
        author: "anna".into(),
        at: DateTime::UNIX_EPOCH,
        reason: None,
        prev_hash: String::new(),
        hash: String::new(),
    }
}

fn conflict(base: Body, mine: Body, newest: Body) -> Conflict {
    let catalog = Catalog::embedded().expect("the embedded content is sound");
    Conflict::new(&catalog.forms["post-mortem"], &base, mine, theirs(newest))
}

fn press(conflict: &mut Conflict, code: KeyCode) -> Settled {
    conflict.key(KeyEvent::new(code, KeyModifiers::NONE))
}

fn saved(conflict: &mut Conflict) -> Body {
    match press(conflict, KeyCode::F(2)) {
        Settled::Merged { body, newest } => {
            assert_eq!(newest.revision, 3, "it is saved on top of theirs");
            body
        }
        _ => panic!("F2 saves"),
    }
}

#[test]
fn different_fields_go_together_without_a_question() {
    let base = body(&[("first_sign", "a"), ("what_was_done", "b")]);
    let mine = body(&[("first_sign", "mine"), ("what_was_done", "b")]);
    let newest = body(&[("first_sign", "a"), ("what_was_done", "theirs"), ("learning", "new")]);
    let mut conflict = conflict(base, mine, newest);
    assert!(conflict.clashes.is_empty());
    assert_eq!(
        saved(&mut conflict),
        body(&[("first_sign", "mine"), ("what_was_done", "theirs"), ("learning", "new")])
    );
}

#[test]
fn the_same_field_is_chosen() {
    let base = body(&[("first_sign", "a"), ("learning", "a")]);
    let mine = body(&[("first_sign", "mine"), ("learning", "mine")]);
    let newest = body(&[("first_sign", "theirs"), ("learning", "theirs")]);
    let mut conflict = conflict(base, mine, newest);
    assert_eq!(conflict.clashes.len(), 2);
    press(&mut conflict, KeyCode::Down);
    press(&mut conflict, KeyCode::Right);
    let chosen = saved(&mut conflict);
    let mut kept: Vec<&str> = chosen.values().filter_map(|value| value.as_str()).collect();
    kept.sort_unstable();
    assert_eq!(kept, ["mine", "theirs"]);
}

#[test]
fn a_field_that_i_emptied_is_empty_when_i_keep_mine() {
    let base = body(&[("first_sign", "a")]);
    let mut conflict = conflict(base, Body::new(), body(&[("first_sign", "theirs")]));
    assert_eq!(saved(&mut conflict), Body::new());
}

#[test]
fn esc_goes_back_and_changes_nothing() {
    let base = body(&[("first_sign", "a")]);
    let mut conflict =
        conflict(base, body(&[("first_sign", "mine")]), body(&[("first_sign", "theirs")]));
    assert!(matches!(press(&mut conflict, KeyCode::Esc), Settled::Back));
}
