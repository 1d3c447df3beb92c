"""Criteria that post-mortems made, and what was known of deals while they ran."""

from datetime import date

from ..company import ENT, LAST_DAY, MID, NAMES, PEOPLE
from ..rng import Rng


def write(book):
    criteria(book)
    checks(book)


def criteria(book):
    def rule(key, at, title, kind, text, stage, effective, review, cases, **more):
        book.create("criterion", key, at, "onyango", {
            "title": title, "kind": kind, "rule": text, "stage": stage, "owner": "Ruth Abelman", "effective_on": effective,
            "review_on": review, "cases": [{"record": f"@{case}", "says": says} for case, says in cases], **more})

    def in_force(key, day):
        book.move(key, f"{day} 09:00", "onyango", "in-review")
        book.move(key, f"{day} 10:20", "abelman", "in-force")
        book.move(key, f"{day} 15:45", "solheim", "in-force")

    rule("cr-buyer", "2025-08-20 10:00", "Economic buyer met before the proposal", "qualification",
         "The economic buyer has spoken with us and is named in the deal. At an incumbent's site also who signs for a second supplier.",
         "Proposal", "2025-10-01", "2026-01-15", [("pm-press", "The champion spoke for him; he didn't.")],
         segment="Enterprise", against="Two of nine deals won in the first half of 2025 had none.")
    in_force("cr-buyer", "2025-08-26")
    rule("cr-musts", "2025-07-01 10:00", "Must-haves in writing before a proposal for Insight", "qualification",
         "The buyer's written list of must-haves is in the deal. One of them isn't in the product: no proposal.",
         "Proposal", "2025-08-01", "2025-12-15", [("pm-planning", "Spare parts were a must; we read about it in March.")])
    in_force("cr-musts", "2025-07-08")
    rule("cr-flat", "2025-12-03 10:00", "No sites of 45 to 60 sensors against a flat fee", "targeting",
         "Where Fennick is in the deal and a site has 45 to 60 sensors, we don't compete on the first year.",
         "Solution", "2026-02-01", "2026-06-30", [("pm-reefer", "Lost before it began.")], segment="Mid-Market")
    book.move("cr-flat", "2025-12-05 09:10", "onyango", "in-review")


# ---- qualification checks -------------------------------------------------------------------


def checks(book):
    """Of deals that were won as well as of those that were lost: without the won ones a gap explains nothing."""
    def ended(segment, since, count):
        found = [d for d in book.deals if d.segment == segment and d.outcome in ("won", "lost") and since <= d.close < LAST_DAY]
        return sorted(found, key=lambda d: (d.close, d.id))[:count]

    for deal in ended(ENT, date(2025, 5, 1), 72):
        rng = Rng("check", deal.id)
        lost = deal.outcome == "lost"
        # A champion is missing in most deals that are lost and in few that are won; metrics in as many of both.
        champion = "gap" if rng.chance(0.58 if lost else 0.14) else "confirmed"
        metrics = "gap" if rng.chance(0.4) else "confirmed"
        tried = deal.close > date(2025, 11, 5) and Rng("pilot", deal.id).chance(0.35)
        check(book, deal, [("champion", champion), ("metrics", metrics)], ["@pl-security"] if tried else [])
    for deal in ended(MID, date(2025, 11, 10), 40):
        used = Rng("play", deal.id).chance(0.3)
        check(book, deal, [("metrics", "known")], ["@pl-cost"] if used else [])


def check(book, deal, elements, plays=()):
    owner = [change["owner"] for _, change in book.histories[deal.id] if "owner" in change][-1]
    key, day = f"qu-{deal.id}", max(deal.created, date(2025, 5, 1)) if deal.close > date(2025, 5, 1) else deal.created
    if plays:
        day = deal.close
    author = PEOPLE[owner][1]
    book.create("qualification", key, f"{day} 16:10", author, {
        "opportunity_id": deal.id, "opportunity": deal.name, "account": book.accounts[deal.account]["name"], "owner": NAMES[owner],
        "meddppicc": [{"element": element, "status": status, "first_date": "" if status == "gap" else str(day)}
                      for element, status in elements],
        "plays": [{"play": play} for play in plays]})
    book.move(key, f"{day} 16:12", author, "checked")
