//! Themes: chosen on the screen, and never the only carrier of a meaning.

use std::collections::BTreeSet;

use ratatui::style::Style;

use super::bench::Bench;
use crate::review::{BriefItem, Severity};
use crate::tui::glyphs::Glyphs;
use crate::tui::memory::Memory;
use crate::tui::message::{Effect, Event, Reply, Request};
use crate::tui::panes::PANES;
use crate::tui::theme::{Background, Theme, ThemeName};

/// Every pane of the review, with rows, one after the other.
fn each_pane(bench: &mut Bench, mut look: impl FnMut(&mut Bench, usize)) {
    for pane in 0..PANES.len() {
        bench.press(&pane.to_string());
        while let Some(place) =
            bench.asked.iter().position(|(_, request)| matches!(request, Request::Brief { .. }))
        {
            let (ticket, _) = bench.asked.remove(place).expect("found above");
            bench.event(Event::Reply(ticket, Reply::Brief(brief())));
        }
        bench.answer_figures(6);
        look(bench, pane);
    }
}

fn brief() -> Vec<BriefItem> {
    [Severity::Act, Severity::Watch, Severity::Fine]
        .into_iter()
        .map(|severity| BriefItem {
            severity,
            headline: "Enterprise won less".into(),
            detail: "12 of 40".into(),
            pane: "win-rate".into(),
            figure: "win-rate-alerts".into(),
            bind: Vec::new(),
        })
        .collect()
}

#[test]
fn a_theme_is_chosen_on_the_screen_and_kept() {
    let mut bench = Bench::open();
    bench.press("T");
    bench.sees("light letters on black");
    bench.write("contrast");
    bench.press("Enter");
    bench.sees("Theme high-contrast");
    let wanted = Theme::named(ThemeName::HighContrast, Background::Unknown);
    assert_eq!(bench.app.setup.look.theme, wanted);
    let ground = wanted.ground.expect("its own");
    assert!(bench.cells().content.iter().all(|cell| cell.bg == ground.behind));
    let kept = bench.effects.iter().find_map(|effect| match effect {
        Effect::Remember { key, value } if key == "theme" => Some(value.clone()),
        _ => None,
    });
    let mut memory = Memory::default();
    memory.set("theme", kept.expect("it is remembered"));
    assert_eq!(crate::tui::app::remembered_theme(&memory), Some(ThemeName::HighContrast));
    memory.set("theme", "of a later version".into());
    assert_eq!(crate::tui::app::remembered_theme(&memory), None);
}

#[test]
fn no_theme_changes_a_word() {
    let mut bench = Bench::open();
    for (width, height) in [(60, 15), (80, 24), (120, 40), (200, 50)] {
        bench.event(Event::Resize(width, height));
        each_pane(&mut bench, |bench, pane| {
            bench.app.setup.look.theme = Theme::plain();
            let plain = bench.screen();
            for name in ThemeName::ALL {
                bench.app.setup.look.theme = Theme::named(name, Background::Dark);
                assert_eq!(bench.screen(), plain, "{name}, pane {pane}");
            }
        });
    }
}

#[test]
fn where_one_is_can_be_told_without_colours() {
    let mut bench = Bench::open();
    each_pane(&mut bench, |bench, pane| {
        bench.sees(&format!(">{pane} {}", PANES[pane].tab));
        let before = bench.screen();
        bench.press("Down");
        assert_ne!(bench.screen(), before, "the row that is gone to, pane {pane}");
        if PANES[pane].parts.len() > 1 {
            let before = bench.screen();
            bench.press("Tab");
            assert_ne!(bench.screen(), before, "the part that is gone to, pane {pane}");
            bench.press("Tab");
        }
    });
}

/// Runs of cells in this style, as they read without it.
fn said_in(bench: &Bench, style: Style) -> BTreeSet<String> {
    let cells = bench.cells();
    let mut said = BTreeSet::new();
    let width = usize::from(cells.area.width);
    for row in cells.content.chunks(width) {
        let mut run = String::new();
        for cell in row {
            let alike = style.fg == Some(cell.fg) && cell.modifier == style.add_modifier;
            if alike && cell.symbol() != " " {
                run.push_str(cell.symbol());
            } else if !run.is_empty() {
                said.insert(std::mem::take(&mut run));
            }
        }
        said.extend((!run.is_empty()).then_some(run));
    }
    said
}

/// Whatever reads the same means the same, whoever sees which colours.
#[test]
fn nothing_is_said_by_colour_alone() {
    for glyphs in [Glyphs::ASCII, Glyphs::UNICODE] {
        let mut bench = Bench::open();
        bench.app.setup.look.glyphs = glyphs;
        // The one theme in which these three look like nothing else.
        let theme = Theme::named(ThemeName::ColourBlind, Background::Light);
        bench.app.setup.look.theme = theme;
        let mut said = [BTreeSet::new(), BTreeSet::new(), BTreeSet::new()];
        each_pane(&mut bench, |bench, _| {
            for (said, style) in said.iter_mut().zip([theme.good, theme.bad, theme.warn]) {
                said.extend(said_in(bench, style));
            }
        });
        let [good, bad, warn] = said;
        assert!(bad.contains("ACT") && warn.contains("WATCH"), "{bad:?} {warn:?}");
        for (one, other) in [(&good, &bad), (&good, &warn), (&bad, &warn)] {
            let both: Vec<_> = one.intersection(other).collect();
            assert!(both.is_empty(), "said in two colours: {both:?}");
        }
    }
}
