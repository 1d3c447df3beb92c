"""Which deals there are and how each one ends.

The number won and lost per segment and month is written down here, because it
is what the stories are about. Everything else about a deal is drawn.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from .company import (
    AP, BIG, SMALL, COMPETITORS, DESKS, ENT, EU, LA, LAST_DAY, MID, NA, PRODUCTS, PROJECTS, PUB, REGIONS,
    SMB, STAGES, STRATEGIC, UNLISTED, accounts, plan_rate,
)
from .rng import Rng

# closed/won per month, January 2024 to December 2025
CLOSED_WON = {
    ENT: "5/2 5/2 6/2 5/2 6/2 7/3 5/2 5/1 7/3 6/2 6/2 8/3  6/2 6/2 8/3 6/2 7/3 8/3 6/2 7/3 9/2 9/2 11/5 10/4",
    PUB: "3/1 3/1 4/2 4/1 4/2 5/2 4/2 4/2 5/2 4/2 4/1 5/2  4/2 4/2 5/2 4/1 4/2 5/2 4/2 4/2 6/3 5/2 5/2 6/3",
    MID: "7/3 7/3 8/3 8/4 8/3 9/4 8/3 8/3 9/4 9/4 9/3 10/4  9/4 9/3 10/4 10/4 10/5 11/4 10/4 11/4 13/3 12/2 14/2 11/3",
    SMB: "7/3 7/3 8/4 8/3 8/4 9/4 8/4 8/3 9/4 9/5 9/4 9/4  9/4 9/4 10/5 9/3 10/5 10/4 10/5 10/4 11/5 10/5 10/4 11/5",
}
# Of the deals lost in a month, how many went to the new entrant; and of the won, how many were against it.
LOST_TO_ENTRANT = {
    MID: {(2025, 7): 1, (2025, 8): 2, (2025, 9): 5, (2025, 10): 6, (2025, 11): 8, (2025, 12): 5},
    SMB: {(2025, 9): 1, (2025, 10): 1, (2025, 11): 1, (2025, 12): 1},
}
WON_AGAINST_ENTRANT = {
    MID: {(2025, 9): 1, (2025, 10): 1, (2025, 12): 1},
    SMB: {(2025, 8): 1, (2025, 10): 1},
}

WEIGHTS = {NA: 0.42, EU: 0.28, AP: 0.18, LA: 0.12}
WEIGHTS_Q4 = {
    ("won", 10): {NA: 0.46, EU: 0.28, AP: 0.20, LA: 0.06},
    ("won", 11): {NA: 0.46, EU: 0.27, AP: 0.19, LA: 0.08},
    ("won", 12): {NA: 0.38, EU: 0.20, AP: 0.18, LA: 0.24},
    ("lost", 10): {NA: 0.40, EU: 0.33, AP: 0.17, LA: 0.10},
    ("lost", 11): {NA: 0.40, EU: 0.33, AP: 0.17, LA: 0.10},
    ("lost", 12): {NA: 0.39, EU: 0.35, AP: 0.17, LA: 0.09},
}

# Bookings targets in thousands of USD, and how the quarter came out.
TARGETS = {
    (2024, 1): {NA: 1510, EU: 1040, AP: 650, LA: 400},
    (2024, 2): {NA: 1620, EU: 1120, AP: 690, LA: 420},
    (2024, 3): {NA: 1660, EU: 1150, AP: 710, LA: 430},
    (2024, 4): {NA: 1890, EU: 1310, AP: 810, LA: 490},
    (2025, 1): {NA: 1850, EU: 1280, AP: 790, LA: 480},
    (2025, 2): {NA: 2020, EU: 1390, AP: 860, LA: 530},
    (2025, 3): {NA: 2140, EU: 1480, AP: 920, LA: 560},
    (2025, 4): {NA: 2500, EU: 1720, AP: 1070, LA: 660},
}
# What is agreed for the year to come: nothing has happened in it yet.
NEXT_TARGETS = {
    (2026, 1): {NA: 2600, EU: 1700, AP: 1200, LA: 680},
    (2026, 2): {NA: 2700, EU: 1750, AP: 1300, LA: 700},
    (2026, 3): {NA: 2800, EU: 1800, AP: 1400, LA: 720},
    (2026, 4): {NA: 3000, EU: 1900, AP: 1500, LA: 760},
}
OUTCOME = {
    (2024, 1): {NA: 1.01, EU: 0.97, AP: 0.94, LA: 0.99},
    (2024, 2): {NA: 0.98, EU: 1.03, AP: 0.96, LA: 1.05},
    (2024, 3): {NA: 1.04, EU: 0.95, AP: 1.02, LA: 0.92},
    (2024, 4): {NA: 1.00, EU: 1.02, AP: 0.97, LA: 1.04},
    (2025, 1): {NA: 0.97, EU: 0.99, AP: 1.05, LA: 1.06},
    (2025, 2): {NA: 1.03, EU: 0.96, AP: 1.01, LA: 1.08},
    (2025, 3): {NA: 0.99, EU: 0.98, AP: 0.95, LA: 1.11},
    (2025, 4): {NA: 1.02, EU: 0.76, AP: 0.97, LA: 1.27},
}

MEDIAN = {ENT: (255_000, 0.40), PUB: (175_000, 0.40), MID: (80_000, 0.40), SMB: (23_000, 0.45)}
# No deal is lost above this but those named in LOST_STRATEGIC.
LOST_CAP = {ENT: 470_000, PUB: 275_000, MID: 140_000, SMB: 48_000}
CYCLE = {ENT: (165, 0.35, 50), PUB: (185, 0.30, 60), MID: (88, 0.35, 25), SMB: (42, 0.40, 10)}


@dataclass
class Deal:
    key: str
    segment: str
    region: str
    outcome: str  # won | lost | cancelled | open | deleted
    close: date  # last close date; for open deals the one the simulation steers to
    created: date = None
    usd: float = 0.0  # amount before it is rounded in the deal's currency
    amount: int = 0
    account: str = ""
    currency: str = "USD"
    desk: str = ""
    product: str = ""
    name: str = ""
    competitor: str = ""
    price_gap: str = ""
    loss_reason: str = ""
    lead_source: str = ""
    deal_type: str = ""
    strategic: bool = False
    reached: int = 4  # furthest stage, index into STAGES
    script: dict = field(default_factory=dict)
    id: str = ""


def quarter_of(day):
    return day.year, (day.month + 2) // 3


def month_end(year, month):
    return (date(year + month // 12, month % 12 + 1, 1)) - timedelta(days=1)


def workday(day, step=-1):
    while day.weekday() > 4:
        day += timedelta(days=step)
    return day


# Lost strategic deals: everything that the post-mortems say about them starts here.
LOST_STRATEGIC = [
    dict(month=(2025, 5), segment=ENT, region=AP, day=20, usd=540_000, competitor="C2", reason="Missing feature",
         product="P5", name="Maintenance planning, 9 plants", cycle=214, reached=3, story="planning",
         account="Kōwhai Valley Brewing"),
    dict(month=(2025, 7), segment=ENT, region=NA, day=22, usd=575_000, competitor="C1", reason="Incumbent kept",
         product="P1", name="Press line monitoring, 14 sites", cycle=188, reached=3, gap="0.0600", story="press",
         account="Granite Hollow Bearings"),
    dict(month=(2025, 9), segment=MID, region=EU, day=17, usd=172_000, competitor="C6", reason="Price",
         product="P2", name="Reefer logging, 30 depots", cycle=96, reached=3, gap="0.3100", story="reefer",
         account="Bellerive Freight"),
    dict(month=(2025, 10), segment=ENT, region=NA, day=9, usd=610_000, competitor="C2", reason="Security or compliance",
         product="P5", name="Alarm centre, 22 sites", cycle=203, reached=3, story="alarm",
         account="Foxhollow Cold Storage"),
    dict(month=(2025, 11), segment=PUB, region=AP, day=18, usd=415_000, competitor="C2", reason="Security or compliance",
         product="P4", name="Tank level network, 60 stations", cycle=236, reached=3, story="tank",
         account="Kawasemi Water Board"),
    dict(month=(2025, 11), segment=MID, region=NA, day=25, usd=198_000, competitor="C6", reason="Price",
         product="P3", name="Trailer telemetry, 900 units", cycle=104, reached=4, gap="0.2800", story="trailer",
         account="Juniper Reach Logistics"),
    dict(month=(2025, 12), segment=ENT, region=EU, day=11, usd=640_000, competitor="C1", reason="Price",
         product="P1", name="Mill vibration, 11 mills", cycle=228, reached=4, gap="0.2200", story="mill",
         account="Halvorsund Paper"),
    dict(month=(2025, 12), segment=ENT, region=NA, day=29, usd=545_000, competitor="", reason="No decision",
         product="P5", name="Data platform, 17 plants", cycle=247, reached=3, story="platform",
         account="Copperline Steelworks"),
]
# Deals that were closed once before: (month, segment, region, day, lost on, taken up again on).
REOPENED_AND_WON = [
    dict(month=(2025, 9), segment=PUB, region=EU, day=24, lost_on=date(2025, 5, 28), reopened_on=date(2025, 7, 15), cycle=263),
    dict(month=(2025, 12), segment=ENT, region=NA, day=10, lost_on=date(2025, 8, 20), reopened_on=date(2025, 10, 14), cycle=290),
]
# Imported from a partner's system weeks after they were created there.
LATE_IMPORT_WON = [
    dict(month=(2025, 12), segment=PUB, region=AP, day=16, visible_from=date(2025, 10, 22), cycle=133),
]
# Won within weeks of being first entered, or well before the date in the CRM.
PULLED_IN_WON = [
    dict(month=(2025, 12), segment=ENT, region=LA, day=19, first_estimate=date(2026, 2, 27), pulled_on=date(2025, 12, 9), cycle=171, usd=215_000),
    dict(month=(2025, 12), segment=PUB, region=LA, day=22, first_estimate=date(2026, 1, 30), pulled_on=date(2025, 12, 2), cycle=160, usd=180_000),
]
# Overdue when the quarter began, then given a new date in it.
REDATED_WON = [
    dict(month=(2025, 11), segment=ENT, region=NA, day=20, first_estimate=date(2025, 9, 24), pulled_on=date(2025, 10, 8), cycle=201),
]

LOSS_REASONS = {
    "none": {"No decision": 40, "Budget cut": 24, "Timing": 20, "Late entry": 4, "": 12},
    "rival": {"Price": 24, "Missing feature": 22, "Incumbent kept": 18, "No decision": 12, "Security or compliance": 7,
              "Budget cut": 5, "Late entry": 6, "": 6},
    "entrant": {"Price": 86, "Missing feature": 7, "": 7},
}
LOST_TO = {"C1": 22, "C2": 20, "C3": 14, "C4": 10, "C5": 6, "C7": 6, UNLISTED: 3, "": 25}
WON_AGAINST = {"C1": 17, "C2": 9, "C3": 14, "C4": 10, "C5": 9, "C7": 6, UNLISTED: 2, "": 42}


class Regions:
    """Deals go to the region that is furthest behind its share."""

    def __init__(self):
        self.owed = {}

    def next(self, segment, outcome, day, wanted=None):
        owed = self.owed.setdefault((segment, outcome), dict.fromkeys(REGIONS, 0.0))
        weights = WEIGHTS
        if quarter_of(day) == (2025, 4):
            weights = WEIGHTS_Q4.get((outcome, day.month), WEIGHTS)
        for region, weight in weights.items():
            owed[region] += weight
        region = wanted or max(REGIONS, key=lambda r: owed[r])
        owed[region] -= 1
        return region


def _scripted(month, segment, outcome):
    lists = [LOST_STRATEGIC] if outcome == "lost" else [REOPENED_AND_WON, LATE_IMPORT_WON, PULLED_IN_WON, REDATED_WON]
    return [row for rows in lists for row in rows if (row["month"], row["segment"]) == (month, segment)]


def closing_day(rng, year, month):
    """Deals close towards the end of a month, more so at the end of a quarter."""
    last = month_end(year, month)
    lean = 0.45 if month % 3 == 0 else 0.65
    back = int(last.day * (rng.unit() ** (1 / lean)))
    return workday(max(date(year, month, 1) + timedelta(days=2), last - timedelta(days=back)))


def closed_deals():
    regions, deals = Regions(), []
    for index in range(24):
        year, month = 2024 + index // 12, index % 12 + 1
        for segment, table in CLOSED_WON.items():
            closed, won = (int(part) for part in table.split()[index].split("/"))
            for outcome, count in (("won", won), ("lost", closed - won)):
                entrant = (WON_AGAINST_ENTRANT if outcome == "won" else LOST_TO_ENTRANT).get(segment, {}).get((year, month), 0)
                scripted = _scripted((year, month), segment, outcome)
                entrant -= sum(row.get("competitor") == "C6" for row in scripted)
                for number in range(count):
                    key = f"{segment}-{year}-{month}-{outcome}-{number}"
                    rng = Rng("close", key)
                    row = scripted[number] if number < len(scripted) else {}
                    day = workday(date(year, month, row["day"])) if row else closing_day(rng, year, month)
                    deal = Deal(key, segment, regions.next(segment, outcome, day, row.get("region")), outcome, day)
                    deal.script = dict(row)
                    if not row and entrant > 0:
                        deal.competitor, entrant = "C6", entrant - 1
                        if deal.close < date(2025, 7, 21):
                            deal.close = date(2025, 7, 28)
                    deals.append(deal)
    return deals


def other_deals():
    """Open, cancelled and deleted deals."""
    deals, regions = [], Regions()

    def add(key, segment, outcome, close, region=None, **script):
        deals.append(Deal(key, segment, regions.next(segment, outcome, close, region), outcome, close, script=script))

    for segment, count, until in ((ENT, 34, 200), (PUB, 16, 190), (MID, 28, 120), (SMB, 18, 70)):
        for number in range(count):
            rng = Rng("open", segment, number)
            add(f"{segment}-open-{number}", segment, "open", workday(LAST_DAY + timedelta(days=rng.between(8, until)), 1))
    for number in range(42):
        rng = Rng("cancelled", number)
        segment = rng.weighted({ENT: 3, PUB: 2, MID: 4, SMB: 4})
        month = number * 4 // 7  # spread over the 24 months
        add(f"cancelled-{number}", segment, "cancelled", closing_day(rng, 2024 + month // 12, month % 12 + 1))
    for number, (day, segment) in enumerate([
        (date(2024, 4, 18), SMB), (date(2024, 11, 5), MID), (date(2025, 2, 20), SMB), (date(2025, 5, 13), ENT),
        (date(2025, 7, 24), SMB), (date(2025, 9, 4), MID), (date(2025, 10, 23), MID), (date(2025, 11, 13), SMB),
        (date(2025, 12, 8), PUB),
    ]):
        add(f"deleted-{number}", segment, "deleted", day)

    # Europe's slips: in commit for the fourth quarter, moved out in its last days.
    for number, (segment, usd, slipped_on, moved_to, cycle) in enumerate([
        (ENT, 318_000, date(2025, 12, 19), date(2026, 2, 27), 260),
        (ENT, 246_000, date(2025, 12, 22), date(2026, 3, 31), 275),
        (PUB, 171_000, date(2025, 12, 29), date(2026, 1, 30), 240),
        (MID, 97_000, date(2025, 12, 30), date(2026, 1, 16), 150),
        (MID, 74_000, date(2025, 12, 17), date(2026, 1, 30), 160),
    ]):
        add(f"slip-{number}", segment, "open", moved_to, EU, usd=usd, slipped_on=slipped_on, cycle=cycle)

    # Still dated in the quarter on its last day.
    stay = [
        ("stalled-1", ENT, NA, date(2025, 12, 31), dict(omitted_on=date(2025, 11, 20), cycle=240)),
        ("stalled-2", MID, EU, date(2025, 12, 19), dict(omitted_on=date(2025, 12, 4), cycle=170)),
        ("again-open", MID, AP, date(2025, 12, 31), dict(lost_on=date(2025, 9, 10), reopened_on=date(2025, 11, 18), cycle=190)),
        ("late-import", MID, LA, date(2025, 12, 31), dict(visible_from=date(2025, 11, 5), cycle=135)),
        ("overdue-1", MID, NA, date(2025, 12, 22), dict(cycle=140)),
        ("overdue-2", PUB, EU, date(2025, 12, 15), dict(first_estimate=date(2025, 9, 26), pulled_on=date(2025, 10, 6), cycle=230)),
        ("brought-forward", MID, NA, date(2025, 12, 31), dict(first_estimate=date(2026, 1, 30), pulled_on=date(2025, 12, 12), cycle=120)),
        ("due-today", SMB, NA, date(2025, 12, 31), dict(cycle=60)),
    ]
    for key, segment, region, close, script in stay:
        add(key, segment, "open", close, region, stay=True, **script)

    # Booked in September, called off by the customer in October.
    add("unwon", SMB, "cancelled", date(2025, 9, 16), NA, won_then_cancelled_on=date(2025, 10, 30))
    return deals


def _cycle(rng, deal):
    median, sigma, least = CYCLE[deal.segment]
    days = max(least, int(rng.lognormal(median, sigma)))
    if deal.region == LA and deal.outcome == "won" and deal.close >= date(2025, 11, 15):
        days = max(least, int(days * 0.7))  # found and won inside the quarter
    return days


def fill(deal, companies):
    """Draws what the script of the deal leaves open."""
    rng = Rng("deal", deal.key)
    script = deal.script
    days = script.get("cycle") or _cycle(rng, deal)
    deal.created = workday(deal.close - timedelta(days=days))
    tries = 0
    while deal.created > LAST_DAY - timedelta(days=6):
        tries += 1
        deal.created = workday(deal.close - timedelta(days=_cycle(Rng("again", deal.key, tries), deal) + 8 * tries))
    deal.desk = rng.weighted({
        desk: weight for desk, (region, segments, weight, _) in DESKS.items()
        if region == deal.region and deal.segment in segments
    })
    deal.product = script.get("product") or rng.weighted({p: row[3][deal.segment] for p, row in PRODUCTS.items()})
    deal.usd = script.get("usd") or rng.lognormal(*MEDIAN[deal.segment])
    if deal.outcome in ("lost", "cancelled", "deleted") and "usd" not in script:
        deal.usd = min(deal.usd, LOST_CAP[deal.segment] * rng.share(0.86, 1))
    if deal.outcome == "open" and "usd" not in script:
        deal.usd = min(deal.usd, 1.35 * STRATEGIC[deal.segment])
    candidates = [a for a, row in companies.items() if (row["region"], row["segment"]) == (deal.region, deal.segment)]
    if deal.outcome not in ("won", "open"):
        # What is lost at an account of rank A is a strategic loss, and those are written down above.
        candidates = [a for a in candidates if companies[a]["rank"] != "A"]
    deal.account = rng.pick(candidates)
    if "account" in script:
        deal.account = next(a for a, row in companies.items() if row["name"] == script["account"])
    deal.currency = companies[deal.account]["currency"]
    deal.lead_source = rng.weighted({"inbound": 30, "outbound": 28, "partner": 18, "event": 10, "referral": 14})
    deal.deal_type = rng.weighted({"new business": 65, "expansion": 35})
    if "competitor" in script:
        deal.competitor = script["competitor"]
    elif deal.outcome == "open" and deal.segment in SMALL and deal.created > date(2025, 7, 21) and Rng("entrant", deal.key).chance(0.3):
        deal.competitor = "C6"
    elif not deal.competitor and deal.outcome != "deleted":
        weights = dict(WON_AGAINST if deal.outcome == "won" else LOST_TO)
        if deal.segment == SMB:
            weights["C5"] *= 3
        if deal.segment in BIG and deal.close > date(2025, 11, 12):
            weights["C1"] = int(weights["C1"] * (2.2 if deal.outcome == "lost" else 0.5))
        if deal.close > date(2024, 6, 28):
            weights["C7"] = 0
        deal.competitor = rng.weighted(weights)
    kind = "entrant" if deal.competitor == "C6" else "rival" if deal.competitor in COMPETITORS else "none"
    if deal.outcome == "lost":
        deal.loss_reason = script.get("reason") or rng.weighted(LOSS_REASONS[kind])
        deal.reached = script.get("reached") or rng.weighted({0: 4, 1: 20, 2: 40, 3: 28, 4: 8})
        if kind == "entrant":
            deal.reached = max(deal.reached, 2)
    elif deal.outcome == "cancelled":
        deal.loss_reason = rng.weighted({"Duplicate": 5, "Merged into another": 3, "Project withdrawn": 4})
        deal.reached = rng.between(0, 2)
        if "won_then_cancelled_on" in script:
            deal.loss_reason, deal.reached = "Project withdrawn", 4
    if "gap" in script:
        deal.price_gap = script["gap"]
    elif deal.competitor in COMPETITORS and rng.chance(0.85 if kind == "entrant" else 0.4):
        low, high = {"C6": (0.21, 0.36), "C1": (-0.02, 0.12), "C2": (-0.12, 0.06)}.get(deal.competitor, (-0.05, 0.15))
        if deal.competitor == "C1" and deal.close > date(2025, 11, 12):
            low, high = 0.12, 0.27
        deal.price_gap = f"{rng.share(low, high) - (0.02 if deal.outcome == 'won' else 0):.2f}00"


def in_currency(deal):
    """Rounds the amount as a quote would be, in the deal's currency."""
    amount = deal.usd / plan_rate(deal.currency, min(deal.close, LAST_DAY))
    step = 1000 if amount > 150_000 else 500 if amount > 40_000 else 100
    deal.amount = int(round(amount / step) * step)
    deal.usd = deal.amount * plan_rate(deal.currency, min(deal.close, LAST_DAY))


def steer_to_outcome(deals):
    """Scales what was won per region and quarter to the outcome written above."""
    for quarter, targets in TARGETS.items():
        for region, target in targets.items():
            won = [d for d in deals if d.outcome == "won" and d.region == region and quarter_of(d.close) == quarter]
            fixed = sum(d.usd for d in won if "usd" in d.script)
            free = [d for d in won if "usd" not in d.script]
            factor = (target * 1000 * OUTCOME[quarter][region] - fixed) / sum(d.usd for d in free)
            for deal in free:
                deal.usd *= factor


def name_projects(deals, companies):
    taken = set()
    for deal in deals:
        if "name" in deal.script:
            deal.name = deal.script["name"]
            continue
        rng = Rng("name", deal.key)
        for turn in range(99):
            by_industry = PROJECTS[deal.product]
            name = rng.pick(by_industry.get(companies[deal.account]["industry"], by_industry[""]))
            extra = {ENT: (4, 26), PUB: (3, 18), MID: (2, 9), SMB: (0, 0)}[deal.segment]
            if extra[1]:
                name += f", {rng.between(*extra)} sites"
            elif turn or deal.deal_type == "expansion":
                name += ", phase 2"
            if turn > 2:
                name += f" ({turn})"
            if (deal.account, name) not in taken:
                break
        taken.add((deal.account, name))
        deal.name = name


def all_deals():
    """Every deal there ever was, numbered in the order they were entered."""
    companies = accounts()
    deals = closed_deals() + other_deals()
    for deal in deals:
        fill(deal, companies)
    steer_to_outcome(deals)
    for deal in deals:
        in_currency(deal)
        deal.strategic = deal.usd >= STRATEGIC[deal.segment] or companies[deal.account]["rank"] == "A"
    deals.sort(key=lambda d: (d.created, d.key))
    name_projects(deals, companies)
    for number, deal in enumerate(deals, 1):
        deal.id = f"O{number:03}"
    assert len(STAGES) == 5
    return deals, companies
