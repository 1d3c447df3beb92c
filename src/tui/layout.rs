//! Where things stand on the screen: known to the app, which tells panes their
//! size, and to the drawing.

use ratatui::layout::Rect;

/// Below these columns and rows nothing useful fits; it is said instead.
pub const SMALLEST: (u16, u16) = (60, 15);
/// Header and tabs.
const ABOVE: u16 = 2;
/// Breadcrumbs and footer.
const BELOW: u16 = 2;

/// Where the pane stands on a screen of this size: zoomed, header and tabs make room for it.
pub fn body((width, height): (u16, u16), zoomed: bool) -> Rect {
    let above = if zoomed { 0 } else { ABOVE };
    Rect { x: 0, y: above, width, height: height.saturating_sub(above + BELOW) }
}
