//! Looking at a file, and taking it in.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, PoisonError};

use chrono::Utc;

use crate::catalog::Preset;
use crate::ingest::preview::{PreviewRequest, preview};
use crate::ingest::{self, Author, ImportError, ImportRequest, Progress, saved};
use crate::ledger::{self, Right};
use crate::tui::message::{Event, Failure, FailureKind, ImportAsked, Imported, Notice, Reply};

use super::{Store, not_open};

impl Store {
    pub(super) fn preview(&mut self, asked: &PreviewRequest) -> Result<Reply, Failure> {
        let catalog = Arc::clone(&self.catalog);
        let progress = self.begin("Looking at the file");
        let workspace = self.workspace.as_mut().ok_or_else(not_open)?;
        let looked = preview(workspace, &catalog, asked, Utc::now(), &progress);
        self.end();
        Ok(Reply::Preview(Box::new(looked.map_err(failed)?)))
    }

    /// The mapping is kept first: whatever becomes of the import, what was settled is not lost.
    pub(super) fn import(&mut self, asked: &ImportAsked) -> Result<Reply, Failure> {
        let mapping = match &asked.keep {
            None => asked.draft.unkept(),
            Some(name) => self.keep(asked, name)?,
        };
        let catalog = Arc::clone(&self.catalog);
        let progress = self.begin("Importing");
        let workspace = self.workspace.as_mut().ok_or_else(not_open)?;
        let allowed = ledger::roles(workspace)
            .and_then(|roles| roles.demand(&self.identity.user, Right::Operate));
        if let Err(error) = allowed {
            self.end();
            return Err(error.into());
        }
        let request = ImportRequest {
            files: vec![asked.file.clone()],
            preset: None,
            mapping: None,
            table: Some(asked.draft.fact.name.to_owned()),
            sheet: asked.sheet.clone(),
            taken_on: asked.taken_on,
            dry_run: false,
            back_up: true,
            author: self.identity.user.clone(),
            at: Utc::now(),
        };
        let taken = ingest::import_by(workspace, &catalog, &request, Some(&mapping), &progress);
        self.end();
        let mut report = taken.map_err(failed)?;
        let workspace = self.workspace.as_mut().ok_or_else(not_open)?;
        let author = Author { name: &request.author, at: request.at };
        // The rows are in: what goes wrong from here on is told beside that.
        let accepted = ingest::accept(workspace, &asked.accept, &author, None);
        if accepted.as_ref().is_ok_and(|accepted| !accepted.is_empty()) {
            report.unknown = ingest::unknown(workspace).unwrap_or(report.unknown);
        }
        let accepted = accepted.map_err(|error| error.to_string());
        let defaults = workspace.defaults()?;
        let kept = asked.keep.as_ref().map(|_| mapping.file.clone());
        Ok(Reply::Imported(Box::new(Imported { report, kept, accepted, defaults })))
    }

    fn keep(&mut self, asked: &ImportAsked, name: &str) -> Result<Preset, Failure> {
        let mapping = asked.draft.preset(name);
        let (folders, file) = (&self.folders, &asked.file);
        let kept = saved::save(folders, &self.catalog, &mapping, file, asked.replace);
        let kept = kept.map_err(|error| Failure {
            kind: FailureKind::Other,
            message: error.to_string(),
            remedy: None,
        })?;
        let catalog = Arc::make_mut(&mut self.catalog);
        catalog.presets.insert(kept.name.clone(), kept.clone());
        Ok(kept)
    }

    /// Says how far it is as the percentage grows, and can be stopped from now on.
    fn begin(&self, what: &'static str) -> Progress {
        let tell = Arc::clone(&self.tell);
        let said = AtomicU8::new(0);
        let progress = Progress::told(move |seen| {
            // A tenth at a time: each one is a frame on somebody's slow link.
            let tenth = seen.percent / 10;
            if said.swap(tenth, Ordering::Relaxed) < tenth {
                let phase = seen.phase.words();
                let said = format!("{what}: {} %, {phase}", seen.percent);
                tell(Event::Told(Notice::passing(said)));
            }
        });
        *self.under_way.lock().unwrap_or_else(PoisonError::into_inner) = Some(progress.clone());
        progress
    }

    fn end(&self) {
        *self.under_way.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

fn failed(error: ImportError) -> Failure {
    match error {
        ImportError::Workspace(error) => error.into(),
        ImportError::Cancelled => {
            Failure { kind: FailureKind::Stopped, message: error.to_string(), remedy: None }
        }
        other => {
            Failure { kind: FailureKind::Other, message: other.to_string(), remedy: other.remedy() }
        }
    }
}
