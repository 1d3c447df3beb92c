"""Reads a fact set and knows what a row means on a day."""

import csv
import json
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

NOT_SET = "(not set)"
UNMAPPED = "(unmapped)"
CENT = Decimal("0.01")
FAR = date(9999, 12, 31)
# What a new workspace starts with.
DEFAULTS = [
    ("win_rate_threshold", "*", "0.30"), ("win_rate_min_n", "*", "1"), ("win_rate_grace_days", "*", "5"),
    ("strategic_amount", "*", "100000"), ("card_sla_days", "1", "30"), ("card_sla_days", "2", "60"),
    ("card_sla_days", "3", "90"), ("card_pricing_sla_days", "*", "30"), ("card_trigger_sla_days", "*", "7"),
    ("card_trigger_sla_days", "packaging", "14"), ("card_trigger_sla_days", "launch", "14"),
    ("card_trigger_sla_days", "funding", "14"), ("card_trigger_sla_days", "request", "14"),
    ("card_trigger_deals", "*", "2"), ("card_trigger_rate_days", "*", "91"), ("card_trigger_drop", "*", "0.10"),
    ("card_trigger_min_n", "*", "10"), ("card_trigger_price_days", "*", "30"), ("card_trigger_price_losses", "*", "3"),
    ("card_due_soon_days", "*", "7"), ("card_line_days", "*", "30"), ("card_effect_days", "*", "90"),
    ("card_effect_min_n", "*", "10"), ("feedback_triage_days", "*", "14"), ("feedback_decide_days", "*", "30"),
    ("feedback_tell_days", "*", "14"), ("feedback_segment_weight", "*", "1"), ("board_mix_points", "*", "0.10"),
    ("play_effect_days", "*", "90"), ("play_effect_min_n", "*", "30"), ("play_adoption_weeks", "*", "8"),
    ("play_adoption_share", "*", "0.15"), ("post_mortem_publish_days", "*", "14"), ("buyer_asked_days", "*", "30"),
    ("buyer_talk_days", "*", "90"), ("strategic_displaced_amount", "*", "50000"), ("strategic_vertical_amount", "*", "50000"),
    ("repeat_cause_limit", "*", "3"), ("signature_min_n", "*", "20"), ("criterion_effect_days", "*", "182"), ("criterion_effect_min_n", "*", "20"), ("win_loss_min_n", "*", "12"),
    ("post_mortem_form_days", "*", "7"), ("post_mortem_review_days", "*", "21"), ("post_mortem_reopen_days", "*", "30"),
    ("materiality_share", "*", "0.05"), ("late_booking_days", "*", "7"),
    ("roi_hurdle", "*", "0"), ("roi_trend_agreement", "*", "0.7"), ("roi_ramped_share", "*", "0.80"),
    ("roi_utilisation", "*", "0.85"), ("roi_coverage", "*", "3"), ("roi_outlier_share", "*", "0.30"),
    ("launch_quarters", "*", "4"), ("reallocation_cap", "*", "0.15"), ("ramp_months", "*", "4"),
    ("ramp_min_hires", "*", "8"), ("notice_days", "*", "30"), ("time_to_fill_days", "*", "45"),
    ("hiring_min_hires", "*", "8"), ("attrition_quarter", "*", "0.05"), ("attrition_min_months", "*", "120"),
    ("attainment_factor", "*", "1"), ("capacity_quarters", "*", "6"), ("active_deals", "*", "40"),
    ("velocity_drift", "*", "0.10"), ("lever_attrition", "*", "0.05"), ("lever_ramp_months", "*", "1"),
    ("lever_win_rate", "*", "0.03"), ("lever_fill_days", "*", "30"), ("lever_pipeline", "*", "0.10"),
    ("calibration_quarters", "*", "8"),
    ("calibration_prior_deals", "*", "20"),
    ("calibration_min_deals", "*", "20"),
    ("calibration_min_change", "*", "0.05"),
    ("calibration_mega_multiple", "*", "3"),
    ("forecast_hit_share", "*", "0.10"),
    ("coverage_min_missing", "*", "10000"),
    ("category_close_rate", "commit", "0.85"),
    ("category_close_rate", "best case", "0.50"),
    ("category_close_rate", "pipeline", "0.10"),
    ("variance_explained_share", "*", "0.80"),
    ("alert_hysteresis", "*", "0.02"),
    ("alert_shift_points", "*", "0.10"),
    ("alert_shift_min_losses", "*", "10"),
    ("alert_person_share", "*", "0.50"),
    ("alert_sweep_share", "*", "0.25"),
]


def day(text):
    return date.fromisoformat(text) if text else None


def money(text):
    return Decimal(text).quantize(CENT) if text else None


def cents(value):
    return None if value is None else Decimal(value).quantize(CENT, ROUND_HALF_UP)


def rows(folder, table):
    path = Path(folder) / "facts" / f"{table}.csv"
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return [{key: value or None for key, value in row.items()} for row in csv.DictReader(file)]


class Company:
    """A fact set with the question that is put to it."""

    def __init__(self, folder, figure):
        case = json.loads((Path(folder) / "case.json").read_text())
        case.update(case["figures"].get(figure, {}))
        self.start, self.end = day(case["period_start"]), day(case["period_end"])
        self.as_of, self.by, self.currency = day(case["as_of"]), case["by"], case["currency"]
        self.case = case
        self.folder = folder
        self.people = {row["person_id"]: row for row in rows(folder, "person")}
        self.accounts = {row["account_id"]: row for row in rows(folder, "account")}
        self.products = {row["product_id"]: row for row in rows(folder, "product")}
        self.rivals = {row["competitor_id"]: row for row in rows(folder, "competitor")}
        self.versions = rows(folder, "opportunity")
        for version in self.versions:
            for key in ("valid_from", "valid_to", "created_on", "close_date"):
                version[key] = day(version.get(key))
            version["amount"] = money(version.get("amount"))
        self.snapshots = sorted(day(row["taken_on"]) for row in rows(folder, "snapshot"))
        self.origins = {day(row["taken_on"]): row["origin"] for row in rows(folder, "snapshot")}
        self.assumptions = [
            {"name": n, "scope": s, "value": Decimal(v), "effective_from": date(1900, 1, 1), "version": 1,
             "author": "qbr", "at": "2020-01-01T00:00:00Z", "reason": "default"}
            for n, s, v in DEFAULTS
        ]
        for row in rows(folder, "assumption"):
            self.assumptions.append(row | {
                "value": Decimal(row["value"]), "effective_from": day(row["effective_from"]),
                "version": int(row["version"]), "at": row["at"].replace(" ", "T") + "Z",
            })
        written = [r for r in self.records("assumption") if r["state"] == "accepted" and r["body"].get("effective_on")]
        for r in written:
            b = r["body"]
            self.assumptions.append({
                "name": b["name"], "scope": b["scope"], "value": Decimal(b["value"]), "version": r["revision"],
                "effective_from": day(b["effective_on"]), "author": r["author"],
                "at": r["updated_at"].strftime("%Y-%m-%dT%H:%M:%SZ"),
                "reason": f"{r['record']}: {r['reason'] or b.get('because')}",
            })
        self.rivals_of = defaultdict(list)
        for row in rows(folder, "deal_competitor"):
            self.rivals_of[row["opportunity_id"]].append(
                (self.rival(row["competitor_id"]), Decimal(row["price_gap"]) if row.get("price_gap") else None)
            )

    # -- names ---------------------------------------------------------------------------------

    def _named(self, table, key):
        row = table.get(key)
        if row is None:
            return key
        if row.get("name") is None:
            return key
        alike = sum(other.get("name") == row["name"] for other in table.values())
        return f"{row['name']} ({key})" if alike > 1 else row["name"]

    def _lost(self, table, key):
        """The list is there and the key is not on it."""
        return bool(table) and key is not None and key not in table

    def _called(self, table, key):
        return f"{key} {UNMAPPED}" if self._lost(table, key) else self._named(table, key)

    def person(self, key):
        return self._called(self.people, key)

    def product(self, key):
        return self._called(self.products, key)

    def rival(self, key):
        return self._named(self.rivals, key)

    def region_of(self, owner):
        known = self.people.get(owner, {}).get("region")
        return UNMAPPED if self._lost(self.people, owner) else known

    def placed(self, row):
        """The region of a deal or an order: its own, the seller's, the account's."""
        owner, account = row.get("owner_id"), row.get("account_id")
        known = row.get("region") or self.people.get(owner, {}).get("region")
        known = known or self.accounts.get(account, {}).get("region")
        return known or (UNMAPPED if self._lost(self.accounts, account) else self.region_of(owner))

    def manager_of(self, owner):
        if self._lost(self.people, owner):
            return UNMAPPED
        manager = self.people.get(owner, {}).get("manager_id")
        return self._named(self.people, manager) if manager else None

    def slice_of(self, region, segment, product, owner, manager):
        values = {"region": region, "segment": segment, "product": product, "owner": owner, "manager": manager}
        return "all" if self.by == "all" else values[self.by] or NOT_SET

    # -- money and judgement -------------------------------------------------------------------

    def rate(self, currency, on):
        known = [
            (day(row["rate_date"]), Decimal(row["rate"])) for row in rows(self.folder, "exchange_rate")
            if row["kind"] == "plan" and row["from_currency"] == currency
            and row["to_currency"] == self.currency and day(row["rate_date"]) <= on
        ]
        return max(known)[1]

    def converted(self, amount, currency, on):
        if amount is None or currency == self.currency:
            return amount
        return cents(amount * self.rate(currency, on))

    def in_force(self, name, scope, on):
        """The version that holds for exactly this scope."""
        known = [a for a in self.assumptions if a["name"] == name and a["scope"] == scope and a["effective_from"] <= on]
        return max(known, key=lambda a: (a["effective_from"], a["at"], a["version"]), default=None)

    def assumption(self, name, scope, on):
        found = self.in_force(name, scope, on) or self.in_force(name, "*", on)
        return found["value"] if found else None

    def days(self, name, scope="*"):
        value = self.assumption(name, scope, self.as_of)
        return timedelta(int(value))

    # -- time ----------------------------------------------------------------------------------

    def month_of(self, when):
        return when.replace(day=1)

    def month_end(self, start):
        return (start.replace(day=28) + timedelta(4)).replace(day=1) - timedelta(1)

    def months(self, first, last):
        out, month = [], self.month_of(first)
        while month <= last:
            out.append(month)
            month = self.month_end(month) + timedelta(1)
        return out

    def quarter_name(self, first):
        """2025-Q4, of the fiscal quarter that begins on a day."""
        begins = self.case["fiscal_year_start"]
        year = first.year + (begins > 1 and first.month >= begins)
        return f"{year}-Q{(first.month - begins) % 12 // 3 + 1}"

    @property
    def window(self):
        return self.as_of - timedelta(546)

    def in_period(self, when):
        return when is not None and self.start <= when <= self.end

    # -- deals ---------------------------------------------------------------------------------

    def described(self, v, rate_on):
        """A version of an opportunity with its names and its money."""
        account = self.accounts.get(v.get("account_id"), {})
        nowhere = UNMAPPED if self._lost(self.accounts, v.get("account_id")) else None
        deal = {
            "id": v["opportunity_id"], "name": v.get("name") or v["opportunity_id"],
            "account": account.get("name") or v.get("account_id"), "rank": account.get("rank"),
            "account_id": v.get("account_id"),
            "region": self.placed(v),
            "segment": v.get("segment") or account.get("segment") or nowhere, "product": self.product(v.get("product_id")),
            "owner": self.person(v.get("owner_id")), "manager": self.manager_of(v.get("owner_id")), "owner_id": v.get("owner_id"),
            "stage": v.get("stage"), "state": v["state"], "category": v.get("forecast_category"),
            "amount": self.converted(v["amount"], v["currency"], rate_on),
            "local": v["amount"], "currency": v["currency"],
            "probability": Decimal(v["probability"]) if v.get("probability") else None,
            "created": v["created_on"], "close": v["close_date"], "loss_reason": v.get("loss_reason"),
            "lead_source": v.get("lead_source"), "deal_type": v.get("deal_type"),
            "strategic": v.get("strategic") == "true",
        }
        deal["slice"] = self.slice_of(*(deal[k] for k in ("region", "segment", "product", "owner", "manager")))
        return deal

    def deals(self, on, rate_on=None):
        """Every opportunity on a day, described."""
        return {
            v["opportunity_id"]: self.described(v, rate_on or on) for v in self.versions
            if v["valid_from"] <= on and (v["valid_to"] is None or v["valid_to"] > on)
        }

    def worth_when_lost(self, deal):
        """The last amount while it was open, else its own; a zero says nothing."""
        history = [
            v for v in self.versions
            if v["opportunity_id"] == deal["id"] and v["state"] == "open" and v["valid_from"] <= self.as_of and v["amount"]
        ]
        if history:
            last = max(history, key=lambda v: v["valid_from"])
            return self.converted(last["amount"], last["currency"], self.as_of)
        return deal["amount"] or None

    def closings(self, first, last):
        """(deal, won, value) of everything won or lost with a close date in the range."""
        out = []
        for deal in self.deals(self.as_of).values():
            if deal["state"] in ("won", "lost") and deal["close"] and first <= deal["close"] <= last:
                won = deal["state"] == "won"
                out.append((deal, won, deal["amount"] if won else self.worth_when_lost(deal)))
        return out

    def bookings(self):
        return [d for d in self.deals(self.as_of).values() if d["state"] == "won" and self.in_period(d["close"])]

    def opening(self):
        before = [s for s in self.snapshots if s <= min(self.start, self.as_of)]
        within = [s for s in self.snapshots if self.start <= s <= min(self.end, self.as_of)]
        return before[-1] if before else within[0] if within else None

    def closing(self):
        limit = min(self.as_of, self.end + self.days("late_booking_days"))
        known = [s for s in self.snapshots if s <= limit]
        return known[-1] if known else None

    def pair(self):
        first, last = self.opening(), self.closing()
        return (first, last) if first and last and first < last else None

    # -- records -------------------------------------------------------------------------------

    def records(self, kind):
        """Each record as it stands."""
        newest = {r["record"]: r for r in self.history(kind)}
        return list(newest.values())

    def history(self, kind):
        """Each record after each of its steps, in the order of the steps."""
        path = Path(self.folder) / "facts" / "records.jsonl"
        out, steps = {}, []
        if not path.exists():
            return []
        for line in path.read_text(encoding="utf-8").splitlines():
            step = json.loads(line)
            old = out.get(step["record"])
            at = datetime.fromisoformat(step["at"].replace("Z", "+00:00"))
            moved = old is None or old["state"] != step["state"]
            out[step["record"]] = {
                "record": step["record"], "kind": step["kind"], "state": step["state"],
                "action": step["action"], "toward": step.get("toward"), "body": step.get("body") or old["body"], "created_at": old["created_at"] if old else at,
                "updated_at": at, "author": step["author"], "reason": step.get("reason"),
                "revision": (old["revision"] if old else 0) + 1, "since": at.date() if moved else old["since"],
            }
            steps.append(out[step["record"]])
        return [r for r in steps if r["kind"] == kind]


def share(part, whole):
    return float(part) / float(whole) if part is not None and whole is not None and whole > 0 else None


def total(values):
    """Sum of what is known; None of nothing."""
    known = [v for v in values if v is not None]
    return sum(known) if known else None
