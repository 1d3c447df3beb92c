"""Win rates, alerts, competitors and cards, deals and losses."""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from math import comb, sqrt
from statistics import median

from .facts import NOT_SET, cents, day, rows, share, total

Z = 1.6448536269514722


def wilson(won, n):
    if not n:
        return None, None
    p = won / n
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    spread = Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n)) / (1 + Z * Z / n)
    return max(0.0, middle - spread), min(1.0, middle + spread)


def tail(won, n, p):
    return sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(won + 1))


def by_slice(name):
    return (name == NOT_SET, name)


def trend_start(co):
    month = co.month_of(co.end)
    for _ in range(11):
        month = co.month_of(month - timedelta(1))
    return min(co.start, month)


def record_of_rivals(co):
    out = defaultdict(lambda: {"won": 0, "n": 0, "won_amount": [], "lost_amount": [], "gaps": [], "shared": 0})
    for deal, won, value in co.closings(co.window, co.as_of):
        for name, gap in co.rivals_of[deal["id"]]:
            r = out[name]
            r["won"] += won
            r["n"] += 1
            r["won_amount" if won else "lost_amount"].append(value)
            r["gaps"].append(gap)
            r["shared"] += len(co.rivals_of[deal["id"]]) > 1
    return out


def competitors(co):
    record, listed = record_of_rivals(co), {co.rival(k): r for k, r in co.rivals.items()}
    pipeline = defaultdict(list)
    for deal in co.deals(co.as_of).values():
        if deal["state"] == "open":
            for name, _ in co.rivals_of[deal["id"]]:
                pipeline[name].append(deal["amount"])
    names = set(listed) | set(record) | set(pipeline)
    empty = {"won": 0, "n": 0, "won_amount": [], "lost_amount": [], "gaps": [], "shared": 0}
    for name in sorted(names, key=lambda x: (-record.get(x, empty)["n"], x)):
        r, row = record.get(name, empty), listed.get(name, {})
        low, high = wilson(r["won"], r["n"])
        gaps = [g for g in r["gaps"] if g is not None]
        yield [name, int(row["tier"]) if row.get("tier") else None, r["won"], r["n"], share(r["won"], r["n"]), low, high,
               "evidence" if r["n"] >= co.assumption("win_loss_min_n", "*", co.as_of) else "anecdote" if r["n"] else None, total(r["won_amount"]),
               total(r["lost_amount"]), float(median(gaps)) if gaps else None, r["shared"], len(pipeline.get(name, [])),
               total(pipeline.get(name, [])), day(row.get("first_seen")), co.window, co.as_of]


def rival_names(co, deal):
    return ", ".join(sorted({n for n, _ in co.rivals_of[deal["id"]]})) or None


def deals(co):
    out = []
    for d in co.deals(co.as_of).values():
        if not co.in_period(d["close"]):
            continue
        opened = [v for v in co.versions if v["opportunity_id"] == d["id"] and v["state"] == "open" and v["valid_from"] <= co.as_of]
        reached = max(opened, key=lambda v: v["valid_from"]).get("stage") if opened else None
        amount = co.worth_when_lost(d) if d["state"] == "lost" else d["amount"]
        until = co.as_of if d["state"] == "open" else d["close"]
        out.append([d["id"], d["name"], d["account"], d["region"], d["segment"], d["product"], d["owner"], d["manager"],
                    d["slice"], d["stage"], reached, d["state"], d["category"], amount,
                    float(d["probability"]) if d["probability"] is not None else None, d["created"], d["close"],
                    (until - d["created"]).days if d["created"] else None, d["loss_reason"], rival_names(co, d),
                    d["lead_source"], d["deal_type"], d["strategic"]])
    yield from sorted(out, key=lambda r: (r[13] is None, -(r[13] or 0), r[0]))


def loss_drivers(co):
    lost = [(d, v) for d, won, v in co.closings(co.start, co.end) if not won]
    named = defaultdict(lambda: defaultdict(list))
    worth = {d["id"]: v for d, v in lost}
    handed_in = [r["body"] for r in co.records("post-mortem") if r["state"] not in ("draft", "withdrawn")]
    for d, _ in lost:
        for body in handed_in:
            if body["opportunity_id"] == d["id"]:
                for line in body.get("drivers", []):
                    if line.get("driver"):
                        named[line["driver"], d["slice"]][d["id"]].append(
                            (line.get("source") or "rep", line.get("rank"), line.get("influence")))
                if body.get("rep_driver"):
                    first = [x["driver"] for x in body.get("drivers", []) if x.get("rank") == "primary" and x.get("driver")]
                    rank = "primary" if body["rep_driver"] in (first or [body["rep_driver"]]) else None
                    named[body["rep_driver"], d["slice"]][d["id"]].append(("rep", rank, None))
        if d["loss_reason"]:
            named[d["loss_reason"], d["slice"]][d["id"]].append(("crm", None, None))
    out = []
    for (driver, name), by_deal in named.items():
        def count(test):
            return sum(any(test(line) for line in lines) for lines in by_deal.values())

        def says(*sources):
            return count(lambda line: line[0] in sources)

        influence = []
        for lines in by_deal.values():
            known = [float(i) for _, _, i in lines if i]
            if known:
                influence.append(sum(known) / len(known))
        n = sum(d["slice"] == name for d, _ in lost)
        outside = says("buyer", "third party", "document")
        out.append([driver, driver.split(":")[0].strip() if ":" in driver else None, name, len(by_deal), n,
                    len(by_deal) / n, total(worth[i] for i in by_deal), count(lambda line: line[1] == "primary"),
                    says("crm"), says("rep"), says("manager"), says("buyer"), says("third party", "document"),
                    sum(influence) / len(influence) if influence else None, "confirmed" if outside else "seller only"])
    yield from sorted(out, key=lambda r: (-r[3], r[0], by_slice(r[2])))
