"""The ledger's steps in time order, and the counts that its texts quote."""

import json
from datetime import date, datetime

from ..company import COMPETITORS, UNLISTED
from ..history import furthest_stage

PREFIX = {
    "post-mortem": "PM",
    "battle-card": "BC",
    "card-note": "CN",
    "board-member": "MB",
    "criterion": "CR",
    "qualification": "QU",
    "play": "PL",
    "decision": "DE",
    "action": "AC",
    "feedback": "FB",
    "course-correction": "CC",
    "variance-note": "VN",
    "reallocation": "RA",
    "capacity-scenario": "CS",
    "capacity-plan": "CP",
}


class Book:
    """Records are named by a key while they're written; ids follow the order of creation."""

    def __init__(self, deals, accounts, histories):
        self.deals, self.accounts, self.histories = deals, accounts, histories
        self.steps, self.kinds = [], {}

    def create(self, kind, key, at, author, body, reason=None):
        self.kinds[key] = kind
        if kind == "post-mortem":
            # The program fills in what it knows of the deal, if nothing of it is given.
            body = {field: value for field, value in body.items() if field not in ("competitor", "stage_reached")}
        self._step(key, "create", at, author, reason, body=body)

    def revise(self, key, at, author, body, reason):
        self._step(key, "revise", at, author, reason, body=body)

    def move(self, key, at, author, state, reason=None):
        self._step(key, "move", at, author, reason, state=state)

    def _step(self, key, action, at, author, reason, **rest):
        moment = datetime.strptime(at, "%Y-%m-%d %H:%M")
        self.steps.append((moment, len(self.steps), key, action, author, reason, rest))

    def lines(self):
        ids, counts, written, text = {}, {}, [], []
        self.steps.sort(key=lambda step: step[:2])
        for moment, _, key, action, author, reason, rest in self.steps:
            kind = self.kinds[key]
            if action == "create":
                counts[kind] = counts.get(kind, 0) + 1
                ids[key] = f"{PREFIX[kind]}-{counts[kind]}"
            line = {"record": ids[key], "kind": kind, "action": action}
            if "state" in rest:
                line["state"] = rest["state"]
            if "body" in rest:
                line["body"] = _linked(_without_empty(rest["body"]), ids)
            line |= {"author": author, "at": moment.strftime("%Y-%m-%dT%H:%M:00Z")}
            if reason:
                line["reason"] = reason
            written.append(line)
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in written)

    # ---- what the texts quote ----------------------------------------------------------

    def story(self, name):
        return next(deal for deal in self.deals if deal.script.get("story") == name)

    def facts(self, name):
        """Which deal a post-mortem is about, and what people may correct of it. By its story, or by name and account."""
        deal = self.story(name) if isinstance(name, str) else next(
            deal for deal in self.deals if (deal.name, self.accounts[deal.account]["name"]) == name)
        return {
            "opportunity_id": deal.id,
            "stage_reached": furthest_stage(deal, self.histories[deal.id]),
            "competitor": COMPETITORS[deal.competitor][0] if deal.competitor else "",
            "price_gap": str(float(deal.price_gap)) if deal.price_gap else "",
        }

    def tally(self, competitor=None, until="2025-12-31", since="2024-01-01", **match):
        """(won, closed) as strings, of the deals that closed in these days."""
        since, until = date.fromisoformat(since), date.fromisoformat(until)
        won = closed = 0
        for deal in self.deals:
            if deal.outcome not in ("won", "lost") or not since <= deal.close <= until:
                continue
            if competitor and deal.competitor != competitor:
                continue
            if any(not _matches(getattr(deal, name), wanted) for name, wanted in match.items()):
                continue
            closed += 1
            won += deal.outcome == "won"
        return {"won": str(won), "closed": str(closed)}


def _matches(value, wanted):
    return value in wanted if isinstance(wanted, tuple) else value == wanted


def _without_empty(value):
    """An empty field is an absent one."""
    if isinstance(value, dict):
        kept = {key: _without_empty(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in ("", None, [], {})}
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value


def _linked(value, ids):
    """`@key` becomes the record's id; a record can only point at one that is there already."""
    if isinstance(value, dict):
        return {key: _linked(item, ids) for key, item in value.items()}
    if isinstance(value, list):
        return [_linked(item, ids) for item in value]
    if isinstance(value, str) and value.startswith("@"):
        return ids[value[1:]]
    return value


assert UNLISTED
