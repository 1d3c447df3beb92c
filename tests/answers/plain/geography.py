"""Return by region: the average and the next money."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from statistics import median

from .accuracy import quarter_starts
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


def region_roi(co):
    late, cost, margin = lag(co), defaultdict(lambda: defaultdict(Decimal)), defaultdict(lambda: defaultdict(list))
    first = {}
    for row in rows(co.folder, "cost"):
        if day(row["period_start"]) > co.as_of:
            continue
        months = co.months(day(row["period_start"]), day(row["period_end"]))
        amount = co.converted(money(row["amount"]), row["currency"], co.as_of)
        for month in months:
            cost[row.get("region") or NOT_SET][number_of(co, month)] += amount / len(months)
    for region, by_number in cost.items():
        first[region] = min((n for n, v in by_number.items() if v > 0), default=None)
    gone = {r["booking_id"] for r in rows(co.folder, "cancellation")
            if r["kind"] == "full" and not r.get("line_id") and day(r["cancelled_on"]) <= co.as_of}
    for row in rows(co.folder, "booking"):
        if day(row["booked_on"]) > co.as_of or row["booking_id"] in gone or (row.get("deal_type") or "new").lower().startswith("renewal"):
            continue
        region = co.placed(row) or NOT_SET
        known = money(row["amount"]) - (money(row.get("deductions")) or 0) - money(row["cost"]) if row.get("cost") else None
        margin[region][number_of(co, day(row["booked_on"]))].append(co.converted(known, row["currency"], co.as_of))
    market = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for row in rows(co.folder, "market"):
        n = number_of(co, day(row["period_end"]))
        if -7 <= n <= 0:
            market[row.get("region")][n > -4] += co.converted(money(row["amount"]), row["currency"], co.as_of)
    out = []
    for region in {*cost, *margin}:
        spent = {n + late: cents(v) for n, v in cost[region].items() if -7 <= n + late <= 0}
        earned = {n: [m for m in v if m is not None] for n, v in margin[region].items() if -7 <= n <= 0}
        unknown = sum(m is None for n, v in margin[region].items() if -7 <= n <= 0 for m in v)
        if not spent and not earned:
            continue

        def added(values, recent):
            found = [v for n, v in values.items() if (n > -4) == recent]
            return sum(found) if found else None

        sums = {n: sum(v) for n, v in earned.items() if v}
        m1, m0, c1, c0 = added(sums, True), added(sums, False), added(spent, True), added(spent, False)
        average = float(m1 or 0) / float(c1) - 1 if c1 and c1 > 0 else None
        marginal = None
        if c1 is not None and c0 is not None and c1 != c0:
            marginal = float((m1 or 0) - (m0 or 0)) / float(c1 - c0) - 1
        roi = [(n, float(sums.get(n, 0)) / float(c) - 1) for n, c in sorted(spent.items()) if c > 0]
        pairs = [(b[1] - a[1]) / (b[0] - a[0]) for i, a in enumerate(roi) for b in roi[i + 1:]]
        trend, slope = "insufficient", None
        if len(roi) >= 6:
            slope = median(pairs)
            up, down = sum(p > 0 for p in pairs), sum(p < 0 for p in pairs)
            trend = "improving" if slope > 0 and up >= 0.7 * len(pairs) else "declining" if slope < 0 and down >= 0.7 * len(pairs) else "flat"
        hurdle = float(co.assumption("roi_hurdle", region, co.as_of) or 0)
        if first.get(region) is not None and first[region] > -4:
            verdict = "shielded"
        elif marginal is None:
            verdict = "unknown"
        elif marginal > hurdle and trend != "declining":
            verdict = "receive"
        elif marginal < hurdle and trend == "declining":
            verdict = "release"
        else:
            verdict = "keep"
        largest = max((m for n, v in earned.items() if n > -4 for m in v), default=None)
        before, now = market[region]
        out.append([region, verdict, average, marginal, None, None, trend, slope, len(roi), m1, m0, c1, c0,
                    bool(c1 is not None and c0 is not None and abs(c1 - c0) >= c0 / 10),
                    share(largest, m1) if largest is not None else None, unknown,
                    float(now) / float(before) - 1 if before > 0 else None, late])
    for column, place in ((2, 4), (3, 5)):
        known = sorted((r[column] for r in out if r[column] is not None), reverse=True)
        for row in out:
            if row[column] is not None:
                row[place] = known.index(row[column]) + 1
    yield from sorted(out, key=lambda r: (r[3] is None, -(r[3] or 0), r[0]))


def margins(co, region, number):
    gone = {r["booking_id"] for r in rows(co.folder, "cancellation")
            if r["kind"] == "full" and not r.get("line_id") and day(r["cancelled_on"]) <= co.as_of}
    found = [co.converted(money(r["amount"]) - (money(r.get("deductions")) or 0) - money(r["cost"]), r["currency"], co.as_of)
             for r in rows(co.folder, "booking")
             if r.get("region") == region and r.get("cost") and r["booking_id"] not in gone and r.get("deal_type") != "renewal"
             and day(r["booked_on"]) <= co.as_of and number_of(co, day(r["booked_on"])) == number]
    return sum(found, Decimal(0))


def reallocations(co):
    out = []
    for r in co.records("reallocation"):
        b, state = r["body"], r["state"]
        if state in ("closed", "rejected", "reversed") and r["since"] < co.start:
            continue
        start = day(b.get("effective_on"))
        over, month = [], start
        while month and month <= min(co.as_of, co.end):
            last = month
            for _ in range(3):
                last = co.month_end(last) + timedelta(1)
            if last - timedelta(1) <= min(co.as_of, co.end):
                over.append(number_of(co, month))
            month = last
        counted = over[:4]
        gained = expected = None
        if counted:
            gained = sum(margins(co, b["to_region"], n) - margins(co, b["to_region"], n - 4) for n in counted)
            expected = cents(money(b["expected_margin"]) * len(counted) / 4) if b.get("expected_margin") else None
        verdict = None
        if state in ("draft", "proposed", "rejected"):
            verdict = "waits"
        elif not over:
            verdict = "too early"
        elif expected is not None:
            verdict = "met" if gained >= expected else "behind"
        check = None
        if state in ("decided", "closed") and over:
            check = "fourth" if len(over) >= 4 else "second" if len(over) >= 2 else "first"
        amount, cost, margin = (money(b.get(k)) for k in ("amount", "transition_cost", "expected_margin"))
        payback = 4 * float(cost) / float(margin - amount) if None not in (amount, cost, margin) and margin > amount else None
        out.append([r["record"], b["from_region"], b["to_region"], state, verdict, check, len(over), gained, expected,
                    amount, cost, payback, float(b["heads"]) if b.get("heads") else None, start, b.get("owner")])
    order = ["behind", "too early", "waits", "met"]
    yield from sorted(out, key=lambda r: (order.index(r[4]), r[13] is None, r[13] or co.as_of, r[0]))
