"""Losses, what became of the deals, the cases that they open, and the way there."""

from itertools import groupby

from .facts import FAR, day

CATEGORIES = ["omitted", "pipeline", "best case", "commit"]


def told(co):
    """Versions of each deal that exports show by the as-of day, in order."""
    known = sorted((v for v in co.versions if v["valid_from"] <= co.as_of), key=lambda v: (v["opportunity_id"], v["valid_from"]))
    return {key: list(mine) for key, mine in groupby(known, key=lambda v: v["opportunity_id"])}


def in_scope(co, deal):
    where = co.case.get("where", {})
    return all(deal[k] == v for k, v in where.items())


def losses(co):
    """Every loss of each deal, oldest first: the deal as it was last shown lost, its worth, and what followed."""
    out = {}
    for key, versions in told(co).items():
        mine, lost, worth = [], None, None
        for v in versions:
            if v["state"] == "lost":
                if lost is None:
                    lost = {"became": None, "became_on": None}
                    mine.append(lost)
                deal = co.described(v, co.as_of)
                opened = [x for x in versions if x["state"] == "open" and x["valid_from"] < v["valid_from"]]
                lost["deal"], lost["reached"] = deal, next((x.get("stage") for x in reversed(opened) if x.get("stage")), None)
                lost["worth"] = worth if worth is not None else deal["amount"] or None
                lost["gone"] = v["valid_to"]
            else:
                if lost:
                    lost["became"], lost["became_on"] = v["state"], v["valid_from"]
                    lost = None
                if v["state"] == "open" and v["amount"]:
                    worth = co.converted(v["amount"], v["currency"], co.as_of)
        if lost and lost["gone"] and lost["gone"] <= co.as_of:
            lost["became"], lost["became_on"] = "gone", lost["gone"]
        if mine:
            out[key] = mine
    return out


def cases(co):
    """(deal key, number, newest loss of the case)."""
    limit = co.days("post_mortem_reopen_days")
    for key, mine in losses(co).items():
        number, before = 1, None
        newest = {}
        for loss in mine:
            close = loss["deal"]["close"]
            loss["late"] = bool(loss["became_on"] and close and loss["became_on"] - close > limit)
            if before and before["became"] == "open" and before["late"]:
                number += 1
            newest[number] = loss
            before = loss
        for number, loss in newest.items():
            loss["lifted"] = loss["became"] in ("won", "cancelled", "gone") or (loss["became"] == "open" and not loss["late"])
            yield key, number, loss


def won_before(co):
    """First day on which something was won, by account and by industry."""
    accounts, industries = {}, {}
    for v in co.versions:
        if v["valid_from"] <= co.as_of and (v["valid_to"] is None or v["valid_to"] > co.as_of) and v["state"] == "won":
            if v.get("account_id") and v["close_date"] and v["close_date"] <= co.as_of:
                k = v["account_id"]
                accounts[k] = min(accounts.get(k, FAR), v["close_date"])
                industry = co.accounts.get(k, {}).get("industry")
                if industry:
                    industries[industry] = min(industries.get(industry, FAR), v["close_date"])
    return accounts, industries


def strategic_cases(co, first, last):
    """(deal, amount, why, post-mortem or none, loss, case id) of what is worked through, lifted or not."""
    accounts, industries = won_before(co)
    found = [(k, n, loss) for k, n, loss in cases(co) if loss["deal"]["close"] and first <= loss["deal"]["close"] <= last
             and in_scope(co, loss["deal"])]
    written = {}
    for record in sorted(co.records("post-mortem"), key=lambda r: r["created_at"]):
        if record["state"] == "withdrawn":
            continue
        begun = record["created_at"].date()
        fits = [n for k, n, loss in found if k == record["body"]["opportunity_id"] and (n == 1 or loss["deal"]["close"] <= begun)]
        if fits:
            written[record["body"]["opportunity_id"], max(fits)] = record
    for key, number, loss in found:
        d, amount = loss["deal"], loss["worth"]

        def above(name):
            limit = co.assumption(name, d["segment"], d["close"])
            return amount is not None and limit is not None and amount >= limit

        industry = co.accounts.get(d["account_id"], {}).get("industry")
        because = None
        if d["strategic"]:
            because = "marked"
        elif above("strategic_amount"):
            because = "amount"
        elif (d["rank"] or "").upper() in ("A", "1"):
            because = "account"
        elif above("strategic_displaced_amount") and co.rivals_of[key] and accounts.get(d["account_id"], FAR) < d["close"]:
            because = "displaced"
        elif above("strategic_vertical_amount") and industry and industries.get(industry, FAR) >= d["close"]:
            because = "new vertical"
        elif (key, number) in written:
            because = "chosen"
        if because:
            yield d, amount, because, written.get((key, number)), loss, f"post-mortem/{key}" + (f"/{number}" if number > 1 else "")


def strategic_losses(co, first, last):
    """Those that stand."""
    for d, amount, because, record, loss, _ in strategic_cases(co, first, last):
        if not loss["lifted"]:
            yield d, amount, because, record


def since_then(loss):
    on, after = loss["became_on"], loss["became"]
    if after is None:
        return None
    if after == "open":
        later = (on - loss["deal"]["close"]).days
        return f"opened again {on}, {later} days after the loss" + ("" if loss["lifted"] else ": the case stands")
    return {"won": "won after all", "cancelled": "called off", "gone": "in no export since"}[after] + f" {on}"


def post_mortems(co):
    out = []
    for d, amount, because, record, loss, case in strategic_cases(co, min(co.start, co.window), min(co.end, co.as_of)):
        state, body = (record["state"], record["body"]) if record else (None, {})
        if loss["lifted"]:
            waiting = None
        else:
            waiting = {"published": None, "reviewed": "publication", "submitted": "review"}.get(state, "form")
        earlier = d["close"] < co.start
        if earlier and waiting is None and not (loss["lifted"] and loss["became_on"] >= co.start):
            continue
        start = {"form": d["close"], "review": d["close"], "publication": record and record["since"], None: None}[waiting]
        due = waiting and start + co.days({"form": "post_mortem_form_days", "review": "post_mortem_review_days",
                                           "publication": "post_mortem_publish_days"}[waiting])
        if state == "published":
            status = "done"
        elif loss["lifted"]:
            status = "lifted"
        elif co.as_of > due:
            status = "overdue"
        else:
            status = {"publication": "reviewed", "review": "submitted"}.get(waiting) or ("draft" if record else "due")
        talked = body.get("interview_date") and day(body["interview_date"]) <= co.as_of
        asked, by = body.get("interview_asked_on"), None
        if talked:
            interview = "talked"
        elif body.get("interview_declined") == "yes":
            interview = "declined"
        elif loss["lifted"]:
            interview = None
        else:
            by = d["close"] + co.days("buyer_talk_days" if asked else "buyer_asked_days")
            interview = ("late" if asked else "ask now") if co.as_of > by else ("asked" if asked else "ask")
        late = (co.as_of - due).days if status == "overdue" else None
        out.append([d["id"], d["name"], status, late, amount, d["owner"], waiting, due, interview, by, since_then(loss), d["account"],
                    d["segment"], d["region"], d["manager"], d["close"], rivals(co, d), d["loss_reason"], because, earlier,
                    record and record["record"], case])
    order = ["overdue", "due", "draft", "submitted", "reviewed", "done", "lifted"]
    yield from sorted(out, key=lambda r: (order.index(r[2]), r[4] is None, -(r[4] or 0), r[-1]))


def rivals(co, deal):
    return ", ".join(sorted({n for n, _ in co.rivals_of[deal["id"]]})) or None


# ---- the way there ------------------------------------------------------------------------------


def steps(co, versions):
    """Each version in which something changed: what, and by how much while it was open."""
    before = None
    for v in versions:
        now = co.described(v, co.as_of)
        changed, moved, more = [], None, None
        if before is None:
            changed.append("first seen")
        else:
            if now["state"] != before["state"]:
                changed.append("reopened" if now["state"] == "open" else now["state"])
            for key, word in [("stage", "stage"), ("category", "category"), ("amount", "amount"), ("close", "close date"), ("owner", "owner")]:
                if now[key] != before[key]:
                    changed.append(word)
            if now["state"] == before["state"] == "open":
                if now["close"] and before["close"]:
                    moved = (now["close"] - before["close"]).days or None
                if now["amount"] is not None and before["amount"] is not None:
                    more = now["amount"] - before["amount"] or None
        before = now
        if changed:
            yield v["valid_from"], changed, now, moved, more


def deal_trail(co):
    out = []
    for versions in told(co).values():
        today = [v for v in versions if v["valid_to"] is None or v["valid_to"] > co.as_of]
        if not today or not co.in_period(today[-1]["close_date"]):
            continue
        for on, changed, d, moved, more in steps(co, versions):
            if in_scope(co, d):
                out.append([d["name"], on, ", ".join(changed), d["stage"], d["category"], d["amount"], more, d["close"], moved, d["state"],
                            d["owner"], co.origins.get(on), d["id"]])
    out.sort(key=lambda r: r[1], reverse=True)
    yield from sorted(out, key=lambda r: (r[0], r[-1]))


def line(on, d, moved, more):
    parts = [None if d["state"] == "open" else d["state"], d["stage"], d["category"]]
    if d["amount"] is not None:
        parts.append(f"{d['amount']}" + (f" ({more:+})" if more else ""))
    if d["close"]:
        parts.append(f"closing {d['close']}" + (f" ({moved:+} days)" if moved else ""))
    return f"{on}: " + " · ".join(p for p in parts if p)


def lost_deals(co):
    out = []
    for key, mine in losses(co).items():
        loss = mine[-1]
        d, versions = loss["deal"], told(co)[key]
        if not co.in_period(d["close"]) or not in_scope(co, d):
            continue
        way = list(steps(co, versions))
        pushed = [moved for _, _, _, moved, _ in way if moved and moved > 0]
        opened = [v for v in versions if v["state"] == "open"]
        changed_open = [x for _, _, x, _, _ in way if x["state"] == "open"]
        ranks = [CATEGORIES.index(x["category"]) for x in changed_open if x["category"] in CATEGORIES]
        stages = {}
        for v in opened:
            until = min(v["valid_to"] or co.as_of, co.as_of)
            name = v.get("stage") or "(no stage)"
            stages[name] = stages.get(name, 0) + (until - v["valid_from"]).days
        out.append([key, d["name"], d["account"], d["segment"], d["region"], d["owner"], d["manager"], loss["worth"], d["created"],
                    d["close"], (d["close"] - d["created"]).days if d["created"] else None, loss["reached"], d["loss_reason"],
                    rivals(co, d), len(pushed), sum(pushed), sum(bool(more) for *_, more in way), way[0][2]["amount"],
                    CATEGORIES[max(ranks)] if ranks else None, changed_open[-1]["category"] if changed_open else None,
                    ", ".join(f"{k} {v} days" for k, v in stages.items()) or None,
                    "\n".join(line(on, x, moved, more) for on, _, x, moved, more in way)])
    yield from sorted(out, key=lambda r: (r[7] is None, -(r[7] or 0), r[0]))
