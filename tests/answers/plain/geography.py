"""Return by region: the average and the next money."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from math import ceil, exp, log
from statistics import median

from .accuracy import quarter_starts
from .calibration import label
from .capacity import Sellers, after, full_months, planned
from .facts import NOT_SET, cents, day, money, rows, share


def lag(co):
    found = co.assumption("roi_lag_quarters", "*", co.as_of)
    if found is not None:
        return int(found)
    last = min(co.as_of, co.end)
    days = [(d["close"] - d["created"]).days for d in co.deals(co.as_of).values()
            if d["state"] == "won" and d["close"] and d["created"] and d["created"] <= d["close"]
            and last - timedelta(730) <= d["close"] <= last]
    return int(median(days) / 91.25 + 0.5) if days else 0


def number_of(co, when):
    """Quarters from the one of the period's end; 0 is that one."""
    here, there = quarter_starts(co, co.end, 0)[0], quarter_starts(co, when, 0)[0]
    return ((there.year - here.year) * 12 + there.month - here.month) // 3


def gone(co):
    return {r["booking_id"] for r in rows(co.folder, "cancellation")
            if r["kind"] == "full" and not r.get("line_id") and day(r["cancelled_on"]) <= co.as_of}


def earnings(co):
    """region -> quarter -> [(margin, account)] of new and expansion bookings."""
    out, dropped = defaultdict(lambda: defaultdict(list)), gone(co)
    for row in rows(co.folder, "booking"):
        renewal = (row.get("deal_type") or "new").lower().startswith("renewal")
        if day(row["booked_on"]) > co.as_of or row["booking_id"] in dropped or renewal:
            continue
        known = money(row["amount"]) - (money(row.get("deductions")) or 0) - money(row["cost"]) if row.get("cost") else None
        out[co.placed(row) or NOT_SET][number_of(co, day(row["booked_on"]))].append(
            (co.converted(known, row["currency"], co.as_of), row.get("account_id")))
    return out


def spending(co):
    """region -> quarter -> cost."""
    out = defaultdict(lambda: defaultdict(Decimal))
    for row in rows(co.folder, "cost"):
        if day(row["period_start"]) > co.as_of:
            continue
        months = co.months(day(row["period_start"]), day(row["period_end"]))
        amount = co.converted(money(row["amount"]), row["currency"], co.as_of)
        for month in months:
            out[row.get("region") or NOT_SET][number_of(co, month)] += amount / len(months)
    return {region: {n: cents(v) for n, v in by.items()} for region, by in out.items()}


def median_slope(points):
    pairs = [(b[1] - a[1]) / (b[0] - a[0]) for i, a in enumerate(points) for b in points[i + 1:]]
    return (median(pairs) if len(points) >= 6 else None), pairs


def returns(co):
    """What is known of each region that cost or earned something in eight quarters."""
    late, cost, earned = lag(co), spending(co), earnings(co)
    least_agreement = float(co.assumption("roi_trend_agreement", "*", co.as_of))
    giant = float(co.assumption("roi_outlier_share", "*", co.as_of))
    for region in sorted({*cost, *earned}):
        spent = {n + late: v for n, v in cost.get(region, {}).items() if -8 <= n + late <= 0}
        margin = {n: [m for m, _ in v if m is not None] for n, v in earned[region].items() if -8 <= n <= 0}
        if not any(n > -8 for n in (*spent, *earned[region]) if n <= 0):
            continue
        sums = {n: sum(v) for n, v in margin.items() if v}

        def added(values, numbers):
            found = [values[n] for n in numbers if n in values]
            return sum(found) if found else None

        year, year_before = range(-3, 1), range(-7, -3)
        m1, m0, c1, c0 = added(sums, year), added(sums, year_before), added(spent, year), added(spent, year_before)
        marginal = None
        if c1 is not None and c0 is not None and c1 != c0:
            marginal = float((m1 or 0) - (m0 or 0)) / float(c1 - c0) - 1
        roi = [(n, float(sums.get(n, 0)) / float(c) - 1) for n, c in sorted(spent.items()) if c > 0]
        slope, pairs = median_slope([p for p in roi if p[0] > -8])
        trend = "insufficient"
        if slope is not None:
            up, down = sum(p > 0 for p in pairs), sum(p < 0 for p in pairs)
            trend = ("improving" if slope > 0 and up >= least_agreement * len(pairs)
                     else "declining" if slope < 0 and down >= least_agreement * len(pairs) else "flat")
        both = [(log(float(c)), log(float(sums[n]))) for n, c in spent.items() if n > -8 and c > 0 and sums.get(n, 0) > 0]
        costs, power = [exp(x) for x, _ in both], None
        if len(both) >= 8 and max(costs) >= 1.1 * min(costs) - 1e-9:
            x, y = sum(b[0] for b in both) / len(both), sum(b[1] for b in both) / len(both)
            power = min(1.0, sum((b[0] - x) * (b[1] - y) for b in both) / sum((b[0] - x) ** 2 for b in both))
        items = [i for n in year for i in earned[region].get(n, [])]
        usual = [m for m, _ in items if m is not None and m1 is not None and float(m) <= giant * float(m1)]
        first = min((n for n, v in cost.get(region, {}).items() if v > 0), default=None)
        ratio = (lambda m: float(m) / float(c1) - 1) if c1 and c1 > 0 else (lambda m: None)
        yield {
            "region": region, "average": ratio(m1 or 0), "marginal": marginal, "trend": trend, "slope": slope,
            "before": median_slope([p for p in roi if p[0] < 0])[0], "quarters": sum(n > -8 for n, _ in roi),
            "margin": m1, "margin_before": m0, "cost": c1, "cost_before": c0, "first": first, "lag": late,
            "fitted": power * float(m1) / float(c1) - 1 if power is not None and c1 and m1 is not None else None,
            "usual": ratio(sum(usual, Decimal(0))), "largest": max((m for n in year for m in margin.get(n, [])), default=None),
            "accounts": len({a for _, a in items if a}), "sums": sums, "spent": spent, "items": margin,
            "uncosted": sum(m is None for n in range(-7, 1) for m, _ in earned[region].get(n, [])),
            "vague": {n: sum(m is None for m, _ in v) for n, v in earned[region].items()},
            "seen": set(spent) | {n for n in earned[region] if -8 <= n <= 0},
        }


def region_roi(co):
    found = list(returns(co))
    ranks = {}
    for key in ("average", "marginal", "usual"):
        known = sorted((r[key] for r in found if r[key] is not None), reverse=True)
        ranks[key] = lambda r, key=key, known=known: known.index(r[key]) + 1 if r[key] is not None else None
    for r in sorted(found, key=lambda r: (r["marginal"] is None, -(r["marginal"] or 0), r["region"])):
        c1, c0 = r["cost"], r["cost_before"]
        yield [r["region"], r["average"], r["marginal"], ranks["average"](r), ranks["marginal"](r), r["trend"], r["slope"], r["quarters"],
               r["margin"], r["margin_before"], c1, c0, bool(c1 is not None and c0 is not None and abs(c1 - c0) >= c0 / 10), r["fitted"],
               r["usual"], ranks["usual"](r), share(r["largest"], r["margin"]) if r["largest"] is not None else None,
               cents(r["margin"] / r["accounts"]) if r["accounts"] and r["margin"] is not None else None, r["uncosted"], r["lag"]]


def region_quarters(co):
    starts, first = {}, quarter_starts(co, co.end, 0)[0]
    for n in range(0, -8, -1):
        starts[n] = first
        first = quarter_starts(co, first - timedelta(1), 0)[0]
    out = []
    for r in returns(co):
        for n in r["seen"]:
            if n > -8:
                c, m = r["spent"].get(n), r["sums"].get(n)
                out.append((n, r["region"], [label(co, starts[n]), r["region"], float(m or 0) / float(c) - 1 if c and c > 0 else None, m, c,
                                             max(r["items"].get(n, []), default=None), r["vague"].get(n, 0)]))
    for _, _, row in sorted(out, key=lambda o: o[:2]):
        yield row


def region_eligibility(co):
    def set_to(name, scope="*"):
        return float(co.assumption(name, scope, co.as_of))

    s, found = Sellers(co), list(returns(co))
    earned, cost = earnings(co), spending(co)
    total = [sum((m for by in earned.values() for n in numbers for m, _ in by.get(n, []) if m is not None), Decimal(0))
             for numbers in (range(-3, 1), range(-7, -3))]
    company = float(total[0]) / float(total[1]) - 1 if total[1] > 0 else None
    market = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row in rows(co.folder, "market"):
        n = number_of(co, day(row["period_end"]))
        if -7 <= n <= 0:
            market[row.get("region")][n > -4] += co.converted(money(row["amount"]), row["currency"], co.as_of)
    ahead = planned(co)[0]
    end = after(co, ahead) - timedelta(1)
    out = []
    for r in found:
        region = r["region"]
        mine = [p for p in s.people if (co.people[p["id"]].get("region") or p["region"]) == region]
        here = [p for p in mine if not (p["start"] and p["start"] > co.as_of) and not (p["left"] and p["left"] <= co.as_of)]
        able = sold = 0.0
        for p in mine:
            pace = s.pace[p["role"]]
            for (who, month), items in s.quotas.items():
                last = co.month_end(month)
                if who != p["id"] or last > co.as_of or not -3 <= number_of(co, month) <= 0:
                    continue
                there = max(0, (min(p["left"] or last, last) - max(p["start"] or month, month)).days + 1) / ((last - month).days + 1)
                able += sum(i[3] for i in items) * pace["factor"] * there * pace["steps"][min(24, full_months(p["start"], month))][4]
                sold += s.won[who, month]
        quotas = sum(3 * sum(o.values()) for o in (s.own(ahead, p["id"]) for p in mine if not (p["left"] and p["left"] <= co.as_of)) if o)
        open_due = sum(float(d["amount"] or 0) for d in co.deals(co.as_of).values()
                       if d["region"] == region and d["state"] == "open" and d["category"] != "omitted" and d["close"] and ahead <= d["close"] <= end)
        shields = [x["body"] for x in co.records("region-shield") if x["state"] == "in-force" and x["body"]["region"] == region
                   and day(x["body"]["until"]) >= co.as_of]
        shield = None
        if r["first"] is not None and r["first"] > -int(set_to("launch_quarters")):
            shield = f"new: cost for {1 - r['first']} quarters"
        elif shields:
            last = max(shields, key=lambda b: b["until"])
            shield = f"{last['why']} until {last['until']}"
        hurdle, marginal = set_to("roi_hurdle", region), r["marginal"]
        ramped = sum(full_months(p["start"], co.as_of) >= s.pace[p["role"]]["ramp"] for p in here)
        before, now = market[region]
        grown = float(now) / float(before) - 1 if before > 0 else None
        used = sold / able if able > 0 else None
        cover = open_due / quotas if quotas > 0 else None
        tests, direction = [], None
        if marginal is not None and marginal > hurdle:
            direction = "receive"
            tests = [("market", grown > company if None not in (grown, company) else None),
                     ("people in use", used > set_to("roi_utilisation") if used is not None else None),
                     ("coverage", cover >= set_to("roi_coverage") if cover is not None else None)]
        elif marginal is not None and marginal < hurdle:
            direction, fell = "release", None
            if r["slope"] is not None and r["before"] is not None:
                fell = r["slope"] < 0 and r["before"] < 0
            elif (r["slope"] is not None and r["slope"] >= 0) or (r["before"] is not None and r["before"] >= 0):
                fell = False
            tests = [("falling", fell), ("ramped", ramped / len(here) > set_to("roi_ramped_share") if here else None)]
        against = [word for word, met in tests if met is False]
        verdict = ("shielded" if shield else "unknown" if marginal is None
                   else "keep" if against or direction is None or (direction == "release" and r["before"] is None) else direction)
        spent = cost.get(region, {}).get(0)
        out.append([region, verdict, ", ".join(against), ", ".join(word for word, met in tests if met is None), shield, marginal, hurdle,
                    r["slope"], r["before"], share(ramped, len(here)), ramped, len(here), grown, company, used, cover,
                    cents(spent * co.assumption("reallocation_cap", "*", co.as_of)) if spent is not None else None])
    giver = min(((row[5], row[0]) for row in out if row[1] == "release"), default=(None, None))
    taker = max(((row[5], row[0]) for row in out if row[1] == "receive"), default=(None, None))
    order = ["release", "receive", "keep", "shielded", "unknown"]
    for row in sorted(out, key=lambda r: (order.index(r[1]), r[0])):
        mine, none = (row[5], row[0]), (None, None)
        one = mine if row[1] == "release" else giver if row[1] == "receive" else none
        other = mine if row[1] == "receive" else taker if row[1] == "release" else none
        yield [*row, one[1], other[1], one[0], other[0]]


def margins(co, earned, region, number):
    return sum((m for m, _ in earned[region].get(number, []) if m is not None), Decimal(0))


def moves(co):
    late = lag(co)
    for r in co.records("reallocation"):
        b = r["body"]
        heads, months = b.get("heads"), b.get("ramp_months")
        amount, wanted = money(b.get("amount")), money(b.get("expected_margin"))
        cost = sum((money(b.get(k)) or Decimal(0) for k in ("transition_cost", "severance", "holdover")), Decimal(0))
        if months and b.get("productivity"):
            cost += cents(Decimal(months) * money(b["productivity"]) * Decimal(heads or 1))
        lost = money(b.get("given_up"))
        if lost is None and amount is not None:
            lost = cents(amount * max(Decimal(0), 1 + Decimal(b.get("marginal_from") or 0)))
        payback = None
        if wanted is not None and lost is not None and wanted > lost:
            payback = (4 * float(cost) + float(wanted) * late) / float(wanted - lost)
        start, over = day(b.get("effective_on")), []
        first = start
        if first and quarter_starts(co, first, 0)[0] != first:
            first = after(co, quarter_starts(co, first, 0)[0])
        ends, quarter = [], first
        while quarter and len(ends) < 40:
            ends.append((number_of(co, quarter), quarter, after(co, quarter) - timedelta(1)))
            quarter = after(co, quarter)
        over = [n for n, _, end in ends if end <= min(co.as_of, co.end)]
        yield r | {"b": b, "cost": cost, "lost": lost, "wanted": wanted, "amount": amount, "payback": payback, "lag": late, "over": over, "ends": ends,
                   "start": start, "name": f"{r['record']} {b['from_region']} to {b['to_region']}"}


def due(move, quarters):
    return cents(move["wanted"] * max(0, min(4, quarters) - move["lag"]) / 4) if move["wanted"] is not None else None


def reallocations(co):
    earned, out = earnings(co), []
    for m in moves(co):
        b, state, over = m["b"], m["state"], m["over"]
        if state in ("closed", "rejected", "reversed") and m["since"] < co.start:
            continue
        gained = expected = None
        if over:
            gained = sum(margins(co, earned, b["to_region"], n) - margins(co, earned, b["to_region"], n - 4) for n in over[:4])
            expected = due(m, len(over))
        verdict = None
        if state in ("draft", "proposed", "rejected"):
            verdict = "waits"
        elif len(over) <= m["lag"]:
            verdict = "too early"
        elif expected is not None:
            verdict = "met" if gained >= expected else "behind"
        check = None
        if state in ("decided", "closed") and over:
            check = "fourth" if len(over) >= 4 else "second" if len(over) >= 2 else "first"
        out.append([m["record"], b["from_region"], b["to_region"], state, verdict, check, len(over), gained, expected, m["amount"], m["cost"],
                    m["lost"], m["payback"], float(b["heads"]) if b.get("heads") else None, m["start"], b.get("owner")])
    order = ["behind", "too early", "waits", "met"]
    yield from sorted(out, key=lambda r: (order.index(r[4]) if r[4] else 9, r[14] is None, r[14] or co.as_of, r[0]))


def reallocation_checks(co):
    earned = earnings(co)
    for m in sorted(moves(co), key=lambda m: m["record"]):
        if m["state"] not in ("decided", "closed", "reversed") or not m["start"]:
            continue
        b = m["b"]
        for look in (1, 2, 4):
            done = len(m["over"]) >= look
            gained, given = (sum(margins(co, earned, region, n) - margins(co, earned, region, n - 4) for n in m["over"][:look]) if done else None
                             for region in (b["to_region"], b["from_region"]))
            expected = due(m, look)
            verdict = "later" if not done else "too early" if look <= m["lag"] else None
            if verdict is None and expected is not None:
                verdict = "met" if gained >= expected else "behind"
            yield [f"{m['name']}, {look}", look, verdict, m["ends"][look - 1][2], gained, expected, given,
                   cents(-m["lost"] * look / 4) if m["lost"] is not None else None, gained + given if done else None, b.get("reverse_if"), m["record"]]


def reallocation_options(co):
    roi, cost = {r["region"]: r["marginal"] for r in returns(co)}, spending(co)
    cap, out = float(co.assumption("reallocation_cap", "*", co.as_of)), []
    for m in moves(co):
        if m["state"] not in ("draft", "proposed", "decided"):
            continue
        b, quarter = m["b"], None
        if m["payback"] is not None and m["ends"]:
            quarter = label(co, m["ends"][max(1, ceil(m["payback"])) - 1][1])
        here, spent = roi.get(b["to_region"]), cost.get(b["from_region"], {}).get(0)
        part = float(m["amount"]) / 4 / (float(spent) * cap) if spent and m["amount"] is not None else None
        first = None if None in (m["wanted"], m["lost"]) else due(m, 4) - m["lost"] - m["cost"]
        out.append([m["name"], m["state"], first, m["cost"], m["wanted"], m["lost"], m["payback"], quarter,
                    cents(float(m["amount"]) * (1 + here)) if here is not None and m["amount"] is not None else None, m["amount"], part,
                    bool(part is not None and part > 1), roi.get(b["from_region"]), here, float(b["evidence"]) if b.get("evidence") else None,
                    m["start"], m["record"]])
    yield from sorted(out, key=lambda r: (r[2] is None, -(r[2] or 0), r[16]))
