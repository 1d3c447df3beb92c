"""What was quoted and booked, what selling cost, and who was hired: what finance and people know, not the CRM."""

from datetime import date, timedelta

from .company import AP, EU, LA, LAST_DAY, NA, PEOPLE
from .history import shown_on
from .rng import Rng

# Cost of a line as a share of its amount.
COST_SHARE = {"P1": 0.50, "P2": 0.55, "P3": 0.52, "P4": 0.48, "P5": 0.24}

# Thousands of US dollars by quarter, 2023-Q4 to 2025-Q4. North America has hired and spent ahead of
# what it sells; Asia Pacific sells more with nearly the same.
COST = {
    NA: [400, 470, 520, 690, 680, 760, 800, 940, 960],
    EU: [430, 420, 410, 520, 540, 490, 530, 500, 520],
    AP: [290, 310, 300, 310, 330, 370, 380, 380, 390],
    LA: [160, 230, 170, 190, 200, 220, 230, 250, 250],
}
QUARTERS = ["2023-Q4"] + [f"{year}-Q{quarter}" for year in (2024, 2025) for quarter in (1, 2, 3, 4)]
KINDS = {"compensation": 72, "travel": 6, "programmes": 14, "management": 8}


def bookings(deals, histories):
    """(booking, day, deal, account, product, owner, region, type, amount, cost, currency), one per won deal."""
    for deal in deals:
        row = shown_on(deal, histories[deal.id], LAST_DAY)
        if not row or row["state"] != "won":
            continue
        share = COST_SHARE[deal.product] + Rng("cost", deal.key).share(-0.03, 0.03)
        amount = int(row["amount"])
        yield [f"SO-{deal.id[1:]}", row["close_date"], deal.id, deal.account, deal.product, row["owner"], deal.region,
               deal.deal_type, amount, round(amount * share), deal.currency]


# From this day on who wins against it has given away a fifth.
DREVANE_CUT = date(2025, 11, 12)


def quotes(deals, histories):
    """(quote, deal, status, sent, accepted, list amount, amount, currency): the last one of each deal with a competitor that
    closed in 2025."""
    for deal in deals:
        row = shown_on(deal, histories[deal.id], LAST_DAY)
        if not deal.competitor or not row or row["state"] not in ("won", "lost") or deal.close.year < 2025:
            continue
        won, pressed = row["state"] == "won", deal.competitor == "C1" and deal.close >= DREVANE_CUT
        low, high = (0.18, 0.24) if won and pressed else (0.06, 0.12) if won else (0.03, 0.11)
        discount = Rng("quote", deal.key).share(low, high)
        listed = round(deal.amount / (1 - discount) / 100) * 100
        yield [f"Q-{deal.id[1:]}", deal.id, "accepted" if won else "declined", deal.close - timedelta(days=21),
               deal.close if won else "", max(listed, deal.amount), deal.amount, deal.currency]


def costs():
    """(period, kind, region, amount in USD)."""
    for region, thousands in COST.items():
        for period, total in zip(QUARTERS, thousands):
            for kind, share in KINDS.items():
                yield [period, kind, region, total * share * 10]


def requisitions():
    """(id, role, region, status, opened, offers, accepted, started, person, backfill for)."""
    hired = sorted((row[5], person) for person, row in PEOPLE.items() if row[4] == "Account executive")
    for number, (started, person) in enumerate(hired, 1):
        rng = Rng("hiring", person)
        accepted = started - timedelta(days=rng.between(28, 75))
        opened = accepted - timedelta(days=rng.between(35, 105))
        yield [f"RQ-{number}", "Account executive", PEOPLE[person][3], "started", opened, rng.between(1, 2), accepted,
               started, person, "E15" if person == "E16" else ""]
    yield ["RQ-17", "Account executive", NA, "open", "2025-12-01", 0, "", "", "", ""]
    yield ["RQ-18", "Account executive", AP, "planned", "", "", "", "", "", ""]
