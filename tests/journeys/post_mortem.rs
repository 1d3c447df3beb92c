//! A post-mortem that is begun by keys alone, as journeys and kills need it.

use crate::terminal::Terminal;

/// Opens the form of the first lost deal that has no post-mortem, and goes to a field.
pub fn write_post_mortem(qbr: &mut Terminal, text: &str) {
    qbr.keys("4");
    qbr.wait_for("Why we lose");
    // The second row; a screen that went on where it was left may stand on it.
    qbr.wait_for("overdue");
    qbr.keys("g");
    qbr.wait_for_row("Tool tracking");
    qbr.keys("\x1b[B");
    qbr.wait_for_row("Tank level");
    qbr.keys("\r");
    qbr.wait_for("New post-mortem");
    for _ in 0..80 {
        if qbr.screen().lines().any(|line| line.starts_with('►') && line.contains("First sign")) {
            break;
        }
        qbr.keys("\x1b[B");
        qbr.settle();
    }
    qbr.keys("\r");
    qbr.settle();
    qbr.keys(text);
    qbr.wait_for(text);
}
