"""Moves between regions, and what is planned for the quarters to come."""


def write(book):
    reallocations(book)
    capacity(book)


def reallocations(book):
    # Half a year old, and it has brought what it should.
    moved = {
        "from_region": "Latin America",
        "to_region": "Asia Pacific",
        "heads": "1",
        "amount": "60000",
        "effective_on": "2025-04-01",
        "owner": "Hiroshi Tanemura",
        "finding": "region-roi, 2025-Q1.",
        "evidence": "6",
        "expected_margin": "180000",
        "given_up": "50000",
        "transition_cost": "20000",
        "limits": "Two of the accounts in Lima stay with Renata.",
        "reverse_if": "Asia Pacific has gained less than 60,000 of margin by the end of September.",
    }
    book.create("reallocation", "ra-lima", "2025-03-12 10:00", "nakamurahill", moved)
    book.move("ra-lima", "2025-03-12 10:05", "nakamurahill", "proposed")
    book.move("ra-lima", "2025-03-18 09:00", "tanemura", "decided")
    book.move("ra-lima", "2025-03-19 14:30", "solheim", "decided")
    # Two ways to use the same seat, side by side.
    seat = {
        "from_region": "North America",
        "heads": "1",
        "amount": "240000",
        "effective_on": "2026-04-01",
        "owner": "Grace Nakamura-Hill",
        "finding": "region-eligibility, 2025-Q4.",
        "evidence": "8",
        "marginal_from": "-0.28",
        "severance": "0",
        "ramp_months": "4",
        "productivity": "15000",
        "holdover": "12000",
        "limits": "The seat is open anyway: nobody has to leave. The board expects growth in North America.",
    }
    book.create("reallocation", "ra-asia", "2025-12-18 09:00", "nakamurahill", seat | {
        "to_region": "Asia Pacific",
        "marginal_to": "1.02",
        "expected_margin": "420000",
        "reverse_if": "Less than 150,000 of margin more by the end of 2026.",
    })
    book.move("ra-asia", "2025-12-18 09:10", "nakamurahill", "proposed")
    book.create("reallocation", "ra-europe", "2025-12-18 09:20", "nakamurahill", seat | {
        "to_region": "Europe",
        "expected_margin": "220000",
        "reverse_if": "Europe's commit is not kept for a second quarter.",
    })


def capacity(book):
    book.create("capacity-scenario", "cs-two", "2025-12-17 15:00", "nakamurahill", {
        "title": "Two more in North America from April",
        "hires": [{"role": "Account executive", "heads": "2", "start_on": "2026-04-01", "region": "North America"}],
        "because": "What the regional manager asks for. The seats would have had to be opened in the autumn.",
        "owner": "Marcus Adeyemi",
    })
    book.move("cs-two", "2025-12-17 15:20", "nakamurahill", "compared")
    book.create("capacity-scenario", "cs-win", "2025-12-17 15:30", "nakamurahill", {
        "title": "Win rate back by three points, a tenth more pipeline",
        "win_rate": "0.03",
        "pipeline": "0.10",
        "because": "The price per site holds in mid-market, and marketing keeps its plan.",
        "owner": "Yusuf Karaca",
    })
    book.move("cs-win", "2025-12-17 15:45", "nakamurahill", "compared")
    plan = {
        "title": "Sellers for 2026",
        "binding": "people",
        "owner": "Grace Nakamura-Hill",
        "quarters": [
            {"quarter": "2026-Q1", "plan": "6100000", "heads": "15"},
            {"quarter": "2026-Q2", "plan": "6300000", "heads": "17"},
            {"quarter": "2026-Q3", "plan": "6600000", "heads": "18"},
        ],
        "hires": [
            {"role": "Account executive", "heads": "2", "open_by": "2025-11-05", "start_on": "2026-03-01", "region": "North America"},
        ],
        "velocity": "75000",
        "assumptions": "Ramp of four months, assumed: one seller has been seen. Attrition and what is reached of a quota as seen in eight quarters.",
        "revise_if": "The pipeline of a quarter falls below what its people can sell, or the seats are not open by the end of November.",
        "levers": ["productivity"],
    }
    book.create("capacity-plan", "cp-2026", "2025-10-15 11:00", "nakamurahill", plan)
    book.move("cp-2026", "2025-10-15 11:20", "nakamurahill", "proposed")
    book.move("cp-2026", "2025-10-16 08:40", "solheim", "in-force")
