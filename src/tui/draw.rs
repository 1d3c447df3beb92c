//! The whole screen, from top to bottom. Changes nothing.
//!
//! ```text
//! qbr  acme.duckdb  2025-Q4  by region  only East       as of 2025-12-31
//! 0 Brief  1 Forecast  2 Win rate  3 Cards  4 Post-mortems  5 Playbook
//!
//!   the pane
//!
//! Win rate > Deals · Enterprise            a notice takes this line's place
//! Enter open  Tab next part  t view  / filter  s sort         ? help  q quit
//! ```

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::domain::text;
use crate::tui::app::{App, Phase};
use crate::tui::keymap::Action;
use crate::tui::message::Tone;
use crate::tui::pane::{Pane, Scene};
use crate::tui::panes::PANES;
use crate::tui::panes::figure_draw::say;

/// Below this nothing useful fits; it is said instead.
pub const SMALLEST: (u16, u16) = (60, 15);

/// Where the pane stands: all of the screen but the lines above and below it.
pub fn body(app: &App) -> Rect {
    let (width, height) = app.size;
    let above = above(app);
    Rect { x: 0, y: above, width, height: height.saturating_sub(above + 2) }
}

/// Header and tabs; zoomed, neither.
fn above(app: &App) -> u16 {
    if app.zoomed { 0 } else { 2 }
}

pub fn draw(app: &App, frame: &mut Frame<'_>) {
    let area = frame.area();
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return draw_too_small(app, frame.buffer_mut(), area);
    }
    let buf = frame.buffer_mut();
    if !app.zoomed {
        draw_header(app, buf, Rect { height: 1, ..area });
        draw_tabs(app, buf, Rect { y: area.y + 1, height: 1, ..area });
    }
    // The terminal may have changed its size since the app was told.
    let body = body(app).intersection(area);
    let scene =
        Scene { catalog: &app.setup.catalog, look: &app.setup.look, zoomed: app.zoomed };
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
    if let Some(position) = cursor.filter(|position| area.contains(*position)) {
        frame.set_cursor_position(position);
    }
}

fn draw_too_small(app: &App, buf: &mut Buffer, area: Rect) {
    let message = format!(
        "Make this window larger: qbr needs {} columns and {} rows, this has {} and {}.",
        SMALLEST.0, SMALLEST.1, area.width, area.height
    );
    let lines = textwrap::wrap(&message, usize::from(area.width).max(1));
    for (y, line) in (area.y..area.bottom()).zip(lines) {
        put(buf, area.x, y, area.width, &line, app.setup.look.theme.text);
    }
}

fn draw_header(app: &App, buf: &mut Buffer, area: Rect) {
    let theme = &app.setup.look.theme;
    let mut x = area.x;
    let name = match &app.phase {
        Phase::Open(opened) => &opened.name,
        _ => &app.setup.name,
    };
    for (word, style) in [("qbr", theme.title), (name.as_str(), theme.text)] {
        x = put(buf, x, area.y, area.right().saturating_sub(x), word, style) + 2;
    }
    let (Phase::Open(opened), Some(lens)) = (&app.phase, &app.lens) else { return };
    let mut words = vec![(lens.period.to_string(), theme.title)];
    words.push((format!("by {}", lens.by), theme.text));
    for value in lens.scope.values() {
        words.push((format!("only {value}"), theme.accent));
    }
    if opened.read_only.is_some() {
        words.push(("READ-ONLY".to_owned(), theme.warn));
    }
    match app.drafts.len() {
        0 => {}
        1 => words.push(("1 draft (D)".to_owned(), theme.warn)),
        n => words.push((format!("{n} drafts (D)"), theme.warn)),
    }
    let as_of = format!("as of {}", lens.as_of);
    let end = area.right().saturating_sub(text::width(&as_of) as u16);
    for (word, style) in words {
        let room = end.saturating_sub(x + 2);
        if room < 4 {
            break;
        }
        let word = text::truncate(&word, usize::from(room)).into_owned();
        x = put(buf, x, area.y, room, &word, style) + 2;
    }
    put(buf, end, area.y, area.right() - end, &as_of, theme.muted);
}

fn draw_tabs(app: &App, buf: &mut Buffer, area: Rect) {
    let theme = &app.setup.look.theme;
    let mut x = area.x;
    for (place, pane) in PANES.iter().enumerate() {
        let here = place == app.current && matches!(app.phase, Phase::Open(_));
        let key = pane.keys.first().map(|key| key.label()).unwrap_or_default();
        let (key_style, style) =
            if here { (theme.selected, theme.selected) } else { (theme.key, theme.text) };
        let room = |x: u16| area.right().saturating_sub(x);
        x = put(buf, x, area.y, room(x), &format!(" {key} "), key_style);
        x = put(buf, x, area.y, room(x), &format!("{} ", pane.tab), style);
    }
}

fn draw_body(app: &App, buf: &mut Buffer, area: Rect, scene: &Scene<'_>) {
    let theme = &app.setup.look.theme;
    match &app.phase {
        Phase::Opening(_) => say(buf, area, &format!("Opening {}…", app.setup.name), theme.muted),
        Phase::Busy(failure) => {
            let remedy = failure.remedy.as_deref().unwrap_or("try again in a moment");
            let message = format!("{}.\n\n{remedy}.\n\nr tries again, q leaves.", failure.message);
            say(buf, area, &message, theme.problem);
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
    let theme = &app.setup.look.theme;
    if let Some(notice) = &app.notice {
        let style = match notice.tone {
            Tone::Good => theme.good,
            Tone::Plain => theme.accent,
            Tone::Bad => theme.problem,
        };
        let text = text::truncate(&notice.text, usize::from(area.width)).into_owned();
        put(buf, area.x, area.y, area.width, &text, style);
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
    put(buf, area.x, area.y, area.width, &path, theme.muted);
}

fn draw_footer(app: &App, buf: &mut Buffer, area: Rect) {
    let theme = &app.setup.look.theme;
    let always: Vec<(String, String)> = [Action::Help, Action::Quit]
        .into_iter()
        .filter_map(|action| app.keymap.hint(action))
        .map(|(key, word)| (key, word.to_owned()))
        .collect();
    let width_of = |hints: &[(String, String)]| -> u16 {
        hints.iter().map(|(key, word)| (text::width(key) + text::width(word) + 3) as u16).sum()
    };
    let takes_text = app.top().is_some_and(Pane::takes_text);
    let end = if takes_text { area.right() } else { area.right().saturating_sub(width_of(&always)) };
    let mut x = area.x;
    for hint in hints(app) {
        if x + width_of(std::slice::from_ref(&hint)) > end {
            break;
        }
        x = put_hint(buf, x, area, &hint, theme.key, theme.label);
    }
    if !takes_text {
        let mut x = end;
        for hint in &always {
            x = put_hint(buf, x, area, hint, theme.key, theme.label);
        }
    }
}

/// What is useful now, the most useful first.
pub fn hints(app: &App) -> Vec<(String, String)> {
    let Phase::Open(_) = &app.phase else { return Vec::new() };
    let Some(pane) = app.top() else { return Vec::new() };
    let mut hints = pane.hints();
    let deeper = app.tabs.get(app.current).is_some_and(|tab| tab.stack.len() > 1);
    let mut actions = pane.actions();
    if deeper && !pane.takes_text() && !actions.contains(&Action::Back) {
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

fn put_hint(
    buf: &mut Buffer,
    x: u16,
    area: Rect,
    (key, word): &(String, String),
    key_style: Style,
    style: Style,
) -> u16 {
    let room = |x: u16| area.right().saturating_sub(x);
    let x = put(buf, x, area.y, room(x), key, key_style) + 1;
    put(buf, x, area.y, room(x), word, style) + 2
}

/// Writes at most `width` columns; gives back the column after them.
fn put(buf: &mut Buffer, x: u16, y: u16, width: u16, line: &str, style: Style) -> u16 {
    if width == 0 || x >= buf.area.right() || y >= buf.area.bottom() {
        return x;
    }
    buf.set_stringn(x, y, text::harmless(line), usize::from(width), style).0
}
