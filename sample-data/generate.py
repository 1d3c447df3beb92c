#!/usr/bin/env python3
"""Writes the sample company's files, or checks that they're what it would write.

    python3 sample-data/generate.py           write them
    python3 sample-data/generate.py --check   compare only; exit status 1 if one differs

Needs nothing but Python 3.9 or newer, and gives the same bytes wherever and
whenever it runs: there is no clock and no system randomness in it.
"""

import csv
import io
import sys
from datetime import date, timedelta
from pathlib import Path

sys.dont_write_bytecode = True  # leaves no __pycache__ behind

from generator import company
from generator.calls import calls, quotas
from generator.company import COMPETITORS, LAST_DAY, PEOPLE, PLAN_RATES, PRODUCTS, SEGMENTS, SPOT_RATES
from generator.finance import bookings, costs, quotes, requisitions
from generator.history import events, shown_on
from generator.plan import all_deals
from generator.records import ledger_lines

HERE = Path(__file__).resolve().parent

# The first export is the opening balance; before July 2025 there was one per quarter.
SNAPSHOTS = [date(2024, 1, 1), date(2024, 4, 1), date(2024, 7, 1), date(2024, 10, 1), date(2025, 1, 1), date(2025, 4, 1)]
SNAPSHOTS += [date(2025, 6, 30) + timedelta(days=7 * week) for week in range(27)] + [LAST_DAY]


def table(header, rows):
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header.split(","))
    writer.writerows(rows)
    return text.getvalue()


def opportunity_row(deal, row):
    state = row["state"]
    probability = {"won": 1, "open": company.PROBABILITY.get(row["stage"])}.get(state, 0)
    return [
        deal.id, deal.name, deal.account, row["owner"], deal.product, row["stage"], state, row["category"],
        row["amount"], deal.currency, probability, deal.created, row["close_date"], row["loss_reason"],
        deal.lead_source, deal.deal_type, "yes" if deal.strategic else "no",
    ]


def files():
    """Name: content of every file."""
    deals, accounts = all_deals()
    histories = {deal.id: events(deal) for deal in deals}
    found = {}
    for day in SNAPSHOTS:
        rows = [(deal, shown_on(deal, histories[deal.id], day)) for deal in deals]
        found[f"opportunities/opportunities-{day}.csv"] = table(
            "opportunity_id,name,account_id,owner_id,product_id,stage,state,forecast_category,amount,currency,"
            "probability,created_on,close_date,loss_reason,lead_source,deal_type,strategic",
            [opportunity_row(deal, row) for deal, row in rows if row],
        )
    found["accounts.csv"] = table(
        "account_id,name,segment,industry,region,country,employees,revenue,rank",
        [[a, r["name"], r["segment"], r["industry"], r["region"], r["country"], r["employees"], int(r["revenue"]), r["rank"]]
         for a, r in accounts.items()],
    )
    found["products.csv"] = table("product_id,name,family,list_price,currency",
                                  [[p, name, family, price, "USD"] for p, (name, family, price, _) in PRODUCTS.items()])
    found["people.csv"] = table("person_id,name,manager_id,region,role,started_on,left_on",
                                [[p, name, manager, region, role, started, left or ""]
                                 for p, (name, _, manager, region, role, started, left) in PEOPLE.items()])
    found["targets.csv"] = table("period,region,segment,owner_id,amount,currency",
                                 [[period, region, segment, owner, int(amount), "USD"] for period, region, segment, owner, amount in quotas()])
    found["forecasts.csv"] = table("submitted_on,period,owner_id,category,amount,currency,roll_up,note", calls(deals, histories))
    found["bookings.csv"] = table(
        "booking_id,booked_on,opportunity_id,account_id,product_id,owner_id,region,deal_type,amount,cost,currency",
        bookings(deals, histories),
    )
    found["quotes.csv"] = table("quote_id,opportunity_id,status,sent_on,accepted_on,list_amount,amount,currency", quotes(deals, histories))
    found["costs.csv"] = table("period,kind,region,amount,currency", [[*row, "USD"] for row in costs()])
    found["requisitions.csv"] = table(
        "requisition_id,role,region,status,opened_on,offers,accepted_on,started_on,person_id,backfill_for", requisitions()
    )
    found["competitors.csv"] = table("competitor_id,name,tier,first_seen", [[c, *row] for c, row in COMPETITORS.items()])
    found["competitor-events.csv"] = table(
        "competitor_id,happened_on,kind,detail,product,price,currency,unit,source",
        [[c, day, kind, detail, *company.PRICED.get((c, day), ("", ""))[:1], price or "", "USD" if price else "",
          *company.PRICED.get((c, day), ("", ""))[1:], source]
         for c, day, kind, detail, price, source in sorted(company.COMPETITOR_EVENTS, key=lambda e: (e[1], e[0]))],
    )
    last = {deal.id for deal in deals if shown_on(deal, histories[deal.id], LAST_DAY)}
    found["deal-competitors.csv"] = table("opportunity_id,competitor_id,price_gap,note",
                                          [[d.id, d.competitor, f"{float(d.price_gap):.0%}" if d.price_gap else "", ""] for d in deals if d.competitor and d.id in last])
    found["exchange-rates.csv"] = table(
        "from_currency,to_currency,rate_date,rate,kind",
        [[currency, "USD", date(year, 1, 1), rate, "plan"] for (currency, year), rate in PLAN_RATES.items()]
        + [[currency, "USD", day, rate, "spot"] for day, eur, gbp in SPOT_RATES for currency, rate in (("EUR", eur), ("GBP", gbp))],
    )
    found["assumptions.csv"] = table("name,scope,value,effective_from,reason", assumptions())
    found["records.jsonl"] = ledger_lines(deals, accounts, histories)
    return found


def assumptions():
    for segment in SEGMENTS:
        yield ["win_rate_threshold", segment, company.THRESHOLD_2024[segment], "2024-01-01", "About eight points below the average of 2023."]
    for segment in SEGMENTS:
        yield ["win_rate_threshold", segment, company.THRESHOLD_2025[segment], "2025-01-01", "Raised with the plan for 2025; still five to nine points below the average of 2024."]
    for segment in SEGMENTS:
        yield ["strategic_amount", segment, company.STRATEGIC[segment], "2024-01-01", "Roughly the largest twentieth of the deals of 2023; from April 2025 a loss above it gets a post-mortem."]
    for name, reason in (("strategic_displaced_amount", "Customers that we lose to a competitor: from here on we want to know why."),
                         ("strategic_vertical_amount", "First deals of an industry are lost for many reasons; the large ones teach.")):
        yield [name, "*", 450000, "2024-01-01", reason]
    yield ["strategic_displaced_amount", "Enterprise", 410000, "2025-10-01", "Decided in the review of 2025-Q3: two customers left for a competitor just below the line."]
    for stage, value in company.PROBABILITY.items():
        yield ["stage_probability", stage, value, "2024-01-01", "Set when the CRM was introduced."]
    for name, scope, value, reason in (
        ("average_deal", "*", 115000, "Mean of the deals won in 2023."),
        ("cycle_days", "*", 95, "Mean of the deals won in 2023."),
        ("slip_rate", "*", "0.25", "One deal in four, by the memory of the managers."),
        ("create_and_close", "*", "0.25", "A quarter of the deals won in 2023."),
        ("linearity", "*:1", "0.20", "By the plan of 2024."),
        ("linearity", "*:2", "0.30", "By the plan of 2024."),
        ("linearity", "*:3", "0.50", "By the plan of 2024: half of a quarter in its last month."),
    ):
        yield [name, scope, value, "2024-01-01", reason]
    yield ["stage_probability", "Negotiation", "0.70", "2026-01-01", "Agreed for 2026: two years of negotiations closed at well under 75 %."]


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__)
    wanted = files()
    differing = []
    for name, text in wanted.items():
        path, data = HERE / name, text.encode()
        if check:
            if not path.exists() or path.read_bytes() != data:
                differing.append(name)
        else:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
    stray = {f"opportunities/{p.name}" for p in (HERE / "opportunities").glob("*")} - set(wanted)
    differing += sorted(stray)
    for name in differing:
        print(f"differs: {name}")
    if not differing:
        print(f"{len(wanted)} files, {sum(len(t.encode()) for t in wanted.values()):,} bytes")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
