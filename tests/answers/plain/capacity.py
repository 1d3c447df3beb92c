"""What people can sell and the pipeline can bring in the next four quarters."""

from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from math import ceil, floor
from statistics import median

from .accuracy import quarter_starts
from .calibration import label, percentile
from .facts import NOT_SET, cents, day, money, rows, share
from .velocity import moment
from .velocity import money as cash

STEPS = [("attrition", "Attrition", "lever_attrition"), ("ramp", "Ramp", "lever_ramp_months"),
         ("win_rate", "Win rate", "lever_win_rate"), ("fill", "Time to fill", "lever_fill_days"),
         ("pipeline", "New pipeline", "lever_pipeline")]


def after(co, first):
    """The first day of the next fiscal quarter."""
    for _ in range(3):
        first = co.month_end(first) + timedelta(1)
    return first


def months_of(co, first):
    out = [first]
    for _ in range(2):
        out.append(co.month_end(out[-1]) + timedelta(1))
    return out


def planned(co):
    first, out = quarter_starts(co, co.as_of, 0)[0], []
    while len(out) < 4:
        if first > co.as_of:
            out.append(first)
        first = after(co, first)
    return out


def past(co):
    first, out = quarter_starts(co, co.as_of, 0)[0], []
    wanted = int(co.assumption("capacity_quarters", "*", co.as_of))
    while len(out) < wanted and first.year > 2000:
        if after(co, first) - timedelta(1) <= co.as_of:
            out.append(first)
        first = quarter_starts(co, first - timedelta(1), 0)[0]
    return out


def full_months(start, at):
    """Whole months from one day to another; long, when nobody knows the start."""
    if start is None:
        return 999
    if start > at:
        return 0
    months = (at.year - start.year) * 12 + at.month - start.month
    return months - (at.day < start.day)


def said(co, name, role):
    value = co.assumption(name, role, co.as_of)
    return None if value is None else float(value)


class Sellers:
    """Who carries a quota, and how their roles have done."""

    def __init__(self, co):
        self.co = co
        self.quotas = self._quotas()
        self.people = self._people()
        self.won = defaultdict(float)
        for deal in co.deals(co.as_of).values():
            if deal["state"] == "won" and deal["close"] and deal["close"] <= co.as_of and deal["amount"] is not None:
                self.won[deal["owner_id"], co.month_of(deal["close"])] += float(deal["amount"])
        self.seats = [r | {k: day(r.get(k)) for k in ("opened_on", "accepted_on", "started_on", "target_start")}
                      for r in rows(co.folder, "requisition")]
        self.roles = {p["role"] for p in self.people} | {r["role"] for r in self.seats}
        self.pace = {role: self._pace(role) for role in self.roles}
        self.hiring = {role: self._hiring(role) for role in self.roles}

    def _quotas(self):
        """(person, month) -> [(region, segment, product, amount)]; the shortest period and the fewest names win."""
        found = defaultdict(list)
        for row in rows(self.co.folder, "target"):
            if not row.get("owner_id"):
                continue
            months = [m for m in self.co.months(day(row["period_start"]), day(row["period_end"])) if m >= day(row["period_start"])]
            amount = self.co.converted(money(row["amount"]), row["currency"], self.co.as_of)
            names = [row.get(k) for k in ("region", "segment", "product_id")]
            for month in months:
                found[row["owner_id"], month].append((len(months), sum(n is not None for n in names), names, float(amount) / len(months)))
        out = {}
        for key, items in found.items():
            items = [i for i in items if i[0] == min(i[0] for i in items)]
            out[key] = [(*i[2], i[3]) for i in items if i[1] == min(i[1] for i in items)]
        return out

    def _people(self):
        spells = defaultdict(list)
        for row in rows(self.co.folder, "person_role"):
            if day(row["valid_from"]) <= self.co.as_of and (not row.get("valid_to") or day(row["valid_to"]) >= self.co.as_of):
                spells[row["person_id"]].append(row)
        out = []
        for key, row in self.co.people.items():
            newest = max(spells[key], key=lambda s: s["valid_from"], default={})
            out.append({
                "id": key, "role": newest.get("role") or row.get("role") or NOT_SET, "region": newest.get("region") or row.get("region"),
                "segment": newest.get("segment") or row.get("segment"), "start": day(row.get("started_on")), "left": day(row.get("left_on")),
                "quota": any(k[0] == key and sum(i[3] for i in items) > 0 for k, items in self.quotas.items()),
            })
        having = Counter(p["role"] for p in out if p["quota"])
        all_of = Counter(p["role"] for p in out)
        return [p for p in out if p["quota"] or (p["role"] != NOT_SET and 2 * having[p["role"]] >= all_of[p["role"]])]

    def _pace(self, role):
        co, mine = self.co, [p for p in self.people if p["role"] == role]
        ramp = max(0.0, said(co, "ramp_months", role))
        seen, quarters = defaultdict(list), defaultdict(lambda: [0.0, 0.0])
        for p in mine:
            for (who, month), items in self.quotas.items():
                quota, end = sum(i[3] for i in items), co.month_end(month)
                if who != p["id"] or end > co.as_of or quota <= 0 or (p["left"] and p["left"] < end):
                    continue
                tenure, won = full_months(p["start"], month), self.won[who, month]
                if p["start"] and p["start"] <= month and tenure <= 24:
                    seen[tenure].append(won / quota)
                if tenure >= ramp and quarter_starts(co, month, 0)[0] in past(co):
                    both = quarters[quarter_starts(co, month, 0)[0]]
                    both[0] += won
                    both[1] += quota
        steps, best = [], None
        for month in range(25):
            assumed = said(co, "ramp_share", f"{role}:{month}")
            if assumed is None:
                assumed = min(1.0, month / ramp) if ramp > 0 else 1.0
            fitted = len(seen[month]) >= said(co, "ramp_min_hires", role)
            value = min(1.0, max(0.0, median(seen[month]))) if fitted else assumed
            best = value if best is None else max(best, value)
            steps.append((assumed, median(seen[month]) if seen[month] else None, len(seen[month]), fitted, best))
        ended, month = [], co.month_of(co.as_of)
        if co.month_end(month) > co.as_of:
            month = co.month_of(month - timedelta(1))
        while len(ended) < 24:
            ended.append(month)
            month = co.month_of(month - timedelta(1))
        count = Counter()
        for p in mine:
            for month in ended:
                if (p["start"] and p["start"] > month) or (p["left"] and p["left"] < month):
                    continue
                gone = bool(p["left"] and p["left"] <= co.month_end(month))
                young = full_months(p["start"], month) < ramp
                count.update({"months": 1, "leavers": gone, "ramping_months": young, "ramping_leavers": gone and young})
        enough = bool(mine) and count["months"] >= said(co, "attrition_min_months", role)
        hazard = count["leavers"] / count["months"] if enough else 1 - (1 - said(co, "attrition_quarter", role)) ** (1 / 3.0)
        reached = [won / quota for won, quota in quarters.values()]
        heads = sum(not (p["start"] and p["start"] > co.as_of) and not (p["left"] and p["left"] <= co.as_of) for p in mine)
        return {"ramp": ramp, "steps": steps, "count": count, "hazard": hazard, "seen": enough, "heads": heads,
                "factor": median(reached) if len(reached) >= 4 else said(co, "attainment_factor", role),
                "available": 1.0 if said(co, "availability", role) is None else said(co, "availability", role)}

    def _hiring(self, role):
        co, mine = self.co, [r for r in self.seats if r["role"] == role]
        hired = [r for r in mine if r["accepted_on"] and r["accepted_on"] <= co.as_of and r["opened_on"] and r["opened_on"] <= r["accepted_on"]]
        fill = [(r["accepted_on"] - r["opened_on"]).days for r in hired]
        wait = [(r["started_on"] - r["accepted_on"]).days for r in hired if r["started_on"] and r["started_on"] >= r["accepted_on"]]
        enough = len(fill) >= said(co, "hiring_min_hires", role)
        known = [r for r in mine if not (r["opened_on"] and r["opened_on"] > co.as_of)]
        offers = sum(int(r.get("offers") or 0) for r in known)
        accepted = sum(bool(r["accepted_on"] and r["accepted_on"] <= co.as_of and int(r.get("offers") or 0)) for r in known)
        return {"fill": percentile(fill, 0.5) if enough else said(co, "time_to_fill_days", role),
                "notice": percentile(wait, 0.5) if enough and wait else said(co, "notice_days", role), "rate": share(accepted, offers)}

    def own(self, quarter, person):
        """Monthly amounts of the newest quarter with quotas up to this one."""
        known = {quarter_starts(self.co, m, 0)[0] for who, m in self.quotas if who == person}
        known = [q for q in known if q <= quarter]
        if not known:
            return None
        out = defaultdict(float)
        for month in months_of(self.co, max(known)):
            for region, segment, product, amount in self.quotas.get((person, month), []):
                out[region, segment, product] += amount / 3
        return out

    def usual(self, quarter, role):
        known = [sum(o.values()) for o in (self.own(quarter, p["id"]) for p in self.people if p["role"] == role) if o]
        return median(known) if known else None


def cases(co, which):
    out = [("now", "now", "as it is", {})]
    if which == "lever":
        for name, title, step in STEPS:
            size = float(co.assumption(step, "*", co.as_of))
            out += [("lever", f"{name} {word}", title, {name: side * size}) for side, word in ((-1, "down"), (1, "up"))]
    if which == "scenario":
        for r in co.records("capacity-scenario"):
            if r["state"] != "dropped":
                b = r["body"]
                names = {"attrition": "attrition", "ramp_months": "ramp", "win_rate": "win_rate", "fill_days": "fill", "pipeline": "pipeline"}
                out.append(("scenario", r["record"], b["title"], {n: float(b[k]) for k, n in names.items() if b.get(k)} | {"hires": b.get("hires", [])}))
    return out


def sellers_in(co, s, change):
    """(id, role, region, segment, start, left, heads) of everybody who may sell."""
    out = [(p["id"], p["role"], p["region"], p["segment"], p["start"], p["left"], 1.0) for p in s.people if not p["left"] or p["left"] > co.as_of]
    for seat in s.seats:
        pace = s.hiring[seat["role"]]
        waiting = seat["status"] in ("open", "offered") and seat["opened_on"] and seat["opened_on"] <= co.as_of
        coming = (seat["status"] in ("accepted", "started") and seat["started_on"] and seat["started_on"] > co.as_of
                  or seat["status"] == "accepted" and not seat["started_on"])
        if not (waiting or coming) or seat["role"] not in {p["role"] for p in s.people} or seat.get("person_id") in co.people:
            continue
        notice = timedelta(ceil(pace["notice"]))
        if seat["started_on"]:
            start = seat["started_on"]
        elif seat["accepted_on"]:
            start = seat["target_start"] or seat["accepted_on"] + notice
        else:
            filled = seat["opened_on"] + timedelta(ceil(max(0, pace["fill"] + change.get("fill", 0))))
            start = max(co.as_of + timedelta(1), filled) + notice
        out.append((f"seat {seat['requisition_id']}", seat["role"], seat.get("region"), seat.get("segment"), start, None, 1.0))
    return out


def ramped(pace, tenure, more):
    shares, ramp = [step[4] for step in pace["steps"]], pace["ramp"]
    if ramp <= 0:
        return min(1.0, tenure / more) if more > 0 else shares[min(24, tenure)]
    if ramp + more <= 0:
        return shares[24]
    place = tenure * ramp / (ramp + more)
    if place >= 24:
        return shares[24]
    low = floor(place)
    return shares[low] + (place - low) * (shares[low + 1] - shares[low])


def output(co, s, record, change):
    """Rows of (quarter, month, id, role, slice, heads, quota, share, stays, output, full)."""
    everyone = sellers_in(co, s, change)
    for number, hire in enumerate(change.get("hires", []), 1):
        everyone.append((f"seat {record}.{number}", hire["role"], hire.get("region"), hire.get("segment"), day(hire["start_on"]), None, float(hire["heads"])))
    spells = rows(co.folder, "person_role")
    out = []
    for who, role, region, segment, start, left, heads in everyone:
        if role not in s.pace:
            continue
        pace = s.pace[role]
        year = min(0.99, max(0.0, 1 - (1 - pace["hazard"]) ** 12 + change.get("attrition", 0)))
        hazard = 1 - (1 - year) ** (1 / 12.0)
        for quarter in planned(co):
            quotas = s.own(quarter, who) or {(None, None, None): s.usual(quarter, role) if who.startswith("seat ") else None}
            for month in months_of(co, quarter):
                end = co.month_end(month)
                there = max(0, (min(left or end, end) - max(start or month, month)).days + 1) / ((end - month).days + 1)
                waited = 0 if left else full_months(max(co.as_of, start or co.as_of), month)
                held = [r for r in spells if r["person_id"] == who and r.get("availability") and day(r["valid_from"]) <= month
                        and (not r.get("valid_to") or day(r["valid_to"]) >= month)]
                free = float(max(held, key=lambda r: r["valid_from"])["availability"]) if held else 1.0
                part, stays = ramped(pace, full_months(start, month), change.get("ramp", 0)), (1 - hazard) ** waited
                for (q_region, q_segment, product), amount in quotas.items():
                    person = who in co.people
                    name = co.slice_of(q_region or (co.people.get(who, {}).get("region") if person else None) or region, q_segment or segment,
                                       co.product(product), co.person(who) if person else who, co.manager_of(who) if person else None)
                    quota = None if amount is None else amount * heads
                    out.append((quarter, month, who, role, name, heads * there * stays / len(quotas), quota, part, stays,
                                None if quota is None else quota * there * pace["available"] * free * part * stays * pace["factor"],
                                None if amount is None else amount * pace["factor"]))
    return out


def stage_probability(co, deal):
    value = co.in_force("stage_probability", deal["stage"], co.as_of) if deal["stage"] else None
    return value["value"] if value else deal["probability"]


def supply(co):
    """(quarter, slice) -> open, created, pulled in, quarters, unweighted; late ones None where nothing can be compared."""
    out, quarters = {}, planned(co)
    deals = co.deals(co.as_of)
    first = min(co.snapshots, default=None)
    for quarter in quarters:
        end, gap = after(co, quarter) - timedelta(1), quarter - co.as_of
        looks = [p for p in past(co) if first and p - gap >= first]
        due, vague, late = defaultdict(float), Counter(), defaultdict(lambda: defaultdict(lambda: [0.0, 0.0]))
        names = set()
        for d in deals.values():
            if d["state"] == "open" and d["category"] != "omitted" and d["close"] and quarter <= d["close"] <= end:
                p = stage_probability(co, d)
                names.add(d["slice"])
                due[d["slice"]] += float(d["amount"] * p) if p is not None and d["amount"] is not None else 0.0
                vague[d["slice"]] += p is None
            for look in looks:
                if d["state"] == "won" and d["close"] and look <= d["close"] < after(co, look):
                    names.add(d["slice"])
                    then = [v for v in co.versions if v["opportunity_id"] == d["id"] and v["valid_from"] <= look - gap
                            and (v["valid_to"] is None or v["valid_to"] > look - gap)]
                    both, amount = late[d["slice"]][look], float(d["amount"] or 0)
                    if d["created"] and d["created"] > look - gap:
                        both[0] += amount
                    elif then and then[0]["state"] == "open" and then[0]["close_date"] and then[0]["close_date"] >= after(co, look):
                        both[1] += amount
        for name in names:
            usual = [median([late[name][look][i] for look in looks]) if looks else None for i in (0, 1)]
            out[quarter, name] = (due[name], *usual, len(looks), vague[name])
    return out


def win_rate(co):
    closed = [d for d in co.deals(co.as_of).values() if d["state"] in ("won", "lost") and d["close"] and co.as_of - timedelta(364) <= d["close"] <= co.as_of]
    return share(sum(d["state"] == "won" for d in closed), len(closed))


def targets(co):
    """(quarter, slice) -> amount, by the rules of forecast.targets for each quarter alone."""
    from .forecast import targets_of
    out = {}
    for quarter in planned(co):
        for name, amount in targets_of(co, quarter, after(co, quarter) - timedelta(1)).items():
            out[quarter, name] = amount
    return out


def capacity(co, s, record, change, wanted, supplied, rate):
    people = defaultdict(lambda: [0.0, None, None])
    for quarter, _, _, _, name, heads, quota, _, _, sold, _ in output(co, s, record, change):
        row = people[quarter, name]
        row[0] += heads / 3
        if quota is not None:
            row[1] = (row[1] or 0) + quota
            row[2] = (row[2] or 0) + sold
    out = {}
    for key in {*people, *supplied, *wanted}:
        heads, quota, sold = people.get(key, [0.0, None, None])
        got, bring = supplied.get(key), None
        if got and got[1] is not None:
            more = change.get("win_rate", 0) / rate if rate else 0
            bring = (got[0] + (got[1] + got[2]) * max(0.0, 1 + change.get("pipeline", 0))) * max(0.0, 1 + more)
        out[key] = {"target": wanted.get(key), "heads": heads, "quota": quota, "people": sold, "supply": bring, "late": got}
    return out


def smaller(people, bring):
    return None if people is None or bring is None else min(people, bring)


def binds(target, people, bring):
    plan = smaller(people, bring)
    if plan is None:
        return "unknown"
    if target is not None and plan >= float(target):
        return "none"
    return "people" if people < bring else "pipeline"


def gap(target, plan):
    return None if target is None or plan is None else target - cash(plan)


def capacity_gap(co):
    s = Sellers(co)
    roles = sorted((-p["heads"], role) for role, p in s.pace.items() if p["heads"] > 0)
    one, start, accepts = {}, None, None
    if roles:
        role = roles[0][1]
        start, accepts = first_day(co, s, role), s.hiring[role]["rate"]
        one = {quarter: brings(co, s, role, quarter) for quarter in planned(co)}
    out = []
    for (quarter, name), c in capacity(co, s, "now", {}, targets(co), supply(co), win_rate(co)).items():
        plan, bound = smaller(c["people"], c["supply"]), binds(c["target"], c["people"], c["supply"])
        hire = None
        if bound == "people" and one.get(quarter):
            most = c["supply"] if c["target"] is None else min(float(c["target"]), c["supply"])
            hire = ceil((most - c["people"]) / one[quarter])
        late = c["late"]
        out.append((quarter, name, [
            label(co, quarter), name, bound, c["target"], cash(plan), gap(c["target"], plan), cash(c["people"]), cash(c["supply"]), c["heads"],
            hire, ceil(hire / accepts) if hire is not None and accepts else None, start if hire is not None else None,
            c["quota"] / float(c["target"]) if c["target"] and c["target"] > 0 and c["quota"] is not None else None,
            cash(late[0]) if late else None, cash(late[1]) if late else None, cash(late[2]) if late else None,
            late[3] if late else 0, late[4] if late else 0, label(co, quarter) + ("" if co.by == "all" else f" {name}")]))
    for _, _, row in sorted(out, key=lambda r: (r[0], r[1] == NOT_SET, r[1])):
        yield row


def capacity_heads(co):
    s, found = Sellers(co), defaultdict(list)
    for quarter, _, who, role, name, _, quota, part, stays, sold, _ in output(co, s, "now", {}):
        found[quarter, name, co.person(who) if who in co.people else who, role].append((quota, part, stays, sold))
    for (quarter, name, who, role), items in sorted(found.items(), key=lambda i: (i[0][0], i[0][1] == NOT_SET, *i[0][1:])):
        mean = [sum(i[k] for i in items) / len(items) for k in (1, 2)]
        known = [i for i in items if i[0] is not None]
        yield [label(co, quarter), name, who, role, cash(sum(i[0] for i in known)) if known else None, *mean,
               cash(sum(i[3] for i in known)) if known else None]


def capacity_roles(co):
    s, found = Sellers(co), defaultdict(lambda: [0.0, None, None])
    whole = capacity(co, s, "now", {}, targets(co), supply(co), win_rate(co))
    for quarter, _, _, role, name, heads, quota, _, _, sold, _ in output(co, s, "now", {}):
        row = found[quarter, name, role]
        row[0] += heads / 3
        if quota is not None:
            row[1], row[2] = (row[1] or 0) + quota, (row[2] or 0) + sold
    for (quarter, name, role), (heads, quota, sold) in sorted(found.items(), key=lambda i: (i[0][0], i[0][1] == NOT_SET, *i[0][1:])):
        c = whole[quarter, name]
        quotas = sum(v[1] or 0 for k, v in found.items() if k[:2] == (quarter, name))
        part = quota / quotas if quota is not None and quotas > 0 else None
        wanted = None if part is None or c["target"] is None else float(c["target"]) * part
        bound = binds(c["target"], c["people"], c["supply"])
        one = start = accepts = None
        if s.pace[role]["heads"] > 0:
            one = brings(co, s, role, quarter)
            start, accepts = first_day(co, s, role), s.hiring[role]["rate"]
        hire = None
        if bound == "people" and one and part is not None and sold is not None:
            most = c["supply"] if c["target"] is None else min(float(c["target"]), c["supply"])
            hire = max(0, ceil((most * part - sold) / one))
        yield [label(co, quarter), name, role, bound, cash(wanted), cash(sold),
               None if wanted is None or sold is None else cash(wanted) - cash(sold), heads, cash(quota), part, cash(one), hire,
               ceil(hire / accepts) if hire is not None and accepts else None, start if hire else None]


def first_day(co, s, role):
    """Of a seat of the role that is opened now and found as fast as half of them are."""
    return co.as_of + timedelta(ceil(s.hiring[role]["fill"])) + timedelta(ceil(s.hiring[role]["notice"]))


def brings(co, s, role, quarter):
    """What such a seller brings in a quarter; None where nobody knows a quota of the role."""
    pace, start, total, usual = s.pace[role], first_day(co, s, role), 0.0, s.usual(quarter, role)
    for month in months_of(co, quarter):
        end = co.month_end(month)
        there = max(0, (end - max(start, month)).days + 1) / ((end - month).days + 1)
        tenure = full_months(start, month)
        total += (usual or 0) * pace["factor"] * there * pace["steps"][min(24, tenure)][4] * (1 - pace["hazard"]) ** tenure
    return total if usual is not None else None


def by_quarter(co, s, case, wanted, supplied, rate):
    out = {}
    for (quarter, _), c in capacity(co, s, case[1], case[3], wanted, supplied, rate).items():
        row = out.setdefault(quarter, {"target": None, "people": None, "supply": None, "heads": 0.0})
        for key in row:
            if c[key] is not None:
                row[key] = c[key] if row[key] is None else row[key] + c[key]
    return out


def capacity_levers(co):
    s, wanted, supplied, rate = Sellers(co), targets(co), supply(co), win_rate(co)
    total = {}
    for case in cases(co, "lever"):
        quarters = by_quarter(co, s, case, wanted, supplied, rate).values()
        sums = []
        for values in ([smaller(q["people"], q["supply"]) for q in quarters], [q["people"] for q in quarters], [q["supply"] for q in quarters]):
            known = [v for v in values if v is not None]
            sums.append(sum(known) if known else None)
        if quarters:
            total[case[1]] = sums
    out = []
    for name, title, step in STEPS:
        if "now" not in total:
            continue
        size = float(co.assumption(step, "*", co.as_of))
        ends = []
        for i in range(3):
            now = total["now"][i]
            each = [total[f"{name} {side}"][i] - now for side in ("down", "up")] if now is not None else [None]
            ends += [None, None] if now is None else [cash(min(each)), cash(max(each))]
        words = {"attrition": f"{round(size * 100, 1)} points a year", "ramp": f"{size} months", "win_rate": f"{round(size * 100, 1)} points",
                 "fill": f"{size} days", "pipeline": f"{round(size * 100, 1)} %"}
        swing = None if ends[0] is None else ends[1] - ends[0]
        out.append([title, words[name], ends[0], ends[1], swing, *ends[2:]])
    yield from sorted(out, key=lambda r: (r[4] is None, -(r[4] or 0), r[0]))


def capacity_scenarios(co):
    s, wanted, supplied, rate = Sellers(co), targets(co), supply(co), win_rate(co)
    rows_of, now = [], {}
    for case in cases(co, "scenario"):
        for quarter, q in by_quarter(co, s, case, wanted, supplied, rate).items():
            plan = smaller(q["people"], q["supply"])
            if case[0] == "now":
                now[quarter] = plan
            gain = None if plan is None or now.get(quarter) is None else cash(plan - now[quarter])
            record = case[1] if case[0] == "scenario" else None
            rows_of.append((quarter, record or "", [label(co, quarter), case[2], binds(q["target"], q["people"], q["supply"]), q["target"], cash(plan),
                                                    gap(q["target"], plan), gain, cash(q["people"]), cash(q["supply"]), q["heads"], record]))
    for _, _, row in sorted(rows_of, key=lambda r: r[:2]):
        yield row


def ramp_curves(co):
    s = Sellers(co)
    for role in sorted(s.roles):
        for month, (assumed, observed, sellers, fitted, counted) in enumerate(s.pace[role]["steps"][:13]):
            yield [role, month, counted, "seen" if fitted else "assumed", assumed, observed, sellers]


def attrition(co):
    s = Sellers(co)
    for role in sorted(s.roles):
        pace, c = s.pace[role], s.pace[role]["count"]
        if not c["months"]:
            continue
        h, gone, all_of = pace["hazard"], c["leavers"] - c["ramping_leavers"], c["months"] - c["ramping_months"]
        yield [role, pace["heads"], c["leavers"], c["months"], share(c["leavers"], c["months"]), c["ramping_leavers"], c["ramping_months"],
               share(c["ramping_leavers"], c["ramping_months"]), gone, all_of, share(gone, all_of), h, "seen" if pace["seen"] else "assumed",
               1 - (1 - h) ** 3, 1 - (1 - h) ** 12]


def workload(co):
    deals = co.deals(co.as_of).values()
    at_once = float(co.assumption("active_deals", "*", co.as_of))
    full = float(co.assumption("roi_utilisation", "*", co.as_of))
    out = []
    for name in {d["slice"] for d in deals}:
        mine = [d for d in deals if d["slice"] == name]
        work = [d for d in mine if d["state"] == "open" and d["category"] != "omitted" and (not d["close"] or d["close"] >= co.as_of)]
        closed = [d for d in mine if d["state"] in ("won", "lost") and d["close"] and co.as_of - timedelta(364) <= d["close"] <= co.as_of]
        if not work and not closed:
            continue
        sellers, won = len({d["owner_id"] for d in work if d["owner_id"]}), sum(d["state"] == "won" for d in closed)

        def months(state):
            days = [(d["close"] - d["created"]).days for d in closed if d["state"] == state and d["created"] and d["created"] <= d["close"]]
            return sum(days) / len(days) / 30 if days else None

        win, lose = months("won"), months("lost")
        if not closed:
            mean = None
        elif won == len(closed):
            mean = win
        elif won == 0:
            mean = lose
        else:
            mean = None if win is None or lose is None else won / len(closed) * win + (1 - won / len(closed)) * lose
        new = len(closed) / 12 / sellers if sellers else None
        able = at_once / mean if mean and mean > 0 else None
        if new is None or able is None:
            verdict = "unknown"
        else:
            verdict = "over" if new > able else "full" if new > able * full else "room"
        out.append([name, verdict, sellers, len(work), len(work) / sellers if sellers else None, new, able,
                    new / able if new is not None and able else None, mean, win, lose, won, len(closed), share(won, len(closed)), at_once])
    yield from sorted(out, key=lambda r: (r[0] == NOT_SET, r[0]))


def plan_checks(co):
    plans = [r for r in co.records("capacity-plan") if r["state"] in ("proposed", "in-force")]
    if not plans:
        return
    s = Sellers(co)
    now = by_quarter(co, s, ("now", "now", "", {}), targets(co), supply(co), win_rate(co))
    before = co.month_of(co.as_of) - timedelta(1)
    speeds = []
    for when in (co.as_of, before):
        known = [m["v"] for m in moment(co, when, when).values() if m["v"] is not None]
        speeds.append(sum(known) if known else None)
    allowed, out = float(co.assumption("velocity_drift", "*", co.as_of)), []
    by_month = defaultdict(float)
    for _, month, _, _, _, heads, *_ in output(co, s, "now", {}):
        by_month[month] += heads
    for r in plans:
        b, late = r["body"], 0
        due = defaultdict(float)
        for hire in b.get("hires", []):
            if day(hire["open_by"]) < co.as_of:
                due[hire["role"]] += float(hire["heads"])
        for role, heads in due.items():
            opened = sum(x["role"] == role and x["status"] != "cancelled" and x["opened_on"] is not None
                         and r["created_at"].date() <= x["opened_on"] <= co.as_of
                         and (not b.get("region") or not x.get("region") or x["region"] == b["region"]) for x in s.seats)
            late += max(0, heads - opened)
        here = not b.get("region")
        speed = float(b["velocity"]) if b.get("velocity") else None
        drift = [v / speed - 1 if speed and v is not None else None for v in speeds]
        for q in b.get("quarters", []):
            first = next((p for p in planned(co) if label(co, p) == q["quarter"]), None)
            if first is None:
                continue
            n = now.get(first, {"target": None, "people": None, "supply": None, "heads": None})
            plan = smaller(n["people"], n["supply"])
            bound = None if plan is None else binds(n["target"], n["people"], n["supply"])
            change = plan / float(q["plan"]) - 1 if plan is not None and float(q["plan"]) > 0 else None
            why = []
            if bound and b.get("binding") and bound != b["binding"]:
                why.append(("nothing" if bound == "none" else bound) + " binds now")
            if change is not None and change < -allowed:
                why.append("less than planned")
            short = []
            for place, month in enumerate(months_of(co, first)):
                name = q["quarter"][:4] + f"-{(int(q['quarter'][-1]) - 1) * 3 + place + 1:02}"
                for m in b.get("months", []):
                    if m["month"] == name and by_month[month] < float(m["heads"]) * (1 - allowed):
                        short.append(f"{name}: {round(by_month[month], 1)} of {round(float(m['heads']), 1)}")
            if q.get("heads") and n["heads"] is not None and n["heads"] < float(q["heads"]) * (1 - allowed) or short:
                why.append("fewer sellers")
            if None not in drift and min(abs(d) for d in drift) > allowed and drift[0] * drift[1] > 0:
                why.append(("slower" if drift[0] < 0 else "faster") + " for two months")
            if late:
                why.append("seats not open")
            told = [", ".join(why), cash(plan), change, n["heads"], bound, cash(speeds[0]), *drift, ", ".join(short) or None]
            if not here:
                told = [None] * len(told)
            verdict = "elsewhere" if not here else "revise" if why else "holds"
            out.append([r["record"], b["title"], q["quarter"], r["state"], verdict, told[0], Decimal(q["plan"]), told[1], told[2],
                        float(q["heads"]) if q.get("heads") else None, told[3], b.get("binding"), told[4], cents(money(b.get("velocity"))), told[5],
                        told[6], told[7], told[8], int(late), b.get("owner")])
    order = ["revise", "holds", "elsewhere"]
    yield from sorted(out, key=lambda r: (order.index(r[4]), r[0], r[2]))
