//! Where a person left a workspace: the pane, what it looked at, the row.
//!
//! Noted after every event that changed it, so that a dropped link loses none of
//! it, and gone back to when the workspace is open again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::tui::message::Effect;
use crate::tui::panes::PANES;

use super::{App, Phase};

/// What is remembered of one workspace. Words, so that another version of the
/// program takes what it knows and leaves the rest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct Place {
    pane: String,
    quarter: String,
    by: String,
    scope: BTreeMap<String, String>,
    /// Of each pane, what it needs to know.
    panes: BTreeMap<String, Json>,
}

impl App {
    fn place_key(&self) -> Option<String> {
        match &self.phase {
            Phase::Open(opened) if self.setup.resume => {
                Some(format!("workspace {}", opened.path.display()))
            }
            _ => None,
        }
    }

    /// Goes back to where the person was; before anything is asked.
    pub(super) fn go_back(&mut self) {
        let Some(place) = self.place_key().and_then(|key| self.memory.get::<Place>(&key)) else {
            return;
        };
        if let Some(lens) = &mut self.lens {
            if let Ok(period) = place.quarter.parse() {
                lens.period = period;
            }
            if let Ok(by) = place.by.parse() {
                lens.by = by;
            }
            for (dimension, value) in place.scope {
                if let Ok(dimension) = dimension.parse() {
                    lens.scope.insert(dimension, value);
                }
            }
        }
        for (spec, tab) in PANES.iter().zip(&mut self.tabs) {
            if let (Some(pane), Some(place)) = (tab.stack.first_mut(), place.panes.get(spec.id)) {
                pane.go_back_to(place);
            }
        }
        if let Some(tab) = PANES.iter().position(|spec| spec.id == place.pane) {
            self.current = tab;
        }
    }

    /// Notes where the person is, if that has changed.
    pub(super) fn note_place(&mut self) {
        let (Some(key), Some(lens)) = (self.place_key(), &self.lens) else { return };
        let each = PANES.iter().zip(&self.tabs);
        let place = Place {
            pane: PANES.get(self.current).map_or("", |spec| spec.id).to_owned(),
            quarter: lens.period.to_string(),
            by: lens.by.name().to_owned(),
            scope: lens
                .scope
                .iter()
                .map(|(dimension, value)| (dimension.name().to_owned(), value.clone()))
                .collect(),
            panes: each
                .filter_map(|(spec, tab)| Some((spec.id.to_owned(), tab.stack.first()?.place()?)))
                .collect(),
        };
        let Ok(value) = serde_json::to_value(&place) else { return };
        if self.memory.set(&key, value.clone()) {
            self.effects.push(Effect::Remember { key, value });
        }
    }
}
