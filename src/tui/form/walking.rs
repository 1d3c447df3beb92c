//! Going from field to field.

use crate::catalog::form::Field;
use crate::tui::form::pane::{FormOutcome, FormPane};
use crate::tui::form::stops::{self, Part, Stop};

impl FormPane {
    pub(super) fn may_edit(&self, field: &Field) -> bool {
        !self.read_only && !field.is_fact()
    }

    pub(super) fn stops(&self) -> Vec<Stop> {
        let reachable = |field: &Field| self.read_only || self.may_edit(field);
        stops::stops(&self.form, &self.body, self.focus, reachable)
    }

    /// Puts the focus at a place, or at the nearest that there is.
    pub(super) fn go(&mut self, stop: Stop) -> FormOutcome {
        self.focus = stop;
        let stops = self.stops();
        if !stops.contains(&stop) {
            let nearest = stops
                .iter()
                .filter(|known| known.field == stop.field)
                .find(|known| matches!((known.part, stop.part), (Part::Row(a), Part::Row(b) | Part::Cell(b, _)) if a + 1 >= b))
                .or_else(|| stops.iter().find(|known| known.field >= stop.field))
                .or(stops.last());
            self.focus = nearest.copied().unwrap_or_default();
        }
        FormOutcome::Moved
    }

    pub(super) fn walk(&mut self, by: isize) -> FormOutcome {
        let stops = self.stops();
        let at = stops.iter().position(|stop| *stop == self.focus).unwrap_or(0);
        let to = at.saturating_add_signed(by).min(stops.len().saturating_sub(1));
        if let Some(stop) = stops.get(to) {
            self.focus = *stop;
        }
        FormOutcome::Moved
    }

    /// To the first field of the next section, or of this or the one before.
    pub(super) fn walk_sections(&mut self, by: isize) -> FormOutcome {
        let mut starts = vec![0];
        for section in &self.form.sections {
            starts.push(starts[starts.len() - 1] + section.fields.len());
        }
        let section = |field: usize| starts.iter().rposition(|start| *start <= field).unwrap_or(0);
        let stops = self.stops();
        let mut firsts: Vec<Stop> = Vec::new();
        for stop in stops {
            if firsts.last().is_none_or(|last| section(last.field) < section(stop.field)) {
                firsts.push(stop);
            }
        }
        let here = section(self.focus.field);
        let target = if by > 0 {
            firsts.iter().find(|stop| section(stop.field) > here)
        } else {
            let at_first = firsts.contains(&self.focus);
            firsts.iter().rfind(|stop| {
                let there = section(stop.field);
                there < here || (there == here && !at_first)
            })
        };
        match target {
            Some(stop) => {
                self.focus = *stop;
                FormOutcome::Moved
            }
            None => self.walk(if by > 0 { isize::MAX } else { isize::MIN }),
        }
    }
}
