"""What happened to a deal day by day, and what the CRM showed on a given day."""

from datetime import date, timedelta

from .company import EU, FIRST_DAY, HANDOVER, LA, LAST_DAY, PROBABILITY, SMB, STAGES, holder, plan_rate
from .plan import LOST_CAP, month_end, quarter_of, workday
from .rng import Rng

# Share of the way from created to closed at which a deal enters each stage.
ENTERED = [0.0, 0.16, 0.40, 0.66, 0.88]


def _quarter_end(day):
    year, quarter = quarter_of(day)
    return month_end(year, quarter * 3)


def _stage_days(deal):
    """(day, stage) from created on; the last is the furthest stage reached."""
    rng = Rng("stages", deal.key)
    span = (deal.close - deal.created).days
    reached = deal.reached
    scale = 1.0 if reached == 4 else 1 / (ENTERED[reached] + 0.22)
    days = []
    for index in range(reached + 1):
        share = ENTERED[index] * scale + (rng.share(-0.05, 0.05) if index else 0)
        days.append((deal.created + timedelta(days=int(span * share)), STAGES[index]))
    return days


def _category(deal, stage, day):
    """The forecast category its owner gives a deal on entering a stage."""
    weights = {
        "Discovery": {"pipeline": 1},
        "Solution": {"pipeline": 9, "best case": 1},
        "Proposal": {"pipeline": 33, "best case": 55, "commit": 12},
        "Negotiation": {"pipeline": 4, "best case": 31, "commit": 65},
        "Verbal": {"best case": 6, "commit": 94},
    }
    # Owners do feel which deals will come.
    if deal.outcome == "won":
        weights["Proposal"] = {"pipeline": 20, "best case": 54, "commit": 26}
        weights["Negotiation"] = {"best case": 20, "commit": 80}
    elif deal.outcome in ("lost", "cancelled"):
        weights["Proposal"] = {"pipeline": 48, "best case": 49, "commit": 3}
        weights["Negotiation"] = {"pipeline": 12, "best case": 58, "commit": 30}
    if deal.region == LA and day >= date(2025, 5, 1):
        # The region keeps its deals out of commit until they're signed.
        weights = {
            "Proposal": {"pipeline": 80, "best case": 20},
            "Negotiation": {"pipeline": 40, "best case": 52, "commit": 8},
            "Verbal": {"pipeline": 10, "best case": 65, "commit": 25},
        } | {stage: weights[stage] for stage in ("Discovery", "Solution")}
    elif deal.region == EU and date(2025, 8, 1) <= day <= LAST_DAY and quarter_of(deal.close) >= (2025, 4):
        weights = weights | {
            "Proposal": {"pipeline": 22, "best case": 53, "commit": 25},
            "Negotiation": {"best case": 32, "commit": 68},
        }
    return Rng("category", deal.key, stage).weighted(weights[stage])


def _estimates(deal):
    """(day, close date) in the order in which they were entered; the closing itself isn't one."""
    rng, script = Rng("estimates", deal.key), deal.script
    close, created = deal.close, deal.created
    if "first_estimate" in script:
        if script.get("stay"):
            return [(created, script["first_estimate"]), (script["pulled_on"], close)]
        return [(created, script["first_estimate"]), (script["pulled_on"], workday(close + timedelta(days=1), 1))]
    if "slipped_on" in script:
        due = {0: date(2025, 12, 19), 1: date(2025, 12, 22), 2: date(2025, 12, 30), 3: date(2025, 12, 31), 4: date(2025, 12, 17)}
        return [(created, due[int(deal.key[-1])]), (script["slipped_on"], close)]
    if script.get("stay"):
        first = close - timedelta(days=rng.between(60, 110))
        if "visible_from" in script or first < created + timedelta(days=20):
            return [(created, close)]
        return [(created, first), (first - timedelta(days=rng.between(1, 12)), close)]

    # The last estimate before closing is near the truth and seldom in another quarter.
    near = close if deal.outcome == "open" else close + timedelta(days=rng.between(-5, 16))
    if near > _quarter_end(close) and rng.chance(0.92):
        near = _quarter_end(close)
    estimates = [near]
    if rng.chance(0.16 if deal.region == LA else 0.09) and deal.outcome != "open":
        # Pulled in: it was expected later.
        later = close + timedelta(days=rng.between(18, 70))
        pulled = close - timedelta(days=rng.between(4, 28))
        if pulled > created + timedelta(days=5):
            return [(created, later), (pulled, near)]
    pushes = rng.weighted({
        "won": {0: 48, 1: 36, 2: 16}, "lost": {0: 32, 1: 38, 2: 22, 3: 8},
        "open": {0: 45, 1: 35, 2: 20}, "cancelled": {0: 30, 1: 40, 2: 30}, "deleted": {0: 70, 1: 30},
    }[deal.outcome])
    small = deal.segment == SMB
    for _ in range(pushes):
        estimates.insert(0, estimates[0] - timedelta(days=rng.between(14, 40) if small else rng.between(22, 88)))
    entered = [(created, None)]
    for old, new in zip(estimates, estimates[1:]):
        on = workday(old + timedelta(days=rng.between(-11, 5)), 1)
        if old > created + timedelta(days=8) and on < close and on > entered[-1][0]:
            if entered[-1][1] is None:
                entered[-1] = (created, old)
            entered.append((on, new))
    if entered[-1][1] is None:
        entered[-1] = (created, near)
    return entered


def events(deal):
    """(day, {field: value}) sorted by day; the first one creates the deal."""
    rng, script = Rng("events", deal.key), deal.script
    found = []
    final, before = deal.amount, deal.amount
    if rng.chance(0.42) and "usd" not in script:
        change = rng.share(0.04, 0.24) * (1 if rng.chance(0.62) else -1)
        step = 1000 if final > 150_000 else 500 if final > 40_000 else 100
        before = max(step, int(round(final * (1 + change) / step) * step))
    first_amount = before
    if rng.chance(0.15) and "usd" not in script:
        first_amount = int(round(before * rng.share(0.75, 1.1) / 500) * 500) or before

    if deal.outcome in ("lost", "cancelled", "deleted") and "usd" not in script:
        # Below the strategic amount all its life: see LOST_CAP.
        cap = int(LOST_CAP[deal.segment] / max(plan_rate(deal.currency, FIRST_DAY), plan_rate(deal.currency, LAST_DAY)))
        before, first_amount = min(before, cap // 500 * 500), min(first_amount, cap // 500 * 500)

    estimates, stages = _estimates(deal), _stage_days(deal)
    found.append((deal.created, 0, {
        "owner": holder(deal.desk, deal.created), "stage": "Discovery", "state": "open",
        "category": _category(deal, "Discovery", deal.created), "amount": first_amount,
        "close_date": estimates[0][1], "loss_reason": "", "there": "visible_from" not in script,
    }))
    for day, close_date in estimates[1:]:
        found.append((day, 1, {"close_date": close_date}))
    settled = date(2025, 9, 15) if "slipped_on" in script else script.get("omitted_on", LAST_DAY)
    for day, stage in stages[1:]:
        if day >= settled:
            break
        found.append((day, 2, {"stage": stage, "category": _category(deal, stage, day)}))
        if stage == "Proposal":
            found.append((day, 3, {"amount": before}))
        if stage == "Negotiation" and deal.outcome in ("open", "lost"):
            found.append((day + timedelta(days=6), 3, {"amount": final}))
    if "slipped_on" in script:
        found.append((date(2025, 9, 15), 4, {"category": "commit", "stage": "Negotiation", "amount": final}))
        found.append((script["slipped_on"], 5, {"category": "best case"}))
    if "omitted_on" in script:
        found.append((script["omitted_on"], 4, {"category": "omitted"}))
    if "visible_from" in script:
        found.append((script["visible_from"], 4, {"there": True}))
    if deal.key == "due-today":
        found.append((date(2025, 12, 16), 4, {"amount": deal.amount + 4500, "category": "commit"}))
    if "reopened_on" in script:
        lost_on = script["lost_on"]
        stage = [stage for day, stage in stages if day <= lost_on][-1]
        found = [row for row in found if not lost_on <= row[0] < script["reopened_on"]]
        found.append((lost_on, 6, {"state": "lost", "stage": "Closed Lost", "category": "omitted",
                                   "close_date": lost_on, "loss_reason": "Budget cut"}))
        found.append((script["reopened_on"], 7, {"state": "open", "stage": stage, "category": "best case",
                                                 "close_date": _quarter_end(deal.close), "loss_reason": ""}))
    if deal.desk == "D10" and deal.created < HANDOVER:
        found.append((HANDOVER, 8, {"owner": "E16", "handover": True}))

    lag = rng.between(1, 3) if rng.chance(0.07) and not script and deal.close < date(2025, 12, 24) else 0
    recorded = deal.close + timedelta(days=lag)
    if deal.outcome == "won":
        found.append((recorded, 9, {"state": "won", "stage": "Closed Won", "category": "closed", "amount": final, "close_date": deal.close}))
    elif deal.outcome == "lost":
        zeroed = deal.segment == SMB and rng.chance(0.035)
        found.append((recorded, 9, {"state": "lost", "stage": "Closed Lost", "category": "omitted", "close_date": deal.close,
                                    "loss_reason": deal.loss_reason, "amount": 0 if zeroed else final}))
    elif "won_then_cancelled_on" in script:
        found.append((deal.close, 9, {"state": "won", "stage": "Closed Won", "category": "closed", "close_date": deal.close}))
        found.append((script["won_then_cancelled_on"], 9, {"state": "cancelled", "stage": "Cancelled", "category": "omitted",
                                                           "loss_reason": deal.loss_reason}))
    elif deal.outcome == "cancelled":
        found.append((recorded, 9, {"state": "cancelled", "stage": "Cancelled", "category": "omitted",
                                    "close_date": deal.close, "loss_reason": deal.loss_reason}))
    elif deal.outcome == "deleted":
        found.append((deal.close, 9, {"there": False}))
    found.sort(key=lambda row: (row[0], row[1]))
    closed = recorded if deal.outcome in ("won", "lost", "cancelled") else date(2099, 1, 1)
    return [(day, change) for day, order, change in found if day < closed or order >= 9 or day == deal.created]


def shown_on(deal, happened, day):
    """The row of an export taken at the end of a day, or None."""
    if deal.created > day:
        return None
    row = {}
    for on, change in happened:
        if on > day:
            break
        if change.get("handover"):
            # Only open deals change hands; a closed one stays with who closed it.
            if row["state"] == "open":
                row["owner"] = change["owner"]
        else:
            row.update(change)
    return row if row["there"] else None


def furthest_stage(deal, happened):
    """The last open stage before the deal was closed."""
    stage = "Discovery"
    for _, change in happened:
        if change.get("stage") in PROBABILITY:
            stage = max(stage, change["stage"], key=STAGES.index)
    return stage
