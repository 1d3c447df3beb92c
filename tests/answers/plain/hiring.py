"""By when a seat must be opened."""

from datetime import timedelta
from math import ceil

from .accuracy import quarter_starts
from .calibration import label, percentile
from .facts import day, rows, share


def months_before(when, months):
    total = when.year * 12 + when.month - 1 - months
    return when.replace(year=total // 12, month=total % 12 + 1)


def hiring_deadlines(co):
    known = [r | {k: day(r.get(k)) for k in ("opened_on", "accepted_on", "started_on")} for r in rows(co.folder, "requisition")]
    quarter, quarters = quarter_starts(co, co.as_of, 0)[0], []
    while quarter <= co.as_of + timedelta(366):
        if quarter > co.as_of:
            quarters.append(quarter)
        for _ in range(3):
            quarter = co.month_end(quarter) + timedelta(1)
    out = []
    for role in {r["role"] for r in known}:
        mine = [r for r in known if r["role"] == role and not (r["opened_on"] and r["opened_on"] > co.as_of)]
        if not mine:
            continue
        hired = [r for r in known if r["role"] == role and r["accepted_on"] and r["accepted_on"] <= co.as_of
                 and r["opened_on"] and r["opened_on"] <= r["accepted_on"]]
        fill = [(r["accepted_on"] - r["opened_on"]).days for r in hired]
        wait = [(r["started_on"] - r["accepted_on"]).days for r in hired if r["started_on"] and r["started_on"] >= r["accepted_on"]]

        def said(name, default):
            value = co.assumption(name, role, co.as_of)
            return default if value is None else float(value)

        ramp, notice, half = said("ramp_months", None), said("notice_days", None), said("time_to_fill_days", None)
        most = said("time_to_fill_days_80", half)
        if len(fill) >= 8:
            half, most = percentile(fill, 0.5), percentile(fill, 0.8)
            notice = percentile(wait, 0.5) if wait else notice
        offers = sum(int(r.get("offers") or 0) for r in mine)
        accepted = sum(bool(r["accepted_on"] and r["accepted_on"] <= co.as_of and int(r.get("offers") or 0)) for r in mine)
        for first in quarters:
            start = months_before(first, ceil(ramp))
            accept = start - timedelta(ceil(notice))
            by, by_most = accept - timedelta(ceil(half)), accept - timedelta(ceil(most))
            verdict = ("too late" if by < co.as_of else "risky" if by_most < co.as_of
                       else "now" if by_most <= co.as_of + timedelta(30) else "in time")
            out.append([role, label(co, first), verdict, by, by_most, accept, start, first, (by - co.as_of).days, ramp,
                        float(notice), float(half), float(most), len(fill),
                        "productivity, fewer leaving, a lower target, other people, partners" if by < co.as_of else None, share(accepted, offers), accepted, offers,
                        sum(r["status"] in ("open", "offered") for r in mine)])
    yield from sorted(out, key=lambda r: (r[7], r[3], r[0]))
