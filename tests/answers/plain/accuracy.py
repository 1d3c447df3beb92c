"""How near calls came: by week of the quarter, and by caller over the quarters."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal

from .facts import day, money, rows, share
from .forecast import LOCK, targets
from .rates import by_slice

ZERO = Decimal("0.00")


def quarter_starts(co, first, count):
    """First days of the quarter that holds a day and of those before it."""
    month = co.month_of(first)
    while (month.month - co.case["fiscal_year_start"]) % 3:
        month = co.month_of(month - timedelta(1))
    out = [month]
    for _ in range(count):
        for _ in range(3):
            month = co.month_of(month - timedelta(1))
        out.append(month)
    return out


def submissions(co, earliest):
    """Commits for periods that are over: owner, slice, day, period, the call for the whole period."""
    if co.by in ("segment", "product"):
        return []
    lines = [row | {"on": day(row["submitted_on"]), "from": day(row["period_start"]), "to": day(row["period_end"]),
                    "money": co.converted(money(row["amount"]), row["currency"], co.as_of)}
             for row in rows(co.folder, "forecast")]
    mine = [x for x in lines if x["category"] == "commit" and x["from"] >= earliest and x["to"] <= co.end
            and x["from"] <= x["on"] <= min(x["to"], co.as_of)]
    callers = {x["owner_id"] for x in mine}
    sellers = {v.get("owner_id") for v in co.versions}
    out = []
    for x in mine:
        team = {k for k, p in co.people.items() if p.get("manager_id") == x["owner_id"]}
        if x["to"] > co.as_of or team & callers and x["owner_id"] not in sellers:
            continue
        call = x["money"]
        if x["roll_up"] == "single":
            said = [y["money"] for y in lines if y["category"] == "closed"
                    and all(y[k] == x[k] for k in ("owner_id", "from", "to", "on"))]
            call += sum(said) if said else sum(
                d["amount"] or 0 for d in co.deals(x["on"], co.as_of).values()
                if d["owner_id"] == x["owner_id"] and d["state"] == "won" and d["close"]
                and x["from"] <= d["close"] <= x["to"])
        owner = x["owner_id"]
        out.append({"owner": owner, "on": x["on"], "from": x["from"], "to": x["to"], "call": call,
                    "slice": co.slice_of(co.region_of(owner), None, None, co.person(owner), co.manager_of(owner)),
                    "actual": booked(co, owner, x["from"], x["to"])})
    return out


def category_submissions(co, earliest):
    """Calls of every category, each with what stood above it on its day and what was closed: walked
    through in the order of their days. None: nothing above it stood."""
    lines = [row | {"on": day(row["submitted_on"]), "from": day(row["period_start"]), "to": day(row["period_end"]),
                    "money": co.converted(money(row["amount"]), row["currency"], co.as_of)}
             for row in rows(co.folder, "forecast")]
    order = ["commit", "best case", "pipeline"]
    mine = [x for x in lines if x["category"] in order and x["from"] >= earliest and x["to"] <= co.end
            and x["from"] <= x["on"] <= min(x["to"], co.as_of)]
    callers = {x["owner_id"] for x in mine}
    sellers = {v.get("owner_id") for v in co.versions}
    stood, out = {}, []
    for x in sorted(mine, key=lambda x: (x["on"], order.index(x["category"]))):
        owner, period = x["owner_id"], (x["from"], x["to"])
        team = {k for k, p in co.people.items() if p.get("manager_id") == owner}
        told, place = x["money"], order.index(x["category"])
        if x["roll_up"] == "single" and place == 0:
            said = [y["money"] for y in lines if y["category"] == "closed"
                    and all(y[k] == x[k] for k in ("owner_id", "from", "to", "on"))]
            told += sum(said) if said else sum(
                d["amount"] or 0 for d in co.deals(x["on"], co.as_of).values()
                if d["owner_id"] == owner and d["state"] == "won" and d["close"] and x["from"] <= d["close"] <= x["to"])
        elif x["roll_up"] == "single":
            above = stood.get((owner, period, order[place - 1]))
            told = None if above is None else told + above
        if told is not None:
            stood[owner, period, x["category"]] = told
        if x["to"] > co.as_of or team & callers and owner not in sellers:
            continue
        out.append({"owner": owner, "category": x["category"], "on": x["on"], "from": x["from"], "to": x["to"],
                    "call": told, "actual": booked(co, owner, x["from"], x["to"])})
    return out


def category_accuracy(co):
    known = category_submissions(co, quarter_starts(co, co.start, 4)[-1])
    known = [s for s in known if s["from"] >= co.start or s["to"] < co.start]
    for category in ("commit", "best case", "pipeline"):
        mine = [s for s in known if s["category"] == category]
        standing = defaultdict(dict)
        for s in sorted(mine, key=lambda s: s["on"]):
            for week in range(1, (s["to"] - s["from"]).days // 7 + 2):
                if s["on"] < s["from"] + timedelta(7 * week):
                    standing[s["from"] >= co.start, week][s["owner"], s["from"], s["to"]] = s
        for week in sorted(w for now, w in standing if now):
            whole = [s for s in standing[True, week].values() if s["call"] is not None]
            lone = {s["owner"] for s in standing[True, week].values() if s["call"] is None}
            before = [s for s in standing.get((False, week), {}).values() if s["call"] is not None]
            m = measures(whole) if whole else dict.fromkeys(("call", "actual", "wape", "bias", "mape", "index")) | {"none": 0}
            usual = measures(before) if before else {"wape": None, "bias": None}
            yield [category, week, len({s["owner"] for s in whole}), m["call"], m["actual"], m["wape"], m["bias"],
                   usual["wape"], usual["bias"], len({s["from"] for s in before}), m["mape"], m["none"], m["index"], len(lone)]


def booked(co, owner, first, last):
    return sum((d["amount"] or ZERO for d in co.deals(co.as_of).values()
                if d["state"] == "won" and d["owner_id"] == owner and d["close"] and first <= d["close"] <= last), ZERO)


def measures(items):
    """WAPE, bias, MAPE, how many have none, index."""
    call, actual = sum(i["call"] for i in items), sum(i["actual"] for i in items)
    known = [abs(float(i["call"] - i["actual"])) / abs(float(i["actual"])) for i in items if i["actual"]]
    return {"call": call, "actual": actual, "bias": share(call - actual, actual),
            "wape": share(sum(abs(i["call"] - i["actual"]) for i in items), sum(abs(i["actual"]) for i in items)),
            "mape": sum(known) / len(known) if known else None, "none": len(items) - len(known),
            "index": 100 * float(call) / float(actual) if actual > 0 else None}


def hit(co, call, actual):
    limit = co.assumption("forecast_hit_share", "*", co.as_of)
    return actual > 0 and abs(call - actual) <= (Decimal("0.1") if limit is None else limit) * actual


def forecast_accuracy(co):
    known = submissions(co, quarter_starts(co, co.start, 4)[-1])
    known = [s for s in known if s["from"] >= co.start or s["to"] < co.start]
    periods = {(s["from"], s["to"]) for s in known}
    standing = defaultdict(list)
    for first, last in periods:
        for week in range(1, (last - first).days // 7 + 2):
            newest = {}
            for s in sorted(known, key=lambda s: s["on"]):
                if (s["from"], s["to"]) == (first, last) and s["on"] < first + timedelta(7 * week):
                    newest[s["owner"]] = s
            for s in newest.values():
                standing[first >= co.start, s["slice"], week].append(s)
    for name in sorted({k[1] for k in standing if k[0]}, key=by_slice):
        weeks = sorted(w for now, s, w in standing if now and s == name)
        rows_ = [(w, standing[True, name, w], measures(standing[True, name, w])) for w in weeks]
        hits = [hit(co, m["call"], m["actual"]) for _, _, m in rows_]
        for i, (week, items, m) in enumerate(rows_):
            before = standing.get((False, name, week), [])
            usual = measures(before) if before else {"wape": None, "bias": None}
            yield [name, week, len({s["owner"] for s in items}), m["call"], m["actual"], m["wape"], m["bias"],
                   usual["wape"], usual["bias"], len({s["from"] for s in before}), m["mape"], m["none"], m["index"],
                   hits[i], all(hits[i:])]


def forecast_record(co):
    firsts = {}
    for s in sorted(submissions(co, quarter_starts(co, co.start, 7)[-1]), key=lambda s: s["on"]):
        if s["on"] <= s["from"] + LOCK:
            firsts.setdefault((s["owner"], s["from"], s["to"]), s)
    target, out = targets(co), []
    won = defaultdict(lambda: None)
    for d in co.bookings():
        if d["amount"] is not None:
            won[d["slice"]] = (won[d["slice"]] or ZERO) + d["amount"]
    for name in {s["slice"] for s in firsts.values()}:
        mine = [s for s in firsts.values() if s["slice"] == name]
        by_period = defaultdict(list)
        for s in mine:
            by_period[s["from"]].append(s)
        totals = [measures(items) for items in by_period.values()]
        errors = [float(t["call"] - t["actual"]) for t in totals]
        size = sum(map(abs, errors)) / len(errors)
        signal = sum(errors) / size if len(errors) >= 4 and size else None
        hits = sum(hit(co, t["call"], t["actual"]) for t in totals)
        t, m, a = target.get(name), measures(mine), won[name]
        verdict = "steady"
        if len(errors) < 4:
            verdict = "short"
        elif signal is not None and signal > 4:
            verdict = "calls high"
        elif signal is not None and signal < -4:
            verdict = "sandbagging" if t is not None and a is not None and a >= t else "calls low"
        out.append([name, verdict, m["bias"], m["wape"], signal, len(errors), m["call"], m["actual"], hits,
                    hits / len(errors), m["mape"], m["none"], m["index"], t, share(a or ZERO, t)])
    order = ["sandbagging", "calls low", "calls high", "steady", "short"]
    yield from sorted(out, key=lambda r: (order.index(r[1]), r[4] is None, -abs(r[4] or 0), r[0]))
