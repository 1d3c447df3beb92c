"""Pipeline for what is still missing, week by week."""

from datetime import timedelta
from decimal import Decimal

from .calibration import label
from .facts import share
from .forecast import targets

ZERO = Decimal("0.00")


def coverage(co):
    rows = list(covered(co))
    for row in rows:
        # The newest quarter comes first: the ones after it are those before it.
        later = rows[rows.index(row) + 1:]
        usual = [r[7] for r in later if r[1] == row[1] and r[0] != row[0]][:4]
        known = [c for c in usual if c is not None]
        yield row[:8] + [sum(known) / len(known) if known else None] + row[8:]


def covered(co):
    first = co.month_of(co.end)
    while (first.month - co.case["fiscal_year_start"]) % 3:
        first = co.month_of(first - timedelta(1))
    for back in range(5):
        start = first
        for _ in range(3 * back):
            start = co.month_of(start - timedelta(1))
        end = start
        for _ in range(3):
            end = co.month_end(end) + timedelta(1)
        end -= timedelta(1)
        over = end < co.start
        if over:
            goal = sum((d["amount"] or ZERO for d in co.deals(co.as_of).values()
                        if d["state"] == "won" and d["close"] and start <= d["close"] <= end), ZERO)
        else:
            known = targets(co)
            goal = sum(known.values()) if known and (start, end) == (co.start, co.end) else None
        for week in range(1, 15):
            day = start + timedelta(7 * (week - 1))
            near = [s for s in co.snapshots if day - timedelta(7) < s <= day and s <= co.as_of]
            if day > min(end, co.as_of) or not near:
                continue
            deals = [d for d in co.deals(max(near), co.as_of).values()
                     if d["close"] and start <= d["close"] <= end and d["amount"] is not None]
            open_ = sum((d["amount"] for d in deals if d["state"] == "open" and d["category"] != "omitted"
                         and d["close"] >= max(near)), ZERO)
            booked = sum((d["amount"] for d in deals if d["state"] == "won"), ZERO)
            missing = None if goal is None else goal - booked
            yield [label(co, start), week, max(near), open_, booked, goal, missing,
                   share(open_, missing) if missing is not None and missing > 10000 else None,
                   share(missing, open_) if missing is not None and missing > 0 else None,
                   "won in the end" if over else "target"]


def category_close_rates(co):
    first, now = co.opening(), co.deals(co.as_of)
    for category, default in (("commit", 0.85), ("best case", 0.5), ("pipeline", 0.1)):
        for taken in [s for s in co.snapshots if first and first <= s <= min(co.end, co.as_of)]:
            mine = []
            for key, d in co.deals(taken, co.as_of).items():
                if d["state"] != "open" or d["category"] != category or not co.in_period(d["close"]):
                    continue
                state = now[key]["state"] if key in now else "removed"
                won = state == "won" and co.in_period(now[key]["close"])
                if won or state != "cancelled":
                    mine.append((d["amount"], state, won))
            if not mine:
                continue
            known = [(a, w) for a, _, w in mine if a is not None]
            worth, wins = sum(a for a, _ in known) if known else None, sum((a for a, w in known if w), ZERO)
            found = co.assumption("category_close_rate", category, co.as_of)
            promised = default if found is None else float(found)
            rate = share(wins, worth)
            verdict = None if rate is None else "as called" if rate >= promised else "too little"
            yield [category, max(1, (taken - co.start).days // 7 + 1), taken,
                   "open" if co.as_of < co.end else verdict, sum(w for _, _, w in mine), len(mine),
                   sum(w for _, _, w in mine) / len(mine), wins, worth, rate, promised,
                   sum(s == "open" for _, s, _ in mine), sum(s == "removed" for _, s, _ in mine),
                   "category_close_rate", f"{sum(w for _, _, w in mine)} of {len(mine)} deals in {category} on {taken} "
                   "were won in the period."]
