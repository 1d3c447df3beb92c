//! The whole screen, from top to bottom. Changes nothing.
//!
//! ```text
//! qbr  acme.duckdb  2025-Q4  by region  only East       as of 2025-12-31
//! 0 Brief 1 Forecast 2 Win rate 3 Cards 4 Post-mortems 5 Playbook 6 Decisions
//!
//!   the pane
//!
//! Win rate > Deals · Enterprise            a notice takes this line's place
//! Enter open  Tab next part  t view  / filter  s sort         ? help  q quit
//! ```

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};

use crate::domain::{Formats, text};
use crate::tui::app::{App, Phase};
use crate::tui::keymap::Action;
use crate::tui::layout::{self, SMALLEST};
use crate::tui::message::Tone;
use crate::tui::pane::{Pane, Scene};
use crate::tui::panes::PANES;
use crate::tui::panes::figure_draw::say;
use crate::tui::present;
use crate::tui::theme::Look;
use crate::tui::widgets::paint;

pub fn draw(app: &App, frame: &mut Frame<'_>) {
    let area = frame.area();
    if let Some(shown) = &app.present
        && area.width >= SMALLEST.0
        && area.height >= SMALLEST.1
    {
        let (look, page) = (app.wall(), app.page());
        let (catalog, period) = (&app.setup.catalog, period(app));
        let buf = frame.buffer_mut();
        present::draw(shown, page.as_ref(), &period, buf, area, catalog, &look);
        return look.theme.lay_ground(buf);
    }
    let cursor = draw_all(app, frame.buffer_mut(), area);
    app.setup.look.theme.lay_ground(frame.buffer_mut());
    if let Some(position) = cursor.filter(|position| area.contains(*position)) {
        frame.set_cursor_position(position);
    }
}

/// What everything on the screen is about.
fn period(app: &App) -> String {
    let Some(lens) = &app.lens else { return String::new() };
    let scope: String = lens.scope.values().map(|value| format!("  only {value}")).collect();
    format!("{}{scope}  as of {}", lens.period, lens.as_of)
}

/// Gives where the hardware cursor belongs, if a text is being edited.
fn draw_all(app: &App, buf: &mut Buffer, area: Rect) -> Option<Position> {
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        draw_too_small(app, buf, area);
        return None;
    }
    if !app.zoomed {
        draw_header(app, buf, Rect { height: 1, ..area });
        draw_tabs(app, buf, Rect { y: area.y + 1, height: 1, ..area });
    }
    // The terminal may have changed its size since the app was told.
    let body = layout::body(app.size, app.zoomed).intersection(area);
    let scene = Scene { catalog: &app.setup.catalog, look: &app.setup.look, zoomed: app.zoomed };
    draw_body(app, buf, body, &scene);
    draw_crumbs(app, buf, Rect { y: area.bottom() - 2, height: 1, ..area });
    let footer = Rect { y: area.bottom() - 1, height: 1, ..area };
    let mut cursor = None;
    match &app.overlay {
        Some(overlay) if overlay.is_line() => {
            overlay.draw(buf, footer, &app.setup.look);
            cursor = overlay.cursor(footer);
        }
        Some(overlay) => {
            draw_footer(app, buf, footer);
            overlay.draw(buf, body, &app.setup.look);
            cursor = overlay.cursor(body);
        }
        None => {
            draw_footer(app, buf, footer);
            if let Some(pane) = app.top() {
                cursor = pane.cursor(body);
            }
        }
    }
    cursor
}

fn draw_too_small(app: &App, buf: &mut Buffer, area: Rect) {
    let message = format!(
        "Make this window larger: qbr needs {} columns and {} rows, this has {} and {}.",
        SMALLEST.0, SMALLEST.1, area.width, area.height
    );
    let lines = textwrap::wrap(&message, usize::from(area.width).max(1));
    for (row, line) in (0..area.height).zip(lines) {
        paint::text(buf, paint::row(area, row), &line, app.setup.look.theme.text, &app.setup.look);
    }
}

fn draw_header(app: &App, buf: &mut Buffer, area: Rect) {
    let look = &app.setup.look;
    let theme = &look.theme;
    let name = match &app.phase {
        Phase::Open(opened) => &opened.name,
        _ => &app.setup.name,
    };
    let mut words = vec![("qbr".to_owned(), theme.title), (name.clone(), theme.text)];
    let mut end = usize::from(area.width);
    if let (Phase::Open(opened), Some(lens)) = (&app.phase, &app.lens) {
        let as_of = format!("as of {}", Formats::here().date(lens.as_of));
        end = end.saturating_sub(paint::text_right(buf, area, &as_of, theme.muted, look) + 2);
        words.push((lens.period.to_string(), theme.title));
        words.push((format!("by {}", lens.by), theme.text));
        words.extend(lens.scope.values().map(|value| (format!("only {value}"), theme.accent)));
        if opened.read_only.is_some() {
            words.push(("READ-ONLY".to_owned(), theme.warn));
        }
        match app.saves.len() {
            0 => {}
            1 => words.push(("1 save waits".to_owned(), theme.warn)),
            n => words.push((format!("{n} saves wait"), theme.warn)),
        }
        match app.drafts.len() {
            0 => {}
            1 => {
                words.push((format!("1 draft ({})", app.keymap.label(Action::Drafts)), theme.warn))
            }
            n => words
                .push((format!("{n} drafts ({})", app.keymap.label(Action::Drafts)), theme.warn)),
        }
    }
    let mut used = 0;
    for (word, style) in words {
        let room = end.saturating_sub(used);
        if room < 4 {
            break;
        }
        used += paint::text(buf, paint::columns(area, used, room), &word, style, look) + 2;
    }
}

fn draw_tabs(app: &App, buf: &mut Buffer, area: Rect) {
    let look = &app.setup.look;
    let mut pieces = Vec::new();
    for (place, pane) in PANES.iter().enumerate() {
        let here = place == app.current && matches!(app.phase, Phase::Open(_));
        let key = app.keymap.label(Action::Go(place));
        let (key_style, style) = if here {
            (look.theme.selected, look.theme.selected)
        } else {
            (look.theme.key, look.theme.text)
        };
        let marker = if here { look.glyphs.marker } else { " " };
        pieces.push((format!("{marker}{key} "), key_style));
        pieces.push((pane.tab.to_owned(), style));
    }
    paint::pieces(buf, area, &pieces, look);
}

fn draw_body(app: &App, buf: &mut Buffer, area: Rect, scene: &Scene<'_>) {
    let look = &app.setup.look;
    match &app.phase {
        Phase::Opening { progress, .. } => {
            let message = match progress {
                Some(progress) => {
                    format!("{progress}\n\n{} leaves.", app.keymap.label(Action::Quit))
                }
                None => format!("Opening {}…", app.setup.name),
            };
            say(buf, area, &message, look.theme.muted, look);
        }
        Phase::Busy(failure) => {
            let remedy = failure.remedy.as_deref().unwrap_or("try again in a moment");
            let [again, quit] = [Action::Refresh, Action::Quit].map(|a| app.keymap.label(a));
            let keys = format!("{again} tries again, {quit} leaves.");
            let message = format!("{}.\n\n{remedy}.\n\n{keys}", failure.message);
            say(buf, area, &message, look.theme.problem, look);
        }
        Phase::Open(_) => {
            if let Some(pane) = app.top() {
                pane.draw(buf, area, scene);
            }
        }
        Phase::Ended => {}
    }
}

/// Where one is, or what there is to say: never both, so that neither is cut.
fn draw_crumbs(app: &App, buf: &mut Buffer, area: Rect) {
    let look = &app.setup.look;
    let theme = &look.theme;
    if let Some(notice) = &app.notice {
        let style = match notice.tone {
            Tone::Good => theme.good,
            Tone::Plain | Tone::Passing => theme.accent,
            Tone::Bad => theme.problem,
        };
        paint::text(buf, area, &notice.text, style, look);
        return;
    }
    let Some(tab) = app.tabs.get(app.current) else { return };
    let crumbs: Vec<String> = tab.stack.iter().map(|pane| pane.title()).collect();
    let mut path = crumbs.join(" > ");
    if text::width(&path) > usize::from(area.width) {
        // The end is where one is; the beginning is on the tab.
        let last = crumbs.last().map_or("", String::as_str);
        path = format!("… > {last}");
    }
    paint::text(buf, area, &path, theme.muted, look);
}

fn draw_footer(app: &App, buf: &mut Buffer, area: Rect) {
    let look = &app.setup.look;
    let owns_letters = app.top().is_some_and(Pane::owns_letters);
    let always: Vec<(String, String)> = if owns_letters {
        let help = app.keymap.entry(Action::Help).and_then(|entry| entry.keys.last());
        help.map(|key| (key.label(), "help".to_owned())).into_iter().collect()
    } else {
        [Action::Help, Action::Quit]
            .into_iter()
            .filter_map(|action| app.keymap.hint(action))
            .map(|(key, word)| (key, word.to_owned()))
            .collect()
    };
    let width_of = |(key, word): &(String, String)| text::width(key) + text::width(word) + 3;
    let end = usize::from(area.width).saturating_sub(always.iter().map(width_of).sum());
    let mut used = 0;
    for hint in hints(app) {
        if used + width_of(&hint) > end {
            break;
        }
        used += put_hint(buf, paint::columns(area, used, usize::MAX), &hint, look);
    }
    let mut used = end;
    for hint in &always {
        used += put_hint(buf, paint::columns(area, used, usize::MAX), hint, look);
    }
}

/// What is useful now, the most useful first.
pub fn hints(app: &App) -> Vec<(String, String)> {
    let Phase::Open(_) = &app.phase else { return Vec::new() };
    let Some(pane) = app.top() else { return Vec::new() };
    let mut hints = pane.hints();
    let deeper = app.tabs.get(app.current).is_some_and(|tab| tab.stack.len() > 1);
    let mut actions = pane.actions();
    if deeper && !pane.owns_letters() && !actions.contains(&Action::Back) {
        actions.insert(1.min(actions.len()), Action::Back);
    }
    for action in actions {
        if let Some((key, word)) = app.keymap.hint(action)
            && !hints.iter().any(|(known, _)| *known == key)
        {
            hints.push((key, word.to_owned()));
        }
    }
    hints
}

/// Key and word, and two blanks; gives the columns used.
fn put_hint(buf: &mut Buffer, area: Rect, (key, word): &(String, String), look: &Look) -> usize {
    let blank = |style| (" ", style);
    paint::pieces(
        buf,
        area,
        &[
            (key.as_str(), look.theme.key),
            blank(look.theme.label),
            (word.as_str(), look.theme.label),
            ("  ", look.theme.label),
        ],
        look,
    )
}
