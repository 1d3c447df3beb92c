"""How much the pipeline brings in a day."""

from datetime import timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from math import log
from statistics import median

from .calibration import percentile
from .facts import share
from .rates import by_slice


def money(value):
    return None if value is None else Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def moment(co, seen_on, day):
    deals = [d for d in co.deals(seen_on, co.as_of).values()]
    closed = [d for d in deals if d["state"] in ("won", "lost") and d["close"] and day - timedelta(364) <= d["close"] <= day]
    amounts = [float(d["amount"]) for d in closed if d["state"] == "won" and d["amount"] is not None]
    limit = 3 * percentile(amounts, 0.95) if amounts else None
    out = {}
    for name in {d["slice"] for d in deals}:
        mine = [d for d in closed if d["slice"] == name]
        won = [d for d in mine if d["state"] == "won"]
        known = [float(d["amount"]) for d in won if d["amount"] is not None]
        days = [(d["close"] - d["created"]).days for d in won if d["created"] and d["close"] >= d["created"]]
        usual = [a for a in known if a <= limit]
        n = sum(d["state"] == "open" and d["category"] != "omitted" and (not d["close"] or d["close"] >= day)
                for d in deals if d["slice"] == name)
        if not mine and not n:
            continue
        a = sum(usual) / len(usual) if usual else None
        c = sum(days) / len(days) if days else None
        w = share(len(won), len(mine))
        v = n * w * a / c if won and c and c > 0 and a and a > 0 else None
        out[name] = {"n": n, "won": len(won), "closed": len(mine), "w": w, "a": a, "c": c,
                     "median": float(median(days)) if days else None, "mega": len(known) - len(usual), "v": v}
    return out


def pipeline_velocity(co):
    now = moment(co, co.as_of, min(co.as_of, co.end))
    old = moment(co, co.start - timedelta(1), co.start - timedelta(1))
    rows = []
    for name, m in now.items():
        b = old.get(name, {"v": None})
        moved = bool(m["v"] and b["v"])
        parts = [log(m[k] / b[k]) for k in ("n", "w", "a", "c")] if moved else [None] * 4
        rows.append([name, money(m["v"]), money(b["v"]), m["v"] / b["v"] - 1 if m["v"] is not None and b["v"] else None,
                     m["n"], m["won"], m["closed"], m["w"], money(m["a"]), m["c"], m["median"], *parts[:3],
                     -parts[3] if moved else None, m["mega"], m["v"]])
    for row in sorted(rows, key=lambda r: (r[-1] is None, -(r[-1] or 0), by_slice(r[0]))):
        yield row[:-1]


def velocity_trend(co):
    first, months = co.month_of(min(co.as_of, co.end)), []
    while len(months) < 7:
        months.insert(0, first)
        first = co.month_of(first - timedelta(1))
    looks = [moment(co, day, day) for day in (min(co.month_end(m), co.as_of) for m in months)]
    for place in range(1, 7):
        for name in sorted(looks[place], key=by_slice):
            m, b = looks[place][name], looks[place - 1].get(name, {"v": None})
            moved = bool(m["v"] and b["v"])
            parts = [log(m[k] / b[k]) for k in ("n", "w", "a", "c")] if moved else [None] * 4
            yield [months[place], name, money(m["v"]), m["v"] / b["v"] - 1 if m["v"] is not None and b["v"] else None, *parts[:3],
                   -parts[3] if moved else None, m["n"], m["won"], m["closed"], m["w"], money(m["a"]), m["c"]]
