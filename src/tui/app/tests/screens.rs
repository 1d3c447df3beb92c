//! Every pane as it looks: its text at three sizes, and its colours in each theme.
//!
//! The screens lie in `tests/screens`, one file a pane. `QBR_UPDATE_SCREENS=1 cargo
//! test --lib screens` writes them anew; read the difference before keeping it.

use std::fmt::Write as _;
use std::path::Path;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use super::bench::Bench;
use super::records::revision;
use crate::review::{BriefItem, Severity};
use crate::tui::glyphs::Glyphs;
use crate::tui::message::{Event, Reply, Request};
use crate::tui::panes::PANES;
use crate::tui::theme::{Background, Theme, ThemeName};

const SIZES: [(u16, u16); 3] = [(80, 24), (120, 40), (200, 50)];

/// Answers whatever is asked, as long as something is.
fn answer_all(bench: &mut Bench) {
    while let Some((ticket, request)) = bench.asked.pop_front() {
        let reply = match &request {
            Request::Brief { .. } => Reply::Brief(brief()),
            Request::Figure { figure, parameters } => {
                // What is not cut is one row.
                let whole = bench.app.present.is_some();
                let rows = if whole { 1 } else { 7 };
                let catalog = &bench.app.setup.catalog;
                let answer = super::bench::answer(catalog, figure, parameters, rows);
                Reply::Figure(std::sync::Arc::new(answer))
            }
            Request::Script { .. } => Reply::Script("SELECT 1;\n".into()),
            Request::Blank { seed, .. } => Reply::Blank(seed.clone()),
            Request::Record { .. } => Reply::Record(vec![
                revision(1, "draft", [("account".to_owned(), "Acme".into())].into_iter().collect()),
                revision(
                    2,
                    "draft",
                    [("account".to_owned(), "Acme Ltd".into())].into_iter().collect(),
                ),
            ]),
            _ => continue,
        };
        bench.event(Event::Reply(ticket, reply));
    }
}

fn brief() -> Vec<BriefItem> {
    let item = |severity, headline: &str| BriefItem {
        severity,
        headline: headline.into(),
        detail: "Europe 49%; Latin America -37%".into(),
        pane: "forecast".into(),
        figure: "forecast-variance".into(),
        bind: Vec::new(),
    };
    vec![
        item(Severity::Act, "Called 5.84M, booked 5.73M"),
        item(Severity::Watch, "Attainment 96.3%"),
        item(Severity::Fine, "No alert is open"),
    ]
}

/// The panes, and what can be opened on them: name, and the keys that lead there.
fn scenes() -> Vec<(String, Vec<String>)> {
    let mut scenes: Vec<(String, Vec<String>)> = PANES
        .iter()
        .enumerate()
        .map(|(place, pane)| (format!("{place}-{}", pane.id), vec![place.to_string()]))
        .collect();
    for (name, keys) in [
        ("explain", "1 i"),
        ("sql", "1 v"),
        ("chart-alone", "1 Tab z"),
        ("form", "4 Down Enter"),
        ("record", "4 Enter"),
        ("history", "4 h"),
        ("compare", "4 d"),
        ("help", "1 ?"),
        ("commands", "1 :"),
        ("quarters", "0 Q"),
        ("themes", "0 T"),
        ("wall-brief", "0 F5"),
        ("wall-whole", "1 F5"),
        ("wall-row", "1 F5 PgDn"),
        ("wall-chart", "1 F5 End"),
    ] {
        scenes.push((name.to_owned(), keys.split(' ').map(str::to_owned).collect()));
    }
    scenes
}

fn at(keys: &[String], size: (u16, u16)) -> Bench {
    let mut bench = Bench::open();
    bench.app.setup.look.glyphs = Glyphs::UNICODE;
    bench.event(Event::Resize(size.0, size.1));
    answer_all(&mut bench);
    for key in keys {
        bench.press(key);
        answer_all(&mut bench);
    }
    bench
}

/// What is not the terminal's own of a cell, in words.
fn style(cell: &Cell) -> String {
    let mut words = Vec::new();
    for (modifier, word) in [
        (Modifier::BOLD, "bold"),
        (Modifier::DIM, "dim"),
        (Modifier::UNDERLINED, "underlined"),
        (Modifier::REVERSED, "reversed"),
    ] {
        words.extend(cell.modifier.contains(modifier).then(|| word.to_owned()));
    }
    words.extend((cell.fg != Color::Reset).then(|| format!("{:?}", cell.fg).to_lowercase()));
    words.extend((cell.bg != Color::Reset).then(|| format!("on {:?}", cell.bg).to_lowercase()));
    words.join(" ")
}

/// Row and columns of each stretch that looks alike; the ground of the theme, which
/// most cells have, is named once.
fn styles(cells: &Buffer, theme: &Theme) -> String {
    let ground = theme.ground.map_or(String::new(), |ground| {
        format!("{:?} on {:?}", ground.letters, ground.behind).to_lowercase()
    });
    let mut out =
        format!("ground: {}\n", if ground.is_empty() { "the terminal's" } else { &ground });
    let width = usize::from(cells.area.width);
    for (row, line) in cells.content.chunks(width).enumerate() {
        let mut stretches: Vec<(usize, usize, String)> = Vec::new();
        for (column, cell) in line.iter().enumerate() {
            let style = style(cell);
            match stretches.last_mut() {
                Some((_, end, known)) if *known == style => *end = column,
                _ => stretches.push((column, column, style)),
            }
        }
        stretches.retain(|(.., style)| !style.is_empty() && *style != ground);
        let told: Vec<String> = stretches
            .into_iter()
            .map(|(start, end, style)| {
                let own = style.replace(
                    &format!(" {}", ground.split(' ').skip(1).collect::<Vec<_>>().join(" ")),
                    "",
                );
                format!("{start}-{end} {}", if ground.is_empty() { style } else { own })
            })
            .collect();
        if !told.is_empty() {
            let _ = writeln!(out, "{row}: {}", told.join(", "));
        }
    }
    out
}

fn picture(keys: &[String]) -> String {
    let mut out = String::new();
    for (width, height) in SIZES {
        let mut bench = at(keys, (width, height));
        bench.app.setup.look.theme = Theme::plain();
        let _ = write!(out, "== {width}x{height}\n{}", bench.screen());
        for name in ThemeName::ALL {
            let theme = Theme::named(name, Background::Unknown);
            bench.app.setup.look.theme = theme;
            // The colours of one size tell those of the others.
            if (width, height) == SIZES[0] {
                let _ = write!(out, "-- {name}, {}", styles(&bench.cells(), &theme));
            }
        }
    }
    out
}

#[test]
fn screens_are_as_they_were() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/screens");
    let update = std::env::var_os("QBR_UPDATE_SCREENS").is_some();
    let mut changed = Vec::new();
    for (name, keys) in scenes() {
        let file = folder.join(format!("{name}.txt"));
        let found = picture(&keys);
        if update {
            std::fs::create_dir_all(&folder).expect("a folder");
            std::fs::write(&file, &found).expect("written");
        } else if std::fs::read_to_string(&file).unwrap_or_default() != found {
            changed.push(format!("{name}:\n{found}"));
        }
    }
    assert!(
        changed.is_empty(),
        "QBR_UPDATE_SCREENS=1 writes tests/screens anew; what looks otherwise now:\n{}",
        changed.join("\n")
    );
}
