"""What became of the deals in a stage, and what its probability should be."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from .facts import NOT_SET, day
from .rates import wilson

PRIOR, LEAST, SMALLEST, MEGA, QUARTERS, LOCK = 20.0, 20, 0.05, 3.0, 8, timedelta(14)


def quarters(co):
    """(first day, last day) of the finished fiscal quarters, newest first; from the year 2000 on."""
    limit, start = min(co.as_of, co.end), None
    month, known = (co.case["fiscal_year_start"] - 1) % 3, []
    months = co.months(day("2000-01-01"), limit + timedelta(100))
    for i, first in enumerate(months):
        if (first.month - 1) % 3 == month:
            start = first
        if start and i + 1 < len(months) and (months[i + 1].month - 1) % 3 == month:
            known.append((start, months[i + 1] - timedelta(1)))
            start = None
    return [q for q in known if q[1] <= limit][::-1][:QUARTERS]


def opening(co, first):
    near = [s for s in co.snapshots if first - LOCK < s <= first + LOCK and s <= co.as_of]
    before = [s for s in near if s <= first]
    return max(before) if before else min(near, default=None)


def percentile(values, p):
    values = sorted(values)
    at = p * (len(values) - 1)
    low = int(at)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (at - low)


def pooled(items):
    """Values that never fall, by pooling neighbours that do: [(value, weight)]."""
    blocks = []
    for value, weight in items:
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            v, w, n = blocks.pop()
            blocks[-1] = [(blocks[-1][0] * blocks[-1][1] + v * w) / (blocks[-1][1] + w), blocks[-1][1] + w, blocks[-1][2] + n]
    return [v for v, _, n in blocks for _ in range(n)]


def percents(value):
    return float(Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_UP))


def cohort_of(co):
    """Deals that were open when a quarter began, with what became of them; and the newest quarter."""
    now, cohort = co.deals(co.as_of), []
    observed = [(first, last, opening(co, first)) for first, last in quarters(co)]
    for first, last, opened in observed:
        if opened is None:
            continue
        for key, d in co.deals(opened, co.as_of).items():
            if d["state"] != "open" or d["stage"] is None:
                continue
            after = now.get(key)
            won = bool(after and after["state"] == "won" and after["close"] and first <= after["close"] <= last)
            cohort.append({
                "key": key, "slice": d["slice"], "stage": d["stage"], "quarter": first, "amount": d["amount"], "deal": d, "after": after,
                "p": d["probability"], "due": bool(d["close"] and first <= d["close"] <= last), "won": won,
                "state": after["state"] if after else "removed"})
    known = [float(c["amount"]) for c in cohort if c["amount"] is not None]
    limit = MEGA * percentile(known, 0.95) if known else None
    for c in cohort:
        c["mega"] = c["amount"] is not None and float(c["amount"]) > limit
        c["regular"] = c["due"] and not c["mega"] and (c["state"] != "cancelled" or c["won"])
    return cohort, next((first for first, _, opened in observed if opened), None)


def label(co, first):
    start = co.case["fiscal_year_start"]
    year = first.year + (1 if start > 1 and first.month >= start else 0)
    return f"{year}-Q{(first.month - start) % 12 // 3 + 1}"


def stage_cohort(co):
    words = {"won": "won later", "open": "still open"}
    out = []
    for c in cohort_of(co)[0]:
        d, after = c["deal"], c["after"]
        out.append([label(co, c["quarter"]), c["key"], d["name"],
                    "won in the quarter" if c["won"] else words.get(c["state"], c["state"]), c["regular"], c["amount"],
                    d["close"], after and after["close"], c["stage"], d["account"], d["owner"], c["mega"]])
    out.sort(key=lambda r: (not r[4], r[5] is None, -(r[5] or 0), r[1]))
    yield from sorted(out, key=lambda r: r[0], reverse=True)


def stage_calibration(co):
    now = co.deals(co.as_of)
    cohort, newest = cohort_of(co)
    out = []
    for stage in {c["stage"] for c in cohort}:
        mine = [c for c in cohort if c["stage"] == stage]
        own = [float(c["p"]) for c in mine if c["p"] is not None]
        found = co.assumption("stage_probability", stage, co.as_of)
        p0 = float(found) if found is not None else sum(own) / len(own) if own else None

        def pull(won, n):
            if p0 is None:
                return won / n if n else None
            return (won + PRIOR * p0) / (n + PRIOR)

        counted = [c for c in mine if c["regular"]]
        won, due = sum(c["won"] for c in counted), len(counted)
        before = [c for c in counted if c["quarter"] != newest]
        test = [c for c in counted if c["quarter"] == newest]
        trained = pull(sum(c["won"] for c in before), len(before)) if before else None

        def brier(p):
            return sum((p - c["won"]) ** 2 for c in test) / len(test) if test and p is not None else None

        def wape(p):
            worth = [(float(c["amount"]), c["won"]) for c in test if c["amount"] is not None]
            booked = sum(a for a, w in worth if w)
            return abs(p * sum(a for a, _ in worth) - booked) / booked if booked and p is not None else None

        low, high = wilson(won, due)
        p = pull(won, due)
        scores = brier(p0), brier(trained), wape(p0), wape(trained)
        if due < LEAST:
            verdict = "few"
        elif p0 is not None and (abs(p - p0) < SMALLEST or low <= p0 <= high):
            verdict = "keep"
        elif None not in scores[:2] and scores[1] > scores[0] or None not in scores[2:] and scores[3] > scores[2]:
            verdict = "back-test"
        else:
            verdict = "propose"
        once = {}
        for c in mine:
            if not c["mega"]:
                once[c["key"]] = c["state"]
        closed = sum(s in ("won", "lost", "removed") for s in once.values())
        seen = sum(s != "cancelled" for s in once.values())
        ever = sum(s == "won" for s in once.values())
        out.append({
            "stage": stage, "p0": p0, "won": won, "due": due, "low": low, "high": high, "p": p, "verdict": verdict,
            "scores": scores, "ever": [ever, closed, ever / closed if closed else None, closed / seen if seen else None],
            "mega": sum(c["due"] and c["mega"] for c in mine), "quarters": len({c["quarter"] for c in mine})})
    out.sort(key=lambda r: (r["p0"] is not None, r["p0"] or 0, r["stage"]))
    placed = [r for r in out if (r["p"] if r["verdict"] == "propose" else r["p0"]) is not None]
    values = pooled([(r["p"] if r["verdict"] == "propose" else r["p0"], r["due"] + PRIOR) for r in placed])
    any_proposed = any(r["verdict"] == "propose" for r in out)
    for r, value in zip(placed, values):
        candidate = r["p"] if r["verdict"] == "propose" else r["p0"]
        moved = percents(value) != (percents(r["p0"]) if r["p0"] is not None else None)
        if any_proposed and moved and (r["verdict"] == "propose" or abs(value - candidate) > 1e-9):
            r["proposed"] = percents(value)
    until = next(e for _, e in reversed_quarters(co) if e > co.as_of)
    for r in out:
        new, verdict = r.get("proposed"), r["verdict"]
        if new is not None and verdict != "propose":
            verdict = "order"
        if new is None and verdict == "propose":
            verdict = "keep"
        waiting = sum((d["amount"] for d in now.values() if d["state"] == "open" and d["category"] != "omitted"
                       and d["stage"] == r["stage"] and d["close"] and co.as_of <= d["close"] <= until
                       and d["amount"] is not None), Decimal(0))
        effect = None
        if new is not None:
            step = Decimal(repr(new - (r["p0"] or 0))).quantize(Decimal("0.0001"), ROUND_HALF_UP)
            effect = (waiting * step).quantize(Decimal("0.01"), ROUND_HALF_UP)
        yield [r["stage"], r["p0"], r["won"], r["due"], r["won"] / r["due"] if r["due"] else None, r["low"], r["high"],
               r["p"], new, verdict, effect, *r["scores"], *r["ever"], r["mega"], r["quarters"], "stage_probability",
               f"Of {r['due']} deals due in {r['quarters']} quarters, {r['won']} were won in the quarter."]


def won_of(co):
    """Won deals of the finished quarters, the giants left out: (quarter, deal)."""
    found = [(q, d) for q in quarters(co) for d in co.deals(co.as_of).values()
             if d["state"] == "won" and d["close"] and q[0] <= d["close"] <= q[1]]
    known = [float(d["amount"]) for _, d in found if d["amount"] is not None]
    limit = MEGA * percentile(known, 0.95) if known else None
    return [(q, d) for q, d in found if d["amount"] is None or float(d["amount"]) <= limit]


def month_in_quarter(co, on):
    return min(3, (co.month_of(on).month - co.case["fiscal_year_start"]) % 3 + 1)


def recalibration(co):
    wins, cohort = won_of(co), cohort_of(co)
    last = next(iter(quarters(co)), (None,))[0]
    seen = {}  # (order, slice, month) -> [(quarter, newest, x)]

    def add(order, name, month, quarter, newest, x):
        if x is not None:
            seen.setdefault((order, name, month), []).append((quarter, newest, float(x)))

    for (first, _), d in wins:
        now = first == last
        add(0, d["slice"], None, first, now, d["amount"])
        add(1, d["slice"], None, first, now, (d["close"] - d["created"]).days if d["created"] and d["close"] >= d["created"] else None)
        add(3, d["slice"], None, first, now, None if d["created"] is None else d["created"] >= first)
        for month in (1, 2, 3):
            add(4, d["slice"], month, first, now, month_in_quarter(co, d["close"]) == month)
    for c in cohort[0]:
        if c["regular"]:
            close = c["after"] and c["after"]["close"]
            last_day = next(q[1] for q in quarters(co) if q[0] == c["quarter"])
            inside = close is not None and c["quarter"] <= close <= last_day
            slipped = c["state"] == "open" or c["state"] in ("won", "lost") and close is not None and not inside
            add(2, c["slice"], None, c["quarter"], c["quarter"] == cohort[1], slipped)
    names = ["average_deal", "cycle_days", "slip_rate", "create_and_close", "linearity"]
    lines = {}
    for (order, name, month), items in seen.items():
        tail = f":{month}" if month else ""
        scope = ("*" if co.by == "all" else name) + tail
        held = co.in_force(names[order], scope, co.as_of) or co.in_force(names[order], "*" + tail, co.as_of)
        p0, is_share = float(held["value"]) if held else None, order >= 2
        n, total = len(items), sum(x for _, _, x in items)
        mean = total / n

        def pull(hits, count):
            return hits / count if p0 is None else (hits + PRIOR * p0) / (count + PRIOR)

        if is_share:
            low, high = wilson(round(total), n)
        elif n > 1:
            away = 1.6448536269514722 * (sum((x - mean) ** 2 for _, _, x in items) / (n - 1)) ** 0.5 / n ** 0.5
            low, high = mean - away, mean + away
        else:
            low = high = None
        before = [x for _, newest, x in items if not newest]
        test = [x for _, newest, x in items if newest]
        p, trained = pull(total, n), pull(sum(before), len(before)) if before else None
        there = sum(test) / len(test) if test else None
        if n < LEAST:
            verdict = "few"
        elif p0 is not None and (abs(p - p0) < SMALLEST * (1 if is_share else p0) or low <= p0 <= high):
            verdict = "keep"
        elif None not in (p0, trained, there) and abs(trained - there) > abs(p0 - there):
            verdict = "back-test"
        else:
            verdict = "propose"
        whole = percents(p) if is_share else float(Decimal(repr(p)).quantize(Decimal(1), ROUND_HALF_UP))
        lines[order, name, month] = {
            "scope": scope, "p0": p0, "n": n, "total": total, "mean": mean, "low": low, "high": high, "p": p, "whole": whole,
            "verdict": verdict, "quarters": len({q for q, _, _ in items}),
            "errors": [abs(v - there) / there if v is not None and there and there > 0 else None for v in (p0, trained)]}
    until = next(e for _, e in reversed_quarters(co) if e > co.as_of)
    for key in sorted(lines, key=lambda k: (k[0], k[1] == NOT_SET, k[1], k[2] or 0)):
        order, name, month = key
        r = lines[key]
        curve = [v for k, v in lines.items() if k[0] == 4 and k[1] == name] if order == 4 else []
        verdict = r["verdict"]
        if verdict != "propose" and any(v["verdict"] == "propose" for v in curve):
            verdict = "together"
        new = r["whole"]
        if month and month == max(k[2] for k in lines if k[0] == 4 and k[1] == name):
            new = percents(1 - sum(v["whole"] for v in curve if v is not r))
        proposed = new if verdict in ("propose", "together") and new != r["p0"] else None
        effect = None
        if proposed is not None and r["p0"] is not None:
            waiting = [d["amount"] or 0 for d in co.deals(co.as_of).values() if d["state"] == "open" and d["category"] != "omitted"
                       and d["slice"] == name and d["close"] and co.as_of <= d["close"] <= until]
            sizes = seen.get((0, name, None), [])
            usual = sum(x for _, _, x in sizes) / len({q for q, _, _ in sizes}) if sizes else None
            due = [c["won"] for c in cohort[0] if c["regular"] and c["slice"] == name]
            if order == 0:
                effect = len(waiting) * (sum(due) / len(due)) * (proposed - r["p0"]) if due else None
            elif order == 1:
                effect = usual * (r["p0"] / proposed - 1) if proposed > 0 and usual is not None else None
            elif order == 2:
                effect = -float(sum(waiting)) * (proposed - r["p0"])
            else:
                effect = usual * (proposed - r["p0"]) if usual is not None else None
        if proposed is None and verdict in ("propose", "together"):
            verdict = "keep"
        hits = round(r["total"])
        mean = Decimal(repr(r["mean"])).quantize(Decimal(1), ROUND_HALF_UP)
        said = [f"Worth {mean} on average: ", f"Took {mean} days on average: ", f"Slipped: {hits} of ",
                f"Created in the quarter: {hits} of ", f"Won in month {month}: {hits} of "][order]
        yield [names[order], r["scope"], r["p0"], r["mean"], hits if order >= 2 else None, r["n"], r["low"], r["high"], r["p"],
               proposed, verdict, None if effect is None else Decimal(repr(effect)).quantize(Decimal("0.01"), ROUND_HALF_UP),
               *r["errors"], r["quarters"],
               f"{said}{r['n']} deals {'due' if order == 2 else 'won'} in {r['quarters']} quarters."]


def reversed_quarters(co):
    """Quarters from the as-of day on, the nearest first."""
    month = co.month_of(co.as_of)
    while (month.month - co.case["fiscal_year_start"]) % 3:
        month = co.month_of(month - timedelta(1))
    for _ in range(8):
        last = month
        for _ in range(3):
            last = co.month_end(last) + timedelta(1)
        yield month, last - timedelta(1)
        month = last
