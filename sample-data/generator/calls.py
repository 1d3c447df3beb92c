"""Quotas and the forecast calls that owners submitted."""

from datetime import date, timedelta

from .company import AP, BIG, DESKS, ENT, EU, LA, LAST_DAY, MID, NA, PUB, SMB, holder, plan_rate
from .history import shown_on
from .plan import NEXT_TARGETS, TARGETS, month_end, quarter_of
from .rng import Rng

SEGMENT_SHARE = {ENT: 0.48, PUB: 0.22, MID: 0.23, SMB: 0.07}
# What a region's calls say of the truth in the first week: 1.10 is 10 % too much.
LEAN = {
    NA: {(2024, 1): 1.03, (2024, 2): 0.98, (2024, 3): 1.04, (2024, 4): 0.99, (2025, 1): 1.05, (2025, 2): 0.97, (2025, 3): 1.02, (2025, 4): 1.03},
    EU: {(2024, 1): 1.06, (2024, 2): 0.98, (2024, 3): 1.07, (2024, 4): 1.03, (2025, 1): 1.05, (2025, 2): 1.08, (2025, 3): 1.09, (2025, 4): 1.46},
    AP: {(2024, 1): 1.07, (2024, 2): 0.96, (2024, 3): 1.02, (2024, 4): 0.97, (2025, 1): 0.96, (2025, 2): 1.04, (2025, 3): 1.05, (2025, 4): 1.02},
    LA: {(2024, 1): 1.02, (2024, 2): 0.97, (2024, 3): 1.06, (2024, 4): 0.98, (2025, 1): 0.93, (2025, 2): 0.88, (2025, 3): 0.82, (2025, 4): 0.52},
}
# How long a call stays as wrong as it was: 1 corrects itself week by week, 4 only at the very end.
STUBBORN = {(LA, (2025, 4)): 4, (EU, (2025, 4)): 4, (LA, (2025, 3)): 2}

NOTES = {
    ("E12", date(2025, 11, 24)): "Mill vibration is with the board; verbal yes from the plant director.",
    ("E12", date(2025, 12, 15)): "Mill vibration lost to Drevane on price. The rest holds.",
    ("E13", date(2025, 12, 22)): "Two signatures moved into the customers' next budget year.",
    ("E20", date(2025, 10, 6)): "I only call what has a purchase order date.",
    ("E20", date(2025, 12, 15)): "Two deals may come early; not calling them.",
    ("E09", date(2025, 11, 10)): "Fennick is in three of my five; commit lowered.",
    ("E10", date(2025, 11, 17)): "Price requests in nearly every mid-market quote.",
    ("E17", date(2025, 10, 13)): "Water boards buy at the end of the quarter, as always.",
}


def quarters(of=TARGETS):
    for year, quarter in of:
        first = date(year, quarter * 3 - 2, 1)
        yield (year, quarter), first, month_end(year, quarter * 3)


def quotas():
    """(period, region, segment, owner, amount in USD), one row per quota."""
    agreed = TARGETS | NEXT_TARGETS
    for (year, quarter), first, last in quarters(agreed):
        for region, target in agreed[year, quarter].items():
            desks = {d: row for d, row in DESKS.items() if row[0] == region}
            left, rows = target * 1000, []
            for desk, (_, segments, weight, _) in desks.items():
                for segment in segments:
                    total = sum(w for _, s, w, _ in desks.values() if segment in s)
                    amount = round(target * 1000 * SEGMENT_SHARE[segment] * weight / total, -3)
                    rows.append([f"{year}-Q{quarter}", region, segment, holder(desk, first + timedelta(days=70)), amount])
                    left -= amount
            # Rounding goes to the largest quota, so that a region's quotas add up to its target.
            max(rows, key=lambda row: row[4])[4] += left
            yield from rows


def call_days(quarter, first, last):
    """Mondays: every week from July 2025 on, about monthly before."""
    monday = first - timedelta(days=first.weekday())
    days = []
    while monday <= last:
        days.append(monday)
        monday += timedelta(days=7)
    return days if quarter >= (2025, 3) else days[1:12:5]


def _true_totals(deals, histories):
    totals = {}
    for deal in deals:
        if deal.outcome == "won":
            key = deal.desk, quarter_of(deal.close)
            totals[key] = totals.get(key, 0) + deal.usd
    return totals


def calls(deals, histories):
    """(day, period, owner, category, amount, currency, roll_up, note)"""
    totals = _true_totals(deals, histories)
    quota = {}
    for period, _, _, owner, amount in quotas():
        quota[period, owner] = quota.get((period, owner), 0) + amount
    for quarter, first, last in quarters():
        days = call_days(quarter, first, last)
        period = f"{quarter[0]}-Q{quarter[1]}"
        for day in days:
            week = (day - days[0]).days / 91
            sums = {}
            for deal in deals:
                row = shown_on(deal, histories[deal.id], day)
                if row and first <= row["close_date"] <= last:
                    kind = "closed" if row["state"] == "won" else row["category"] if row["state"] == "open" else None
                    usd = row["amount"] * plan_rate(deal.currency, last)
                    sums[deal.desk, kind] = sums.get((deal.desk, kind), 0) + usd
            for desk, (region, segments, _, _) in DESKS.items():
                owner = holder(desk, day)
                currency = "EUR" if region == EU else "USD"
                rng = Rng("call", owner, period)
                truth = totals.get((desk, quarter), 0) or 0.4 * quota.get((period, owner), 0)
                stubborn = STUBBORN.get((region, quarter), 1.3)
                wrong = (LEAN[region][quarter] - 1) * (1 + 0.25 * rng.share(-1, 1)) + rng.share(-0.17, 0.17)
                wrong *= max(1 - week**stubborn, 0.25 if stubborn == 4 else 0)
                wrong += Rng("call", owner, day).share(-0.035, 0.035)
                closed, commit = sums.get((desk, "closed"), 0), sums.get((desk, "commit"), 0)
                # A call leans on what is in the CRM early on, and on what the owner believes.
                total = max(closed, truth * (1 + wrong) if quarter == (2025, 4) else 0.85 * truth * (1 + wrong) + 0.15 * min(closed + commit, 1.5 * truth))
                best, pipe = sums.get((desk, "best case"), 0), sums.get((desk, "pipeline"), 0)
                rows = {"closed": closed, "commit": total - closed, "best case": best, "pipeline": pipe}
                roll_up = "single"
                if region == AP:
                    roll_up = "cumulative"
                    rows = {"closed": closed, "commit": total, "best case": total + best, "pipeline": total - closed + best + pipe}
                for category, usd in rows.items():
                    amount = round(usd / plan_rate(currency, last), -3)
                    if category == "closed":
                        amount = round(usd / plan_rate(currency, last), 0)
                    note = NOTES.get((owner, day), "") if category == "commit" else ""
                    yield day, period, owner, category, int(amount), currency, roll_up, note
