//! Taking a file in: the way to its mapping, and what holds after it.

use std::path::{Path, PathBuf};

use crate::ingest::preview::PreviewRequest;
use crate::tui::message::{Imported, Notice};
use crate::tui::overlay::{Overlay, Purpose};
use crate::tui::panes::mapping_pane::MappingPane;

use super::{App, Phase};

impl App {
    pub(super) fn ask_for_file(&mut self) {
        if let Phase::Open(opened) = &self.phase
            && let Some(why) = &opened.read_only
        {
            self.notice = Some(Notice::bad(format!("Nothing can be imported here: {why}")));
            return;
        }
        self.overlay = Some(Overlay::line(Purpose::Import, "File to import:", ""));
    }

    pub(super) fn look_at_file(&mut self, answer: &str) {
        let path = answer.trim().trim_matches(['"', '\'']);
        if path.is_empty() {
            return;
        }
        let home = self.setup.home.as_deref();
        let file = written_out(path, home, &self.setup.folder);
        self.show_mapping(PreviewRequest::of(file));
    }

    /// Opens the mapping of a file on top of what is shown.
    pub(super) fn show_mapping(&mut self, asked: PreviewRequest) {
        self.open_pane(self.current, Box::new(MappingPane::new(asked)));
    }

    /// The day and quarter that one looks from follow the facts, unless somebody chose them.
    pub(super) fn imported(&mut self, imported: &Imported) {
        let Phase::Open(opened) = &mut self.phase else { return };
        if self.lens.as_ref() == Some(&opened.defaults) {
            self.lens = Some(imported.defaults.clone());
        }
        opened.defaults = imported.defaults.clone();
    }
}

/// `~/x.csv` and paths relative to the folder that qbr was started in.
fn written_out(path: &str, home: Option<&Path>, folder: &Path) -> PathBuf {
    match (path.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => folder.join(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_written_out_as_a_shell_would() {
        let home = Some(Path::new("/home/pat"));
        let out = |path: &str| written_out(path, home, Path::new("/data"));
        assert_eq!(out("~/deals.csv"), Path::new("/home/pat/deals.csv"));
        assert_eq!(out("deals.csv"), Path::new("/data/deals.csv"));
        assert_eq!(out("/tmp/deals.csv"), Path::new("/tmp/deals.csv"));
        assert_eq!(written_out("~/x", None, Path::new("/data")), Path::new("/data/~/x"));
    }
}
