"""Targets, calls, and the two bridges."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from .facts import NOT_SET, cents, day, money, rows, share, total
from .rates import by_slice

ZERO = Decimal("0.00")
LOCK = timedelta(14)


def targets(co):
    return targets_of(co, co.start, co.end)


def targets_of(co, first, last):
    """Part of the targets that falls between two days, by slice; see the rules in README.md."""
    review = set(co.months(first, last))
    known = []
    for i, row in enumerate(rows(co.folder, "target")):
        months = set(co.months(day(row["period_start"]), day(row["period_end"])))
        shared = months & review
        owner = row.get("owner_id")
        own = {"region": row.get("region"), "segment": row.get("segment"),
               "product": co.product(row["product_id"]) if row.get("product_id") else None,
               "owner": co.person(owner) if owner else None}
        full = own | {"region": own["region"] or (co.region_of(owner) if owner else None)}
        manager = co.manager_of(owner) if owner else None
        usable = {"region": own["region"] or owner, "segment": own["segment"], "product": own["product"],
                  "owner": owner, "manager": owner, "all": True}[co.by]
        if not shared or not usable:
            continue
        amount = co.converted(money(row["amount"]), row["currency"], co.as_of)
        known.append({"own": own, "full": full, "months": months, "fit": len(shared) / len(months | review),
                      "amount": cents(amount * len(shared) / len(months)),
                      "slice": co.slice_of(full["region"], own["segment"], own["product"], own["owner"], manager)})

    def includes(whole, part):
        return all(v is None or v == part["full"][k] for k, v in whole["own"].items())

    def overlap(one, other):
        return one is not other and one["months"] & other["months"] and all(
            a is None or other["full"][k] is None or a == other["full"][k] for k, a in one["full"].items())

    def rank(t):
        return tuple(t["full"][k] is not None for k in ("region", "segment", "product", "owner"))

    fitting = [t for t in known if not any(
        overlap(t, p) and includes(t, p) and p["fit"] > t["fit"] for p in known)]
    counted = [t for t in fitting if not any(
        overlap(t, o) and (includes(o, t) or (not includes(t, o) and rank(o) > rank(t))) for o in fitting)]
    out = defaultdict(lambda: ZERO)
    for target in counted:
        out[target["slice"]] += target["amount"]
    return out


def sums(pairs):
    out = defaultdict(lambda: ZERO)
    for key, value in pairs:
        out[key] += value or 0
    return out


def attainment(co):
    target = targets(co)
    booked = co.bookings()
    actual = sums((d["slice"], d["amount"]) for d in booked)
    pipeline = [d for d in co.deals(co.as_of).values()
                if d["state"] == "open" and d["category"] != "omitted" and d["close"] and d["amount"] is not None]
    due = sums((d["slice"], d["amount"]) for d in pipeline if max(co.as_of, co.start) <= d["close"] <= co.end)
    overdue = sums((d["slice"], d["amount"]) for d in pipeline if d["close"] < co.as_of)
    for name in sorted(set(target) | {d["slice"] for d in booked} | set(due) | set(overdue), key=by_slice):
        t, a = target.get(name), actual[name]
        missing = t is not None and t - a
        coverage = share(due[name], missing) if t is not None and t > 0 and missing > t * Decimal("0.05") else None
        part = usually_won(co, name)
        by_now = None if t is None or part is None else cents(Decimal(repr(float(t) * part)))
        yield [name, t, a, share(a, t), None if t is None else a - t, sum(d["slice"] == name for d in booked),
               due[name], overdue[name], by_now, share(a, by_now), coverage]


def usually_won(co, name):
    """The part of a quarter that its linearity gives to the days so far; None without one, or for other periods."""
    months = [co.start]
    while len(months) < 3:
        months.append(co.month_end(months[-1]) + timedelta(1))
    if (co.start.month - co.case["fiscal_year_start"]) % 3 or co.month_of(co.start) != co.start or co.month_end(months[2]) != co.end:
        return None
    part = 0.0
    for number, first in enumerate(months, 1):
        held = co.in_force("linearity", f"{name}:{number}", co.as_of) or co.in_force("linearity", f"*:{number}", co.as_of)
        if held is None:
            return None
        length = (co.month_end(first) - first).days + 1
        part += float(held["value"]) * min(1.0, max(0, (co.as_of - first).days + 1) / length)
    return part


def variance_notes(co):
    """The newest note of each line; its amount is None while it is a draft."""
    out = {}
    for r in sorted(co.records("variance-note"), key=lambda r: (r["created_at"], r["record"])):
        if r["state"] != "withdrawn":
            amount = sum((Decimal(c["amount"]) for c in r["body"].get("causes", []) if c.get("amount")), ZERO)
            out[r["body"]["finding"]] = (amount if r["state"] == "explained" else None, r)
    return out


def material(co, variance, call):
    limit = co.assumption("materiality_share", "*", co.as_of)
    return variance is not None and call is not None and abs(variance) > abs(call) * limit


def explained(variance, note):
    if note is None or note[0] is None or not variance:
        return None
    return max(ZERO, abs(variance) - abs(variance - note[0]))


def rate_then(co, currency, on):
    """The plan rate of a day, or today's where none held yet."""
    if currency == co.currency:
        return Decimal(1)
    try:
        return co.rate(currency, on)
    except ValueError:
        return co.rate(currency, co.as_of)


def foreign(co):
    return any(x["currency"] != co.currency for x in co.versions + rows(co.folder, "forecast"))


def calls(co, then=False):
    """(owner id, slice, call for the whole period); `then`: at the plan rates of the day it was made."""
    def worth(amount, currency, on):
        return cents(amount * rate_then(co, currency, on)) if then else co.converted(amount, currency, co.as_of)

    lines = [row | {"on": day(row["submitted_on"]), "from": day(row["period_start"]), "to": day(row["period_end"]),
                    "money": money(row["amount"])} for row in rows(co.folder, "forecast")]
    firsts = {}
    for line in sorted(lines, key=lambda x: x["on"]):
        late = line["on"] > line["from"] + LOCK or line["on"] > co.as_of or line["on"] < line["from"]
        if line["category"] != "commit" or late or line["from"] < co.start or line["to"] > co.end:
            continue
        firsts.setdefault((line["owner_id"], line["from"], line["to"]), line)
    callers = {owner for owner, _, _ in firsts}
    sellers = {v.get("owner_id") for v in co.versions}
    for (owner, first, last), line in firsts.items():
        team = {k for k, p in co.people.items() if p.get("manager_id") == owner}
        if team & callers and owner not in sellers:
            continue
        amount = worth(line["money"], line["currency"], line["on"])
        if line["roll_up"] == "single":
            said = [x for x in lines if x["category"] == "closed" and (x["owner_id"], x["from"], x["to"], x["on"]) == (owner, first, last, line["on"])]
            if said:
                amount += sum(worth(x["money"], x["currency"], line["on"]) for x in said)
            else:
                amount += sum(worth(d["local"] or ZERO, d["currency"], line["on"]) for d in co.deals(line["on"], co.as_of).values()
                              if d["owner_id"] == owner and d["state"] == "won" and d["close"] and first <= d["close"] <= last)
        yield owner, co.slice_of(co.region_of(owner), None, None, co.person(owner), co.manager_of(owner)), amount


def place(co, deal):
    if deal["state"] in ("lost", "cancelled"):
        return deal["state"]
    if deal["state"] == "won":
        return "won" if co.in_period(deal["close"]) else "won elsewhere"
    if deal["category"] == "omitted":
        return "omitted"
    if deal["close"] is None or deal["close"] > co.end:
        return "later"
    return "overdue" if deal["close"] < co.start else "open"


def forecast_variance(co):
    by_owner = co.by in ("all", "region", "owner", "manager")
    called = list(calls(co)) if by_owner else []
    target, call = targets(co), sums((s, a) for _, s, a in called)
    booked = co.bookings()
    actual = sums((d["slice"], d["amount"]) for d in booked)
    first = co.opening()
    rolled, weighted, unweighted, touched = sums([]), sums([]), defaultdict(int), set()
    spread, notes = defaultdict(float), variance_notes(co)
    for d in co.deals(first, co.as_of).values() if first else []:
        where = place(co, d)
        if where not in ("open", "won"):
            continue
        touched.add(d["slice"])
        stage = co.in_force("stage_probability", d["stage"], first)
        p = stage["value"] if stage else d["probability"]
        if where == "won" or d["category"] == "commit":
            rolled[d["slice"]] += d["amount"] or 0
        if where == "won":
            weighted[d["slice"]] += d["amount"] or 0
        elif p is None:
            unweighted[d["slice"]] += 1
        else:
            weighted[d["slice"]] += cents((d["amount"] or 0) * p)
            spread[d["slice"]] += float(d["amount"] or 0) ** 2 * float(p) * (1 - float(p))
    for name in sorted(set(target) | set(call) | {d["slice"] for d in booked} | touched, key=by_slice):
        t, f, a = target.get(name), call.get(name), actual[name]
        d_, w = (rolled[name], weighted[name]) if first else (None, None)
        errors = []
        for owner in {o for o, s, _ in called if s == name}:
            said = sum(x for o, s, x in called if o == owner)
            won = sum((d["amount"] or ZERO for d in booked if d["owner_id"] == owner), ZERO)
            errors.append((abs(said - won), won))
        counted = [float(e) / abs(float(won)) for e, won in errors if won]
        line = f"variance/{co.case['quarter']}/{co.by}/{name}"
        variance, note = None if f is None else a - f, notes.get(line)
        part = explained(variance, note)
        yield [name, t, f, a, variance, share(a, t), share(f - a, a) if f is not None else None,
               share(a - f, f) if f is not None else None, material(co, variance, f),
               None if part is None else share(part, abs(variance)),
               d_, a - d_ if first else None, w, a - w if first else None,
               cents(Decimal(spread[name] ** 0.5)) if first else None,
               f - d_ if f is not None and first else None,
               abs(a - w) - abs(a - f) if f is not None and first else None,
               share(sum(e for e, _ in errors), sum(abs(won) for _, won in errors)) if errors else None,
               sum(counted) / len(counted) if counted else None, len(errors) - len(counted),
               100 * float(f) / float(a) if f is not None and a > 0 else None, len(errors), unweighted[name],
               co.origins.get(first), note and note[0], line, note and note[1]["record"], co.case["quarter"]]


def lines_to_explain(co):
    """(line, variance, part explained, note) of every line that is material."""
    by_owner = co.by in ("all", "region", "owner", "manager")
    call = sums((s, a) for _, s, a in calls(co)) if by_owner else {}
    actual, notes = sums((d["slice"], d["amount"]) for d in co.bookings()), variance_notes(co)
    for name, f in call.items():
        variance, line = actual[name] - f, f"variance/{co.case['quarter']}/{co.by}/{name}"
        if material(co, variance, f):
            yield line, variance, explained(variance, notes.get(line)) or ZERO, notes.get(line)


def variance_causes(co):
    lines = list(lines_to_explain(co))
    size = sum((abs(v) for _, v, _, _ in lines), ZERO)
    part = sum((p for _, _, p, _ in lines), ZERO)
    if not lines:
        return
    enough = co.assumption("variance_explained_share", "*", co.as_of) or Decimal("0.8")
    yield ["(all)", None, "enough" if part / size >= enough else "too little", len(lines), size, share(part, size),
           sum((v for _, v, _, _ in lines), ZERO), None]
    causes = defaultdict(lambda: [set(), ZERO, ZERO])
    for line, _, _, note in lines:
        for c in note[1]["body"].get("causes", []) if note and note[0] is not None else []:
            group = causes[c["cause"], c.get("controllable")]
            group[0].add(line)
            group[1] += abs(Decimal(c["amount"]))
            group[2] += Decimal(c["amount"])
    for (cause, known), (where, big, net) in sorted(causes.items(), key=lambda x: (-x[1][1], x[0])):
        yield [cause, known, None, len(where), big, share(big, size), net, cause]
    if size > part:
        yield ["(not explained)", None, None, sum(p < abs(v) for _, v, p, _ in lines), size - part,
               share(size - part, size), None, None]


def notes_of_the_period(co):
    for r in sorted(co.records("variance-note"), key=lambda r: r["record"]):
        b = r["body"]
        if r["state"] == "withdrawn" or b.get("quarter") != co.case["quarter"]:
            continue
        for c in b.get("causes") or [{}]:
            yield [b.get("line"), r["state"], c.get("cause"), c.get("controllable"), money(c.get("amount")), c.get("deal"),
                   c.get("evidence"), b.get("learning"), money(b.get("variance")), b.get("owner"), b.get("changes"),
                   r["author"], (co.as_of - r["since"]).days, b["finding"], r["record"]]


def moves(co, constant):
    """Every opportunity with where it was and is, its amounts, and what moved."""
    if not co.pair():
        return []
    first, last = co.pair()
    old = co.deals(first, co.as_of if constant else first)
    new = co.deals(last, co.as_of if constant else last)
    out = []
    for key in sorted(set(old) | set(new)):
        a, b = old.get(key), new.get(key)
        source = place(co, a) if a else "entered" if b["created"] and b["created"] <= first else "new"
        goal = place(co, b) if b else "absent"
        before = a["amount"] if a else None
        restated = co.converted(a["local"], a["currency"], co.as_of if constant else last) if a else None
        out.append({"id": key, "deal": b or a, "old": a, "new": b, "from": source, "to": goal, "before": before,
                    "restated": restated or ZERO, "after": b["amount"] if b else None})
    return out


def line_of(source, goal):
    """The cell of the matrix of domain M8.1; None: neither pipeline nor bookings of the period."""
    arriving = {"new": "New", "entered": "Entered", "later": "Pulled in", "overdue": "Re-dated", "omitted": "Restored",
                "lost": "Reopened", "cancelled": "Reopened"}
    if source == "open":
        return {"open": "Stayed", "later": "Slipped", "overdue": "Re-dated out", "won": "Won",
                "won elsewhere": "Won elsewhere", "lost": "Lost", "cancelled": "Cancelled", "omitted": "Omitted",
                "absent": "Removed"}[goal]
    if source == "won":
        return {"won": "Already won", "won elsewhere": "Booking re-dated out", "lost": "Reversed",
                "cancelled": "Cancelled after booking", "absent": "Booking removed"}.get(goal, "Un-won")
    if source == "won elsewhere":
        return {"open": "Un-won", "won": "Booking re-dated in"}.get(goal)
    if goal == "open":
        return {"New": "New", "Entered": "Entered scope", "Re-dated": "Re-dated in"}.get(arriving[source], arriving[source])
    if goal == "won":
        return f"{arriving[source]} & won"
    if goal in ("lost", "cancelled") and source not in ("lost", "cancelled"):
        return f"New & {goal}" if source == "new" else f"Other {goal}"
    return None


def pipeline_lines(co):
    for m in moves(co, constant=False):
        m["line"] = line_of(m["from"], m["to"])
        if m["line"] is None:
            continue
        kept = m["from"] in ("open", "won") and m["to"] in ("open", "won") and m["line"] != "Un-won"
        before, after = m["before"] or ZERO, m["after"] or ZERO
        m["fx"] = m["restated"] - before if kept else ZERO
        m["change"] = after - m["restated"] if kept else ZERO
        for name, where in (("open", "open"), ("booked", "won")):
            was, is_ = m["from"] == where, m["to"] == where
            if kept:
                # Winners leave the pipeline and arrive in the bookings with their amount at the start.
                m[name] = before * (is_ - was)
            else:
                m[name] = after * (is_ and not was) - before * (was and not is_)
        yield m


def pipeline_bridge(co):
    if not co.pair():
        return
    first, last = co.pair()
    lines = list(pipeline_lines(co))
    table = {}

    def add(line, m, open_part, booked):
        row = table.setdefault(line, {"deals": 0, "open": [], "booked": [], "worth": []})
        row["deals"] += 1
        row["open"].append(open_part)
        row["booked"].append(booked)
        row["worth"].append(m["after"] if m["after"] is not None or line in ("Amount up", "Amount down", "Exchange rates") else m["before"])

    for m in lines:
        if m["line"] not in ("Stayed", "Already won"):
            add(m["line"], m, m["open"] if "open" in (m["from"], m["to"]) else None,
                m["booked"] if "won" in (m["from"], m["to"]) else None)
        for label, value in (("Amount up" if m["change"] > 0 else "Amount down", m["change"]), ("Exchange rates", m["fx"])):
            if value:
                add(label, m, value if m["to"] == "open" else None, value if m["to"] == "won" else None)

    def ground(on):
        known = co.deals(on).values()
        inside = [d for d in known if place(co, d) == "open"]
        return len(inside), total(d["amount"] for d in inside) or ZERO, total(d["amount"] for d in known if place(co, d) == "won") or ZERO

    start, end = ground(first), ground(last)
    if foreign(co) and "Exchange rates" not in table:
        table["Exchange rates"] = {"deals": 0, "open": [ZERO], "booked": [None], "worth": [None]}
    steps = [[line, "step" if total(r["open"]) is not None else "memo", r["deals"], total(r["open"]), total(r["booked"]),
              total(r["worth"]), None, None] for line, r in table.items()]
    left = [end[i] - start[i] - sum((s[i + 2] or ZERO for s in steps), ZERO) for i in (1, 2)]
    order = ["New", "Entered scope", "Pulled in", "Re-dated in", "Restored", "Reopened", "Un-won", "Amount up", "Amount down",
             "Exchange rates", "Won", "Won elsewhere", "Slipped", "Re-dated out", "Lost", "Cancelled", "Omitted", "Removed",
             "New & won", "Entered & won", "Pulled in & won", "Re-dated & won", "Restored & won", "Reopened & won",
             "Booking re-dated in", "Booking re-dated out", "Reversed", "Cancelled after booking", "Booking removed",
             "New & lost", "New & cancelled", "Other lost", "Other cancelled"]
    steps.sort(key=lambda s: order.index(s[0]))
    yield ["Open at start", "start", start[0], start[1], start[2], start[1], first, co.origins[first]]
    yield from (s for s in steps if s[1] == "step")
    yield ["Residual", "step", 0, left[0], left[1], None, None, None]
    yield ["Open at end", "end", end[0], end[1], end[2], end[1], last, co.origins[last]]
    yield from (s for s in steps if s[1] == "memo")


def pipeline_moves(co):
    out = []
    for m in pipeline_lines(co):
        a, b = m["old"], m["new"]
        note = None
        if m["from"] == "entered":
            note = "created before the start, not in its export"
        elif m["to"] == "absent":
            note = "no longer in the export"
        out.append([m["id"], m["deal"]["name"], m["deal"]["account"], m["deal"]["owner"] or (a and a["owner"]), m["line"],
                    m["from"], m["to"], m["before"], m["after"], m["open"], m["booked"], m["change"], m["fx"],
                    a and a["category"], b and b["category"], a and a["close"], b and b["close"], note])
    yield from sorted(out, key=lambda r: (r[4], -max(r[7] or ZERO, r[8] or ZERO), r[0]))


def forecast_parts(co):
    """[move, line, part of the rolled-up commit, effect]."""
    if not co.pair():
        return
    for m in moves(co, constant=True):
        source, goal, category = m["from"], m["to"], m["old"] and m["old"]["category"]
        before, after = m["before"] or ZERO, m["after"] or ZERO
        committed = source == "won" or (source == "open" and category == "commit")
        if committed and goal == "won":
            yield m, "Won from commit" if source == "open" else "Already won", before, after - before
        elif committed:
            if source == "won":
                line = "Reversed"
            elif goal == "open" and co.pair()[1] < co.end:
                line = "Still open"
            elif goal in ("open", "later", "overdue", "won elsewhere"):
                line = "Slipped"
            else:
                line = "Lost" if goal == "lost" else "Cancelled or removed"
            yield m, line, before, -before
        elif goal == "won":
            line = {"open": "Won from best case" if category == "best case" else "Won from pipeline",
                    "new": "Created & won"}.get(source) or line_of(source, goal)
            yield m, line, None, after
    last = co.pair()[1]
    now = {d["id"]: d for d in co.bookings()}
    then = {k: d for k, d in co.deals(last, co.as_of).items() if place(co, d) == "won"}
    for key in sorted(set(now) | set(then)):
        a, b = then.get(key), now.get(key)
        effect = ((b and b["amount"]) or ZERO) - ((a and a["amount"]) or ZERO)
        if effect:
            yield {"id": key, "deal": b or a, "old": a, "new": b, "before": a and a["amount"], "after": b and b["amount"],
                   "late": True}, "Booked late", None, effect


def forecast_moves(co):
    out = []
    for m, line, _, effect in forecast_parts(co):
        a, b = m["old"], m["new"]
        out.append([m["id"], m["deal"]["name"], m["deal"]["account"], m["deal"]["owner"] or (a and a["owner"]), line,
                    a["category"] if a and "late" not in m else None, m["before"], m["after"], effect, a and a["close"],
                    b and b["close"]])
    yield from sorted(out, key=lambda r: (-abs(r[8]), r[4], r[0]))


def forecast_bridge(co):
    if not co.pair():
        return
    parts = list(forecast_parts(co))
    call = total(a for _, _, a in calls(co))
    rolled = sum((start for _, _, start, _ in parts if start is not None), ZERO)
    rolled_deals = sum(start is not None for _, _, start, _ in parts)
    booked = co.bookings()
    actual = total(d["amount"] for d in booked) or ZERO
    steps = defaultdict(lambda: [0, ZERO])
    kept, won = rolled, 0
    for _, line, start, effect in parts:
        if start is not None:
            kept += effect
            won += line in ("Won from commit", "Already won")
        if line in ("Won from commit", "Already won") and not effect:
            continue
        if line == "Won from commit":
            line = "Amount up" if effect > 0 else "Amount down"
        line = "Restated" if line == "Already won" else line
        steps[line][0] += 1
        steps[line][1] += effect
    rest = actual - rolled - sum((s[1] for s in steps.values()), ZERO)
    order = ["Slipped", "Still open", "Lost", "Cancelled or removed", "Amount up", "Amount down", "Restated", "Reversed",
             "Commit won", "Won from best case", "Won from pipeline", "Restored & won", "Pulled in & won", "Re-dated & won",
             "Created & won", "Entered & won", "Reopened & won", "Booking re-dated in", "Booked late", "Residual"]
    out = []
    if call is not None:
        out += [["Call", "start", None, call], ["Overlay", "step", None, rolled - call]]
    out.append(["Rolled-up commit", "start" if call is None else "total", rolled_deals, rolled])
    steps = {k: [k, "step", *v] for k, v in steps.items()}
    made = total(a for _, _, a in calls(co, then=True))
    if out and out[0][0] == "Call":
        out[0][3] = made
        if foreign(co) or made != call:
            out.insert(1, ["Exchange rates", "step", None, call - made])
    steps |= {"Commit won": ["Commit won", "total", won, kept], "Residual": ["Residual", "step", 0, rest]}
    out += [steps[name] for name in order if name in steps] + [["Actual", "end", len(booked), actual]]
    gross, notes = ZERO, variance_notes(co)
    for line, role, n, amount in out:
        gross += abs(amount) if role == "step" else 0
        origin = {"Rolled-up commit": co.origins[co.pair()[0]], "Commit won": co.origins[co.pair()[1]]}.get(line)
        name = f"bridge/{co.case['quarter']}/{line}"
        note = notes.get(name)
        part = explained(amount, note)
        yield [line, role, n, amount, share(amount, call), gross, origin, role == "step" and material(co, amount, call),
               None if part is None else share(part, abs(amount)), name, note and note[1]["record"], co.case["quarter"]]
