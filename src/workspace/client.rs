//! A workspace that is served elsewhere, opened like one whose file is here.
//!
//! Invariant: a turn sees what the server had at one moment, and what it writes
//! is written there or not at all; of a turn that writes nothing stays in the
//! copy, which the next turn brings up to date.

use super::address::Address;
use super::error::{ReadOnly, WorkspaceError};
use super::file::Stamp;
use super::identity::Identity;
use super::instance::Instance;
use super::interrupt::Interrupter;
use super::lease::{LeaseFiles, Mode, Patience};
use super::model::Model;
use super::schema::{ALIAS, Schema};
use super::served::{self, passed_on, told};
use super::session::Session;
use super::settings::CreateOptions;
use super::{Access, Workspace};
use crate::catalog::Catalog;

impl Workspace {
    pub(super) fn open_served(
        address: Address,
        access: Access,
        catalog: &Catalog,
        patience: Patience,
        schema: Schema,
    ) -> Result<Self, WorkspaceError> {
        let (extensions, server) = served::prepare(address)?;
        let interrupter = Interrupter::default();
        let mut instance = Instance::new(interrupter.clone());
        instance.load(extensions);
        let path = server.address.path();
        let mut workspace = Workspace {
            instance,
            // Never taken: whose turn it is, the server says.
            files: LeaseFiles::beside(&path),
            path,
            server: Some(server),
            access,
            schema,
            patience,
            interrupter,
            identity: Identity::current(),
            model: Model::of(catalog),
            settings: CreateOptions::default().settings()?,
            rollups: Vec::new(),
            made: None,
            seen: None,
            written: None,
            _registered: None,
        };
        workspace.begin(Mode::Shared, "opening").map(drop)?;
        if access == Access::ReadWrite && workspace.serves_to_read()? {
            return Err(WorkspaceError::ReadOnly { path: workspace.path, why: ReadOnly::Opened });
        }
        Ok(workspace)
    }

    fn serves_to_read(&self) -> Result<bool, WorkspaceError> {
        let asked = passed_on(&format!(
            "SELECT readonly FROM duckdb_databases() WHERE database_name = '{ALIAS}'"
        ));
        let found = self.instance.current()?.query_row(&asked, [], |row| row.get(0));
        found.map_err(|error| told(&error.to_string(), &self.path))
    }

    /// # Errors
    /// `NotServed`, where the file is not here.
    pub(super) fn of_the_file(&self, what: &'static str) -> Result<(), WorkspaceError> {
        match self.server {
            None => Ok(()),
            Some(_) => Err(WorkspaceError::NotServed { path: self.path.clone(), what }),
        }
    }

    /// As of the last turn, where nobody answers: that is no news of others. A server that was
    /// started anew does not know our session; what it has, the next turn finds out.
    pub(super) fn stamp_served(&self) -> Stamp {
        let last = self.seen.unwrap_or_default();
        let Ok(connection) = self.instance.current() else { return last };
        let state = connection.query_row(&passed_on(served::STATE), [], |row| row.get(0));
        match state {
            Ok(state) => Stamp::told(&state),
            Err(error) if served::forgot_us(&error.to_string()) => Stamp::default(),
            Err::<String, _>(_) => last,
        }
    }

    pub(super) fn write_served<T, E: From<WorkspaceError>>(
        &mut self,
        doing: &str,
        work: impl FnOnce(&Session<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let turn = self.begin(Mode::Exclusive, doing)?;
        turn.attached.begin()?;
        let collected = &turn.attached.state().collected;
        *collected.borrow_mut() = Some(Vec::new());
        let done = turn.session().map_err(E::from).and_then(|session| work(&session));
        let statements = collected.borrow_mut().take().unwrap_or_default();
        let done = done?;
        if turn.interrupter.requested() {
            return Err(WorkspaceError::Interrupted.into());
        }
        let began_in = turn.began_in.clone().unwrap_or_default();
        // The copy is rolled back, and the transaction over before the server's begins.
        drop(turn);
        let whole = self.interrupter.uninterrupted();
        served::commit(self.instance.current()?, &began_in, &statements, &self.path)?;
        drop(whole);
        Ok(done)
    }
}
