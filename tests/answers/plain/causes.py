"""What goes with losing, and which causes come back."""

from collections import defaultdict
from math import sqrt

from .accuracy import quarter_starts
from .facts import day, share, total
from .rates import wilson


def window(co):
    return {d["id"]: (d, won, value) for d, won, value in co.closings(co.window, co.as_of)}


def qualification_signature(co):
    known = {}
    written = [r for k in ("post-mortem", "qualification") for r in co.records(k) if r["state"] != "draft"]
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
        verdict = "few" if min(len(gap), len(sure)) < 20 else "tells" if low > 0 else "nothing"
        out.append([element, verdict, gl, len(gap), share(gl, len(gap)), cl, len(sure), share(cl, len(sure)), diff, low,
                    high, gap.count(True), sum(w for _, w in deals), sum(not w for _, w in deals)])
    order = ["tells", "nothing", "few"]
    yield from sorted(out, key=lambda r: (order.index(r[1]), r[8] is None, -(r[8] or 0), r[0]))


def repeat_causes(co):
    closed, losses, outside = window(co), defaultdict(list), {}
    recent_from = quarter_starts(co, co.as_of, 1)[-1]
    everything, cases = set(), defaultdict(set)
    for r in co.records("post-mortem"):
        if r["state"] == "draft":
            continue
        key = r["body"]["opportunity_id"]
        for driver in {x["driver"] for x in r["body"].get("drivers", []) if x.get("rank") == "primary" and x.get("driver")}:
            cases[driver].add(r["record"])
            if key in closed and not closed[key][1]:
                deal, _, value = closed[key]
                sources = [x.get("source") for x in r["body"]["drivers"] if x.get("rank") == "primary" and x["driver"] == driver]
                losses[driver].append((deal["close"], value, any(s in ("buyer", "third party", "document") for s in sources)))
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
        verdict = ("escalate" if recent >= 3 else "back" if after else "fixed" if fixed else "open" if actions else "none")
        out.append([driver, verdict, recent, len(mine), total(v for _, v, _ in mine), max(c for c, _, _ in mine), len(actions),
                    len(done), late, fixed, after, all_after, share(after, all_after), sum(s for _, _, s in mine)])
    order = ["escalate", "back", "none", "open", "fixed"]
    yield from sorted(out, key=lambda r: (order.index(r[1]), -r[3], r[0]))
