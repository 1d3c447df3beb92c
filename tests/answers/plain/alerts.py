"""Win rates month by month, the alerts of streaks below the threshold, and what is behind them."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from math import exp, lgamma, log, sqrt

from .facts import NOT_SET, day, share, total
from .rates import by_slice, tail, trend_start, wilson


def rule_for(co, name):
    rules = [r for r in co.records("alert-rule")
             if r["state"] == "in-force" and day(r["body"]["effective_on"]) <= co.as_of]
    for segment in ([name] if co.by == "segment" else []) + ["*"]:
        mine = [r for r in rules if r["body"]["segment"] == segment]
        if mine:
            return max(mine, key=lambda r: (day(r["body"]["effective_on"]), r["updated_at"], r["record"]))["body"]
    return {"policy": "strict"}


def closed_on(co, deals):
    return [d for d in deals if d["state"] in ("won", "lost") and d["close"]]


def monthly(co, first):
    """One row per slice and month, with what was told of it at first."""
    everything = co.closings(date(1900, 1, 1), co.end)
    closed = [c for c in everything if c[0]["close"] >= first]
    if not closed:
        return []
    months = [co.month_of(deal["close"]) for deal, _, _ in closed]
    last = min(co.end, max(co.as_of, max(months)))
    known = {}
    out = []
    for name in sorted({deal["slice"] for deal, _, _ in closed}, key=by_slice):
        rule = rule_for(co, name)
        least = int(rule.get("min_closings") or co.assumption("win_rate_min_n", "*", co.as_of))
        for month in co.months(min(months), last):
            mine = [(w, v) for d, w, v in closed if d["slice"] == name and co.month_of(d["close"]) == month]
            won, n = sum(w for w, _ in mine), len(mine)
            threshold = co.assumption("win_rate_threshold", name if co.by == "segment" else "*", month)
            if rule.get("basis") == "trailing":
                start = month
                for _ in range(12):
                    start = co.month_of(start - timedelta(1))
                year = [w for d, w, _ in everything if d["slice"] == name and start <= co.month_of(d["close"]) < month]
                if year:
                    threshold = max(Decimal(0), round(Decimal(sum(year)) / len(year) - Decimal(rule["margin"]), 4))
            whole, part = Decimal(n), Decimal(won)
            if rule.get("measure") == "amount":
                whole = total(v for _, v in mine) if all(v is not None for _, v in mine) else None
                part = total(v for w, v in mine if w) or Decimal(0)
            grace = co.days("win_rate_grace_days")
            if co.as_of - co.month_end(month) < grace:
                state = "PARTIAL"
            elif n == 0:
                state = "EMPTY"
            elif n < (1 if rule["policy"] == "pool" else least) or whole is None:
                state = "LOW_N"
            else:
                state = "BELOW" if part < threshold * whole else "OK"
            told = [s for s in co.snapshots if co.month_end(month) + grace <= s <= co.as_of]
            then = None
            if told:
                if told[0] not in known:
                    known[told[0]] = closed_on(co, co.deals(told[0], co.as_of).values())
                then = [d["state"] == "won" for d in known[told[0]]
                        if d["slice"] == name and co.month_of(d["close"]) == month]
                then = (sum(then), len(then))
            out.append({"month": month, "slice": name, "won": won, "n": n, "threshold": threshold, "state": state,
                        "won_amount": total(v for w, v in mine if w), "amount": total(v for _, v in mine),
                        "unvalued": sum(v is None for _, v in mine), "policy": rule["policy"], "least": least,
                        "then": then, "restated": then != (won, n) if then else None})
    return out


def win_rate(co):
    for m in monthly(co, trend_start(co)):
        low, high = wilson(m["won"], m["n"])
        value = share(m["won_amount"] or 0, m["amount"]) if m["unvalued"] == 0 else None
        then = m["then"] or (None, None)
        yield [m["month"], m["slice"], m["won"], m["n"], share(m["won"], m["n"]), low, high, m["won_amount"], m["amount"],
               m["unvalued"], value, float(m["threshold"]), m["state"], *then, share(*then) if m["then"] else None,
               m["restated"]]


def verdicts(months):
    """What the rule sees in each complete month: the month itself, or the three that end with it."""
    for i, m in enumerate(months):
        m["verdict"] = m["state"]
        if m["policy"] == "pool":
            three = months[i - 2:i + 1] if i >= 2 else []
            won, n = sum(x["won"] for x in three), sum(x["n"] for x in three)
            m["verdict"] = "LOW_N" if len(three) < 3 or n < m["least"] else "BELOW" if won < n * m["threshold"] else "OK"


def runs_of(months):
    """(first, last) places of the months below, with those that a rule passes over in between."""
    runs, i = [], 0
    while i < len(months):
        if months[i]["verdict"] != "BELOW":
            i += 1
            continue
        first = last = i
        while True:
            if last + 1 < len(months) and months[last + 1]["verdict"] == "BELOW":
                last += 1
            elif (months[i]["policy"] == "hold" and last + 2 < len(months)
                  and months[last + 1]["verdict"] in ("EMPTY", "LOW_N") and months[last + 2]["verdict"] == "BELOW"):
                last += 2
            else:
                break
        runs.append((first - 2 if months[i]["policy"] == "pool" else first, last))
        i = last + 1
    return runs


def counts(m, told=True):
    text = f"{m['month']:%Y-%m} {m['won']}/{m['n']}"
    if told and m["restated"]:
        text += f" (told as {m['then'][0]}/{m['then'][1]})"
    return text


def scarce(m):
    return f"{m['month']:%Y-%m} no closings" if m["verdict"] == "EMPTY" else f"{m['month']:%Y-%m} only {m['won']}/{m['n']}"


def odds(closings, rate, threshold):
    """Chance of three months below in a row within twelve, month by month."""
    below = 0.0
    for n in range(1, int(closings + 12 * sqrt(closings) + 40)):
        k = 0
        while k < n * threshold - 1e-9:
            k += 1
        if k >= 1:
            below += exp(n * log(closings) - closings - lgamma(n + 1)) * tail(k - 1, n, rate)
    streak = [1.0, 0.0, 0.0, 0.0]
    for _ in range(12):
        fine = sum(streak[:3]) * (1 - below)
        streak = [fine, streak[0] * below, streak[1] * below, streak[3] + streak[2] * below]
    return streak[3]


def two_business_days(when):
    left = 2
    while left:
        when += timedelta(1)
        left -= when.isoweekday() <= 5
    return when


def win_rate_alerts(co):
    everything = monthly(co, date(1900, 1, 1))
    complete = [m for m in everything if m["state"] != "PARTIAL"]
    tested = len({m["slice"] for m in complete if m["n"] and m["month"] >= trend_start(co)})
    corrections = {}
    for r in sorted(co.records("course-correction"), key=lambda r: (r["created_at"], r["record"])):
        if r["state"] != "superseded":
            corrections[r["body"]["finding"]] = r
    out = []
    for name in sorted({m["slice"] for m in complete}):
        months = [m for m in complete if m["slice"] == name]
        verdicts(months)
        policy = months[0]["policy"]
        for start, end in runs_of(months):
            span = months[start:end + 1]
            passed = [m for m in span if policy == "hold" and m["verdict"] in ("EMPTY", "LOW_N")]
            run = [m for m in span if m not in passed]
            if len(run) < 2:
                continue
            after = months[end + 1:]
            goes_on = not after or policy == "hold" and len(after) == 1 and after[0]["verdict"] in ("EMPTY", "LOW_N")
            alert = f"win-rate/{co.by}/{name}/{run[0]['month']:%Y-%m}"
            correction = corrections.get(alert)
            answer = correction and correction["state"]
            if answer == "dismissed" and day(correction["body"]["dismissed_until"]) < co.as_of:
                answer = "lapsed"
            alive = correction and correction["state"] not in ("closed", "dismissed")
            if co.month_end(run[-1]["month"]) < co.start and not goes_on and not alive:
                continue
            full = len(run) >= 3
            status = ("firing" if goes_on else "ended") if full else "watch" if goes_on else "interrupted"
            answered = answer in ("planned", "monitoring", "dismissed") or answer in ("resolved", "closed") and not goes_on
            won, n = sum(m["won"] for m in span), sum(m["n"] for m in span)
            threshold = sum(float(m["threshold"]) * m["n"] for m in span) / n
            low, high = wilson(won, n)
            chance = tail(won, n, threshold)
            grade = "weak" if n < 10 else "strong" if high < threshold else "moderate" if chance <= 0.2 else "weak"
            text = ", ".join(counts(m) for m in run)
            if passed:
                text += "; " + ", ".join(scarce(m) for m in passed)
            if not goes_on:
                text += "; ended by " + (scarce(after[0]) if after[0]["verdict"] in ("EMPTY", "LOW_N") else counts(after[0], False))
            running = "; ".join(
                counts(m, False) + (", below" if m["won"] < m["n"] * m["threshold"] else "")
                for m in everything if m["slice"] == name and m["state"] == "PARTIAL" and m["n"])
            fired = co.month_end(run[2]["month"]) + co.days("win_rate_grace_days") if full else None
            value = None
            if not any(m["unvalued"] for m in span):
                value = share(total(m["won_amount"] for m in span) or 0, total(m["amount"] for m in span))
            trend = [m["n"] for m in months if m["month"] >= trend_start(co)]
            usual = sum(trend) / len(trend) if trend else 0
            out.append([
                alert, name, status, answer, full and not answered, won / n, threshold, len(run), grade, run[0]["month"],
                run[-1]["month"], co.month_end(run[-1]["month"]), text, running or None, policy, fired,
                two_business_days(fired) if fired and answer in (None, "open", "lapsed") else None, value,
                any(bool(m["restated"]) for m in span), won, n, low, high, chance,
                odds(usual, min(threshold + 0.1, 1.0), threshold) if usual else None,
                odds(usual, threshold, threshold) if usual else None, tested,
                correction and correction["body"].get("owner"), correction and correction["record"]])
    order = ["firing", "ended", "watch", "interrupted"]
    yield from sorted(out, key=lambda r: (order.index(r[2]), r[23], r[1], r[9]))


def alert_diagnosis(co):
    asked = co.case
    first = day(asked.get("closed_from")) or co.start
    last = day(asked.get("closed_to")) or co.end
    wanted = asked.get("slice")
    before = first
    if co.month_of(first) == first:
        for _ in range(12):
            before = co.month_of(before - timedelta(1))
    else:
        before = co.month_of(first)
        for _ in range(12):
            before = co.month_of(before - timedelta(1))
    closed = [(d, won, value, d["close"] >= first) for d, won, value in co.closings(before, last)
              if wanted is None or d["slice"] == wanted]
    recent = [c for c in closed if c[3]]
    if not closed:
        return
    groups = {}  # aspect -> value -> closings

    def add(aspect, value, closing):
        groups.setdefault(aspect, {}).setdefault(value, []).append(closing)

    parting = ("owner", "product", "region", "segment", "deal type", "lead source")
    lost_on = Counter(d["close"] for d, won, _, now in closed if now and not won)
    sweep = max(lost_on, key=lambda when: (lost_on[when], when), default=None)
    staked = [(value, d["id"]) for d, _, value, now in closed if now and value is not None]
    largest = min(staked, key=lambda x: (-x[0], x[1]))[1] if staked else None
    for closing in closed:
        d, won, _, _ = closing
        for aspect in parting:
            add(aspect, d[aspect.replace(" ", "_") if aspect == "lead source" else {"deal type": "deal_type"}.get(aspect, aspect)]
                or NOT_SET, closing)
        if not won:
            add("loss reason", d["loss_reason"] or NOT_SET, closing)
        for rival in {n for n, _ in co.rivals_of[d["id"]]} or {"(none named)"}:
            add("competitor", rival, closing)
        if d["close"] == sweep:
            add("day of closing", sweep.isoformat(), closing)
        add("amount", "all deals", closing)
        if d["id"] != largest:
            add("amount", "without the largest", closing)
    all_lost = sum(not won for _, won, _, _ in recent)
    all_lost_before = sum(not won for _, won, _, now in closed if not now)
    n_now, n_before = len(recent), len(closed) - len(recent)

    def number(name, default):
        found = co.assumption(name, "*", co.as_of)
        return float(default if found is None else found)

    points, few = number("alert_shift_points", 0.1), number("alert_shift_min_losses", 10)
    out = []
    for aspect, values in groups.items():
        parts = aspect in parting
        if parts and len(values) < 2:
            continue
        rows_ = []
        for value, mine in values.items():
            now = [c for c in mine if c[3]]
            old = [c for c in mine if not c[3]]
            won, was = sum(c[1] for c in now), sum(c[1] for c in old)
            lost = len(now) - won
            rate, earlier = share(won, len(now)), share(was, len(old))
            within = mix = None
            if parts and n_now and n_before:
                r1 = rate if rate is not None else earlier
                r0 = earlier if earlier is not None else rate
                w1, w0 = len(now) / n_now, len(old) / n_before
                within, mix = w0 * (r1 - r0), r1 * (w1 - w0)
            then = share(len(old) - was, all_lost_before)
            part = share(lost, all_lost)
            known = all(c[2] is not None for c in now)
            value_rate = share(total(c[2] for c in now if c[1]) or 0, total(c[2] for c in now)) if known else None
            rows_.append({"aspect": aspect, "value": value, "lost": lost, "then": then,
                          "change": None if part is None or then is None else part - then, "won": won, "n": len(now),
                          "rate_before": earlier, "within": within, "mix": mix, "value_rate": value_rate})
        if parts:
            whole = {"aspect": aspect, "value": "(all)", "then": None, "change": None, "value_rate": None,
                     "lost": sum(r["lost"] for r in rows_), "won": sum(r["won"] for r in rows_), "n": sum(r["n"] for r in rows_),
                     "rate_before": share(sum(c[1] for v in values.values() for c in v if not c[3]), n_before)}
            for key in ("within", "mix"):
                whole[key] = sum(r[key] for r in rows_) if n_now and n_before else None
            rows_.append(whole)
        base = next((r["value_rate"] for r in rows_ if r["value"] == "all deals"), None)
        for r in rows_:
            part, sign = share(r["lost"], all_lost), None
            if r["value"] == "(all)" and parts:
                if r["mix"] is not None and abs(r["mix"]) > abs(r["within"]) and abs(r["mix"]) >= points:
                    sign = "other deals"
                elif r["mix"] is not None and abs(r["within"]) >= points:
                    sign = "same deals"
            elif aspect == "owner" and part is not None and part > number("alert_person_share", 0.5):
                sign = "one person"
            elif aspect == "day of closing" and r["lost"] >= 3 and part >= number("alert_sweep_share", 0.25):
                sign = "clean-up"
            elif (r["value"] == "without the largest" and r["value_rate"] is not None and base is not None
                  and abs(r["value_rate"] - base) >= points):
                sign = "one deal"
            elif aspect not in ("amount", "day of closing") and all_lost >= few and r["change"] is not None:
                sign = "more" if r["change"] >= points - 1e-9 else "less" if r["change"] <= -points + 1e-9 else None
            plain = aspect != "loss reason"
            out.append([
                aspect, r["value"], sign, r["lost"], all_lost, part, r["then"], r["change"], r["won"] if plain else None,
                r["n"] if plain else None, share(r["won"], r["n"]) if plain else None, r["rate_before"] if plain else None,
                r["within"], r["mix"], r["value_rate"], r["value"] if not plain and r["value"] != NOT_SET else None,
                r["value"] if aspect == "competitor" and r["value"] != "(none named)" else None, first, last, wanted])
    order = ["loss reason", "competitor", "owner", "day of closing", "amount", "product", "deal type", "lead source",
             "region", "segment"]
    yield from sorted(out, key=lambda r: (r[2] in (None, "less"), order.index(r[0]), r[1] != "(all)", -r[3], r[1]))
