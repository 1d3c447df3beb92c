"""What moved the win rate, and what came of the corrections."""

from collections import Counter
from datetime import timedelta

from .facts import day, share
from .rates import by_slice, wilson


def win_rate_shift(co):
    first = co.month_of(co.start)
    for _ in range(12):
        first = co.month_of(first - timedelta(1))
    closed = [(d, won, d["close"] >= co.start) for d, won, _ in co.closings(first, co.end)]
    now = [(d, won) for d, won, recent in closed if recent]
    old = [(d, won) for d, won, recent in closed if not recent]
    lost = sum(not won for _, won in now)
    whole = None
    if now and old:
        whole = sum(w for _, w in now) / len(now) - sum(w for _, w in old) / len(old)
    out = []
    for name in {d["slice"] for d, _, _ in closed}:
        a = [won for d, won in now if d["slice"] == name]
        b = [won for d, won in old if d["slice"] == name]
        mine = sum(not won for won in a)
        swept = Counter(d["close"] for d, won in now if d["slice"] == name and not won)
        within = mix = effect = None
        if now and old:
            w1, w0 = len(a) / len(now), len(b) / len(old)
            r1 = sum(a) / len(a) if a else sum(b) / len(b)
            r0 = sum(b) / len(b) if b else r1
            within, mix = w0 * (r1 - r0), r1 * (w1 - w0)
            effect = within + mix
        out.append([name, sum(a), len(a), share(sum(a), len(a)), sum(b), len(b), share(sum(b), len(b)), within, mix,
                    effect, whole, mine, lost, share(mine, lost), max(swept.values(), default=0)])
    yield from sorted(out, key=lambda r: (r[9] is None, -round(abs(r[9] or 0), 12), by_slice(r[0])))


def course_corrections(co):
    deals = [d for d in co.deals(co.as_of).values()
             if d["state"] in ("won", "lost") and d["close"] and d["close"] <= co.as_of]
    grace, out = co.days("win_rate_grace_days"), []
    for r in co.records("course-correction"):
        if r["state"] in ("closed", "superseded") and r["since"] < co.start:
            continue
        b, state = r["body"], r["state"]
        start, review = day(b.get("effective_on")), day(b.get("review_on"))
        mine = [d["state"] == "won" for d in deals if start and d["segment"] == b["segment"] and d["close"] >= start]
        won, n = sum(mine), len(mine)
        good = 0
        month = co.month_of(co.as_of)
        while start and month >= start:
            if co.as_of - co.month_end(month) >= grace:
                here = [d["state"] == "won" for d in deals if d["segment"] == b["segment"] and co.month_of(d["close"]) == month]
                threshold = co.assumption("win_rate_threshold", b["segment"], month)
                if not here or sum(here) / len(here) < float(threshold) + 0.02 - 1e-9:
                    break
                good += 1
            month = co.month_of(month - timedelta(1))
        target = float(b["target_rate"]) if b.get("target_rate") else None
        if state in ("closed", "superseded"):
            verdict = "resolved"
        elif state == "dismissed":
            verdict = "lapsed" if day(b["dismissed_until"]) < co.as_of else "waits"
        elif start is None or state in ("open", "acknowledged", "diagnosing"):
            verdict = "waits"
        elif state == "resolved" or good >= 2:
            verdict = "resolved"
        elif review and review <= co.as_of:
            verdict = "review"
        elif not n:
            verdict = "too early"
        else:
            verdict = "on course" if target is not None and won / n >= target - 1e-9 else "behind"
        then = share(float(b.get("won_then") or 0), float(b.get("closed_then") or 0)) if b.get("won_then") else None
        low, high = wilson(won, n)
        out.append([r["record"], b["segment"], state, verdict, won, n, share(won, n), low, high, target, then, good,
                    b.get("plan"), b.get("owner"), start, review, (review - co.as_of).days if review else None,
                    (co.as_of - r["since"]).days, b.get("changes"), b["finding"]])
    order = ["review", "lapsed", "behind", "waits", "too early", "on course", "resolved"]
    yield from sorted(out, key=lambda r: (order.index(r[3]), r[15] is None, r[15] or co.as_of, r[0]))
