"""What goes with losing, and which causes come back."""

from collections import defaultdict
from datetime import timedelta
from math import sqrt

from .accuracy import quarter_starts
from .facts import NOT_SET, day, share, total
from .cases import strategic_losses
from .rates import by_slice, wilson


def window(co):
    return {d["id"]: (d, won, value) for d, won, value in co.closings(co.window, co.as_of)}


def qualification_signature(co):
    known = {}
    written = [r for k in ("post-mortem", "qualification") for r in co.records(k) if r["state"] not in ("draft", "withdrawn")]
    for r in sorted(written, key=lambda r: r["updated_at"]):
        for line in r["body"].get("meddppicc", []):
            if line.get("element") and line.get("status"):
                known[r["body"]["opportunity_id"], line["element"]] = line["status"]
    closed, out = window(co), []
    seen = defaultdict(list)
    for (key, element), status in known.items():
        if key in closed:
            seen[element].append((status, closed[key][1]))
    for element, deals in seen.items():
        gap = [won for status, won in deals if status == "gap"]
        sure = [won for status, won in deals if status == "confirmed"]
        gl, cl = gap.count(False), sure.count(False)
        diff = low = high = None
        if gap and sure:
            p, q = gl / len(gap), cl / len(sure)
            (l1, u1), (l2, u2) = wilson(gl, len(gap)), wilson(cl, len(sure))
            diff = p - q
            low, high = diff - sqrt((p - l1) ** 2 + (u2 - q) ** 2), diff + sqrt((u1 - p) ** 2 + (q - l2) ** 2)
        verdict = "few" if min(len(gap), len(sure)) < co.assumption("signature_min_n", "*", co.as_of) else "tells" if low > 0 else "nothing"
        out.append([element, verdict, gl, len(gap), share(gl, len(gap)), cl, len(sure), share(cl, len(sure)), diff, low,
                    high, gap.count(True), sum(w for _, w in deals), sum(not w for _, w in deals)])
    order = ["tells", "nothing", "few"]
    yield from sorted(out, key=lambda r: (order.index(r[1]), r[8] is None, -(r[8] or 0), r[0]))


def primary(record):
    """The drivers that a post-mortem calls primary and who says so; before its review the seller's choice."""
    out = defaultdict(list)
    for line in record["body"].get("drivers", []):
        if line.get("rank") == "primary" and line.get("driver"):
            out[line["driver"]].append(line.get("source"))
    if not out and record["body"].get("rep_driver"):
        out[record["body"]["rep_driver"]] = ["rep"]
    return out


OUTSIDE = ("buyer", "third party", "document")


def repeat_causes(co):
    closed, losses, outside = window(co), defaultdict(list), {}
    recent_from = quarter_starts(co, co.as_of, 1)[-1]
    everything, cases = set(), defaultdict(set)
    for r in co.records("post-mortem"):
        if r["state"] in ("draft", "withdrawn"):
            continue
        key = r["body"]["opportunity_id"]
        for driver, sources in primary(r).items():
            cases[driver].add(r["record"])
            if key in closed and not closed[key][1]:
                deal, _, value = closed[key]
                losses[driver].append((deal["close"], value, any(s in OUTSIDE for s in sources)))
                everything.add((key, deal["close"]))
    out = []
    for driver, mine in losses.items():
        actions = [a for a in co.records("action") if a["body"].get("about") in cases[driver] and a["state"] != "dropped"]
        done = [a for a in actions if a["state"] == "done"]
        late = sum(a["state"] == "open" and day(a["body"]["due_on"]) < co.as_of for a in actions)
        fixed = max((a["since"] for a in done), default=None)
        after = sum(close > fixed for close, _, _ in mine) if fixed else 0
        all_after = sum(close > fixed for _, close in everything) if fixed else 0
        recent = sum(close >= recent_from for close, _, _ in mine)
        verdict = ("escalate" if recent >= co.assumption("repeat_cause_limit", "*", co.as_of) else "back" if after else "fixed" if fixed else "open" if actions else "none")
        out.append([driver, verdict, recent, len(mine), total(v for _, v, _ in mine), max(c for c, _, _ in mine), len(actions),
                    len(done), late, fixed, after, all_after, share(after, all_after), sum(s for _, _, s in mine), f"Stop losing to: {driver}"])
    order = ["escalate", "back", "none", "open", "fixed"]
    yield from sorted(out, key=lambda r: (order.index(r[1]), -r[3], r[0]))


def loss_patterns(co):
    newest, before = quarter_starts(co, co.as_of, 1)[0], quarter_starts(co, co.as_of, 1)[-1]
    causes = {}
    for r in co.records("post-mortem"):
        if r["state"] not in ("draft", "withdrawn"):
            for driver, sources in primary(r).items():
                record, sure = causes.setdefault(r["body"]["opportunity_id"], {}).get(driver, ("", False))
                causes[r["body"]["opportunity_id"]][driver] = max(record, r["record"]), sure or any(s in OUTSIDE for s in sources)
    rows = defaultdict(list)
    for key, (deal, won, value) in window(co).items():
        if won:
            continue
        named = causes.get(key) or ({deal["loss_reason"]: (None, False)} if deal["loss_reason"] else {})
        for driver, (record, sure) in named.items():
            for rival in {n for n, _ in co.rivals_of[key]} or {None}:
                rows[driver, deal["segment"] or NOT_SET, rival].append((deal["close"], value, record, sure))
    out = []
    for (driver, segment, rival), mine in rows.items():
        now, then = sum(c >= newest for c, *_ in mine), sum(before <= c < newest for c, *_ in mine)
        trend = "more" if now > then else "fewer" if now < then else "as many"
        cases = sorted(r for _, _, r, _ in mine if r)
        out.append([driver, segment, rival, len(mine), total(v for _, v, _, _ in mine), trend, now, then, len(cases),
                    sum(s for *_, s in mine), max(c for c, *_ in mine), ", ".join(cases) or None])
    yield from sorted(out, key=lambda r: (-r[3], r[0], r[1], r[2] is None, r[2] or ""))


def handed_in(co):
    first = {}
    for r in co.history("post-mortem"):
        if r["state"] not in ("draft", "withdrawn"):
            first.setdefault(r["record"], r["updated_at"].date())
    return first


def post_mortem_coverage(co):
    quarters, first, actions = defaultdict(list), handed_in(co), [a for a in co.records("action") if a["state"] != "dropped"]
    for deal, amount, _, record in strategic_losses(co, co.window, co.as_of):
        quarters[quarter_starts(co, deal["close"], 0)[0]].append((deal, amount, record))
    for start, mine in sorted(quarters.items(), reverse=True):
        with_record = [(d, r, r["body"]) for d, _, r in mine if r]
        done = [x for x in with_record if x[1]["state"] == "published"]
        in_time = sum((first[r["record"]] - d["close"]).days <= co.days("post_mortem_form_days").days
                      for d, r, _ in with_record if r["record"] in first)
        talked = sum(bool(b.get("interview_date")) and day(b["interview_date"]) <= co.as_of for _, _, b in with_record)
        both = []
        for _, _, b in with_record:
            outside = [x["driver"] for x in b.get("drivers", []) if x.get("rank") == "primary" and x.get("source") in OUTSIDE and x.get("driver")]
            if outside and b.get("rep_driver"):
                both.append(outside[0] == b["rep_driver"])
        drivers = [min(primary(r)) for _, r, _ in with_record if r["state"] not in ("draft", "withdrawn") and primary(r)]
        follow = {r["record"]: [a for a in actions if a["body"].get("about") == r["record"]] for _, r, _ in with_record}
        acted = [r["record"] for _, r, b in done if b.get("actions") or follow[r["record"]]]
        said = sum(bool(b.get("no_change_because")) and r["record"] not in acted for _, r, b in done)
        every = [a for f in follow.values() for a in f]
        yield [co.quarter_name(start), len(mine), len(done), share(len(done), len(mine)), in_time, share(in_time, len(mine)), talked,
               share(talked, len(mine)), sum(both), len(both), share(sum(both), len(both)), drivers.count("other"), len(drivers),
               share(drivers.count("other"), len(drivers)), len(acted), said, len(every), sum(a["state"] == "done" for a in every),
               total(a for _, a, _ in mine), start]


def fix_effect(co):
    closed = {d["id"]: d["close"] for d, won, _ in co.closings(day("1900-01-01"), co.as_of) if not won}
    cases = {r["record"]: (primary(r), closed.get(r["body"]["opportunity_id"])) for r in co.records("post-mortem") if r["state"] not in ("draft", "withdrawn")}
    out = []
    for a in co.records("action"):
        b, about = a["body"], a["body"].get("about")
        if a["state"] == "dropped" or about not in cases or not cases[about][0]:
            continue
        driver = min(cases[about][0])
        done, due = (a["since"] if a["state"] == "done" else None), day(b.get("due_on"))

        def counts(first, last):
            near = [d for d, on in cases.values() if done and on and d and first <= (on - done).days <= last]
            return sum(driver in d for d in near), len(near)

        before, one, two = counts(-182, -1), counts(1, 91), counts(1, 182)
        age = (co.as_of - done).days if done else -1
        s0, s1, s2 = share(*before), share(*one) if age >= 91 else None, share(*two) if age >= 182 else None
        now = s2 if s2 is not None else s1
        if a["state"] == "open":
            verdict = "late" if due and co.as_of > due else "open"
        elif age < 91:
            verdict = "too early"
        elif now is None or s0 is None:
            verdict = "no cases"
        else:
            verdict = "none" if now == 0 else "fewer" if now < s0 else "not fewer"
        following = None
        if done and age < 182:
            following = done + timedelta(91 if age < 91 else 182)
        out.append([b.get("title"), verdict, b.get("owner"), due, done, driver, b.get("artefact"), *before, s0, *one, s1, *two, s2,
                    following, a["record"], about])
    order = ["late", "not fewer", "open", "too early", "no cases", "fewer", "none"]
    yield from sorted(out, key=lambda r: (order.index(r[1]), r[4] is not None, r[4] or co.as_of, r[3] is None, r[3] or co.as_of, r[17]))
