#!/usr/bin/env python3
"""Works the answers out by hand, as it were: plain Python over the CSV files of a fact set, no SQL.

    python3 tests/answers/work_out.py            writes <set>/<figure>.csv
    python3 tests/answers/work_out.py --check    says which files would change

It shares no code with queries/. Where the two disagree, one of them is wrong about the definition;
find out which from README.md before changing either.
"""

import csv
import io
import json
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

from plain import (
    accuracy, alerts, calibration, capacity, cards, cases, causes, coverage, effects, forecast, geography, hiring, playbook, rates, registers, shift, velocity,
)
from plain.facts import Company

HERE = Path(__file__).parent
FIGURES = {
    "alert-diagnosis": alerts.alert_diagnosis,
    "assumption-changes": registers.assumption_changes,
    "assumptions": registers.assumptions,
    "attainment": forecast.attainment,
    "attrition": capacity.attrition,
    "battle-cards": cards.battle_cards,
    "board-mix": playbook.board_mix,
    "capacity-gap": capacity.capacity_gap,
    "capacity-heads": capacity.capacity_heads,
    "capacity-levers": capacity.capacity_levers,
    "capacity-roles": capacity.capacity_roles,
    "capacity-scenarios": capacity.capacity_scenarios,
    "card-conflicts": cards.card_conflicts,
    "card-effect": cards.card_effect,
    "card-handout": cards.card_handout,
    "card-health": cards.card_health,
    "card-lines": cards.card_lines,
    "card-prices": cards.card_prices,
    "card-triggers": cards.card_triggers,
    "card-usage": cards.card_usage,
    "category-accuracy": accuracy.category_accuracy,
    "category-close-rates": coverage.category_close_rates,
    "competitors": rates.competitors,
    "course-corrections": shift.course_corrections,
    "coverage": coverage.coverage,
    "criteria": registers.criteria,
    "deals": rates.deals,
    "criterion-effect": effects.criterion_effect,
    "deal-trail": cases.deal_trail,
    "decisions": registers.decisions,
    "feedback-loop": playbook.feedback_loop,
    "feedback-themes": playbook.feedback_themes,
    "fix-effect": causes.fix_effect,
    "forecast-accuracy": accuracy.forecast_accuracy,
    "forecast-bridge": forecast.forecast_bridge,
    "forecast-moves": forecast.forecast_moves,
    "forecast-record": accuracy.forecast_record,
    "forecast-variance": forecast.forecast_variance,
    "hiring-deadlines": hiring.hiring_deadlines,
    "loss-drivers": rates.loss_drivers,
    "lost-deals": cases.lost_deals,
    "loss-patterns": causes.loss_patterns,
    "pipeline-bridge": forecast.pipeline_bridge,
    "pipeline-moves": forecast.pipeline_moves,
    "pipeline-velocity": velocity.pipeline_velocity,
    "plan-checks": capacity.plan_checks,
    "play-effect": playbook.play_effect,
    "play-traceability": playbook.play_traceability,
    "plays": registers.plays,
    "post-mortem-coverage": causes.post_mortem_coverage,
    "post-mortems": cases.post_mortems,
    "qualification-signature": causes.qualification_signature,
    "ramp-curves": capacity.ramp_curves,
    "reallocation-checks": geography.reallocation_checks,
    "reallocation-options": geography.reallocation_options,
    "reallocations": geography.reallocations,
    "recalibration": calibration.recalibration,
    "region-eligibility": geography.region_eligibility,
    "region-quarters": geography.region_quarters,
    "region-roi": geography.region_roi,
    "repeat-causes": causes.repeat_causes,
    "snapshots": registers.snapshots,
    "stage-calibration": calibration.stage_calibration,
    "stage-cohort": calibration.stage_cohort,
    "variance-causes": forecast.variance_causes,
    "variance-notes": forecast.notes_of_the_period,
    "velocity-trend": velocity.velocity_trend,
    "win-rate": alerts.win_rate,
    "win-rate-alerts": alerts.win_rate_alerts,
    "win-rate-shift": shift.win_rate_shift,
    "workload": capacity.workload,
}


def columns(figure):
    """Names of the columns, as the header of the figure lists them."""
    path = next(p for p in (HERE / "../../queries").glob("*/*.sql") if p.stem == figure and p.parent.name != "model")
    names, inside = [], False
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("-- columns:"):
            inside = True
        elif inside and line.startswith("--   ") and line[5] != " ":
            names.append(line[5:].split()[0])
        elif inside and not line.startswith("--    "):
            break
    return names


def text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:.6f}"
    if isinstance(value, Decimal):
        return f"{value + 0:.2f}"  # -0.00 is 0.00
    return value.isoformat() if isinstance(value, date) else str(value)


def main():
    check, wrong = "--check" in sys.argv[1:], []
    for path in sorted(HERE.rglob("case.json")):
        folder = path.parent
        for figure in json.loads(path.read_text()).get("only", FIGURES):
            out = io.StringIO(newline="")
            writer = csv.writer(out, lineterminator="\n")
            writer.writerow(columns(figure))
            for row in FIGURES[figure](Company(folder, figure)):
                writer.writerow([text(value) for value in row])
            answer = folder / f"{figure}.csv"
            same = answer.exists() and answer.read_bytes() == out.getvalue().encode()
            if check and not same:
                wrong.append(str(answer.relative_to(HERE)))
            elif not same:
                answer.write_bytes(out.getvalue().encode())
    if wrong:
        sys.exit("would change: " + ", ".join(wrong))


if __name__ == "__main__":
    main()
