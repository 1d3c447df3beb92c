//! The panes of the review, as data: which figures stand on them, how, and
//! which kind of record they are about. A new pane is a line here and the
//! figures and forms it names; it needs no code.

pub mod brief_pane;
pub mod chain_pane;
pub mod conflict;
pub mod edit_pane;
pub mod explain_pane;
pub mod figure_draw;
pub mod figure_pane;
pub mod figure_table;
pub mod history_pane;
pub mod mapping_pane;
pub mod moving;
pub mod part;
pub mod reader;
pub mod record_pane;
pub mod text_pane;

use crate::tui::keymap::{Key, Keymap};
use crate::tui::pane::Pane;

/// The kind of record that `N` writes about any row and any record, and the field that names what
/// it follows from.
pub const DECISION: (&str, &str) = ("decision", "about");

/// A pane of the review.
#[derive(Clone, Copy, Debug)]
pub struct PaneSpec {
    /// What the brief calls it.
    pub id: &'static str,
    pub keys: &'static [Key],
    /// On the tab.
    pub tab: &'static str,
    /// In the breadcrumbs.
    pub title: &'static str,
    /// From top to bottom; none: the brief.
    pub parts: &'static [PartSpec],
    /// The kind of record that `c` writes here.
    pub kind: Option<&'static str>,
    /// Enter on a row without a record opens the form rather than the rows behind it.
    pub form_first: bool,
}

/// A place on a pane.
#[derive(Clone, Copy, Debug)]
pub struct PartSpec {
    /// Figures that take turns in this place. `win-rate by segment`: always cut by
    /// that dimension, whatever is chosen for the review, because its rule is
    /// about that one: thresholds are agreed for segments.
    pub figures: &'static [&'static str],
    /// Shown as its chart first.
    pub chart: bool,
}

const fn table(figures: &'static [&'static str]) -> PartSpec {
    PartSpec { figures, chart: false }
}

const fn chart(figures: &'static [&'static str]) -> PartSpec {
    PartSpec { figures, chart: true }
}

/// Tabs, from left to right.
pub const PANES: &[PaneSpec] = &[
    PaneSpec {
        id: "brief",
        keys: &[Key::Char('0')],
        tab: "Brief",
        title: "Brief",
        parts: &[],
        kind: None,
        form_first: false,
    },
    PaneSpec {
        id: "forecast",
        keys: &[Key::Char('1')],
        tab: "Forecast",
        title: "Forecast variance",
        parts: &[
            table(&[
                "forecast-variance",
                "variance-causes",
                "attainment",
                "forecast-record",
                "stage-calibration",
                "recalibration by all",
                "recalibration by segment",
                "category-close-rates",
                "pipeline-velocity",
                "variance-notes",
                "assumption-changes",
            ]),
            chart(&[
                "forecast-bridge",
                "pipeline-bridge",
                "forecast-accuracy",
                "category-accuracy",
                "coverage",
            ]),
        ],
        kind: None,
        form_first: false,
    },
    PaneSpec {
        id: "win-rate",
        keys: &[Key::Char('2')],
        tab: "Win rate",
        title: "Win rate",
        parts: &[
            table(&["win-rate-alerts by segment", "course-corrections", "win-rate-alerts"]),
            chart(&["win-rate by segment", "win-rate", "win-rate-shift", "alert-diagnosis"]),
        ],
        kind: None,
        form_first: false,
    },
    PaneSpec {
        id: "cards",
        keys: &[Key::Char('3')],
        tab: "Cards",
        title: "Battle cards",
        parts: &[
            table(&["battle-cards", "card-triggers", "card-conflicts", "card-health"]),
            table(&[
                "competitors",
                "card-effect",
                "card-usage",
                "card-prices",
                "card-lines",
                "card-handout",
            ]),
        ],
        kind: Some("battle-card"),
        form_first: true,
    },
    PaneSpec {
        id: "post-mortems",
        keys: &[Key::Char('4')],
        tab: "Post-mortems",
        title: "Post-mortems",
        parts: &[
            table(&["post-mortems", "post-mortem-coverage", "fix-effect"]),
            table(&["loss-drivers", "loss-patterns", "repeat-causes", "qualification-signature"]),
        ],
        kind: Some("post-mortem"),
        form_first: true,
    },
    PaneSpec {
        id: "playbook",
        keys: &[Key::Char('5')],
        tab: "Plays",
        title: "Playbook",
        parts: &[
            table(&["plays", "play-effect", "play-traceability", "criteria", "criterion-effect"]),
            table(&["feedback-loop", "feedback-themes", "board-mix by segment"]),
        ],
        kind: Some("play"),
        form_first: true,
    },
    PaneSpec {
        id: "decisions",
        keys: &[Key::Char('6')],
        tab: "Decisions",
        title: "Decisions and actions",
        parts: &[table(&["decisions", "assumptions"])],
        kind: Some("decision"),
        form_first: true,
    },
    PaneSpec {
        id: "coverage",
        keys: &[Key::Char('7')],
        tab: "Plan",
        title: "Coverage and capacity",
        parts: &[
            table(&[
                "capacity-gap",
                "capacity-roles",
                "region-eligibility",
                "reallocation-options",
                "reallocation-checks",
                "reallocations",
                "region-roi",
                "capacity-scenarios by all",
                "plan-checks by segment",
                "hiring-deadlines",
                "pipeline-velocity by segment",
                "workload",
                "attrition",
            ]),
            chart(&[
                "capacity-gap by all",
                "region-roi",
                "capacity-levers by all",
                "reallocation-checks",
                "reallocation-options",
                "velocity-trend by segment",
                "ramp-curves",
            ]),
        ],
        kind: Some("capacity-plan"),
        form_first: true,
    },
];

impl PaneSpec {
    /// A fresh pane of this description.
    pub fn build(&self) -> Box<dyn Pane> {
        if self.parts.is_empty() {
            Box::new(brief_pane::BriefPane::default())
        } else {
            Box::new(figure_pane::FigurePane::of(self))
        }
    }
}

/// The keys of everything.
pub fn keymap() -> Keymap {
    Keymap::new(PANES.iter().map(|pane| (pane.keys, pane.title)))
}
