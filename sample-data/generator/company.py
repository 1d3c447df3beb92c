"""Marlowick Sensing: who works there, what it sells, to whom, against whom.

Everything here is invented. Any likeness to a company or a person is chance.
"""

from datetime import date

from .rng import Rng

FIRST_DAY = date(2024, 1, 1)
LAST_DAY = date(2025, 12, 31)

NA, EU, AP, LA = "North America", "Europe", "Asia Pacific", "Latin America"
ENT, PUB, MID, SMB = "Enterprise", "Public Sector", "Mid-Market", "Small Business"
REGIONS = [NA, EU, AP, LA]
SEGMENTS = [ENT, PUB, MID, SMB]

# id: (name, login, manager, region, role, started, left)
PEOPLE = {
    "E01": ("Ingrid Solheim", "solheim", "", "", "Chief revenue officer", date(2019, 3, 1), None),
    "E02": ("Marcus Adeyemi", "adeyemi", "E01", NA, "Regional manager", date(2020, 6, 15), None),
    "E03": ("Katarzyna Wolniak", "wolniak", "E01", EU, "Regional manager", date(2021, 2, 1), None),
    "E04": ("Hiroshi Tanemura", "tanemura", "E01", AP, "Regional manager", date(2020, 9, 1), None),
    "E05": ("Lucía Barrantes", "barrantes", "E01", LA, "Regional manager", date(2022, 1, 10), None),
    "E06": ("Denise Okonkwo", "okonkwo", "E02", NA, "Account executive", date(2020, 8, 3), None),
    "E07": ("Caleb Whitfield", "whitfield", "E02", NA, "Account executive", date(2021, 4, 12), None),
    "E08": ("Priya Raghunath", "raghunath", "E02", NA, "Account executive", date(2021, 10, 4), None),
    "E09": ("Jasmine Tolliver", "tolliver", "E02", NA, "Account executive", date(2022, 5, 2), None),
    "E10": ("Owen Castellanos", "castellanos", "E02", NA, "Account executive", date(2022, 8, 15), None),
    "E11": ("Mei-Ling Zhou", "zhou", "E02", NA, "Account executive", date(2023, 1, 9), None),
    "E12": ("Anneke van Rossum", "vanrossum", "E03", EU, "Account executive", date(2021, 3, 1), None),
    "E13": ("Stefan Brückmann", "bruckmann", "E03", EU, "Account executive", date(2021, 9, 1), None),
    "E14": ("Siobhán Kehoe", "kehoe", "E03", EU, "Account executive", date(2022, 2, 14), None),
    "E15": ("Zsófia Halmos", "halmos", "E03", EU, "Account executive", date(2022, 11, 1), date(2025, 8, 29)),
    "E16": ("Emre Yıldız", "yildiz", "E03", EU, "Account executive", date(2025, 8, 18), None),
    "E17": ("Arjun Mehrotra", "mehrotra", "E04", AP, "Account executive", date(2021, 1, 18), None),
    "E18": ("Naoko Ishiguro", "ishiguro", "E04", AP, "Account executive", date(2021, 7, 1), None),
    "E19": ("Talia Mokaraka", "mokaraka", "E04", AP, "Account executive", date(2022, 6, 6), None),
    "E20": ("Renata Figueiredo", "figueiredo", "E05", LA, "Account executive", date(2022, 3, 1), None),
    "E21": ("Joaquín Etcheverry", "etcheverry", "E05", LA, "Account executive", date(2022, 9, 5), None),
    "E22": ("Femi Adebayo-Lund", "adebayolund", "E01", "", "Competitive intelligence lead", date(2022, 4, 4), None),
    "E23": ("Ruth Abelman", "abelman", "E01", "", "Enablement lead", date(2021, 5, 3), None),
    "E24": ("Yusuf Karaca", "karaca", "E01", "", "Pricing manager", date(2023, 2, 6), None),
    "E25": ("Camille Desrosiers", "desrosiers", "E01", "", "Product director", date(2020, 2, 3), None),
    "E26": ("Grace Nakamura-Hill", "nakamurahill", "E01", "", "Sales operations lead", date(2021, 6, 1), None),
    "E27": ("Peter Onyango", "onyango", "E01", "", "Customer success lead", date(2020, 11, 2), None),
}
NAMES = {person: row[0] for person, row in PEOPLE.items()}
LOGINS = {row[0]: row[1] for row in PEOPLE.values()}
MANAGER = {person: row[2] for person, row in PEOPLE.items()}

# A desk is a quota that outlives the person on it: (region, segments, weight, who).
# The one desk that changed hands in the period is D10.
BIG, SMALL = (ENT, PUB), (MID, SMB)
HANDOVER = date(2025, 9, 1)
DESKS = {
    "D1": (NA, BIG, 1.1, "E06"),
    "D2": (NA, BIG, 1.0, "E07"),
    "D3": (NA, BIG, 0.9, "E08"),
    "D4": (NA, SMALL, 1.0, "E09"),
    "D5": (NA, SMALL, 1.1, "E10"),
    "D6": (NA, SMALL, 0.9, "E11"),
    "D7": (EU, BIG, 1.1, "E12"),
    "D8": (EU, BIG, 0.9, "E13"),
    "D9": (EU, SMALL, 1.0, "E14"),
    "D10": (EU, SMALL, 1.0, "E15"),
    "D11": (AP, BIG, 1.1, "E17"),
    "D12": (AP, BIG, 0.9, "E18"),
    "D13": (AP, SMALL, 1.0, "E19"),
    "D14": (LA, BIG, 1.0, "E20"),
    "D15": (LA, SMALL, 1.0, "E21"),
}


def holder(desk, day):
    """The person on a desk on a day."""
    if desk == "D10" and day >= HANDOVER:
        return "E16"
    return DESKS[desk][3]


# id: (name, family, list price, segments it is mostly sold to with weights)
PRODUCTS = {
    "P1": ("Vibration Kit", "Machine health", 1450, {ENT: 5, PUB: 2, MID: 4, SMB: 3}),
    "P2": ("Cold Chain Logger", "Cold chain", 89, {ENT: 2, PUB: 3, MID: 4, SMB: 4}),
    "P3": ("Fleet Tracker", "Logistics", 210, {ENT: 2, PUB: 3, MID: 3, SMB: 4}),
    "P4": ("Site Gateway", "Machine health", 2900, {ENT: 3, PUB: 3, MID: 2, SMB: 1}),
    "P5": ("Insight Platform", "Software", 64000, {ENT: 4, PUB: 3, MID: 1, SMB: 0}),
}

# id: (name, tier, first seen)
COMPETITORS = {
    "C1": ("Drevane Automation", 1, date(2021, 4, 1)),
    "C2": ("Halcyra Systems", 1, date(2022, 9, 1)),
    "C3": ("Pellworth Controls", 2, date(2021, 4, 1)),
    "C4": ("Stonquist", 2, date(2023, 5, 1)),
    "C5": ("Numetro", 3, date(2023, 11, 1)),
    "C6": ("Fennick Sense", 1, date(2025, 7, 14)),
    "C7": ("Castellan Metering", 3, date(2021, 4, 1)),
}
# Written in the CRM's competitor field though nobody keeps a card on it.
UNLISTED = "In-house build"

COMPETITOR_EVENTS = [
    ("C7", date(2025, 3, 3), "other", "Castellan is bought by Halcyra; its meters are sold on under the Halcyra name until stock runs out.", None, "press release"),
    ("C2", date(2024, 5, 14), "launch", "Halcyra adds an on-premises edition of its analytics.", None, "product page"),
    ("C1", date(2024, 9, 9), "price move", "List price of the entry package up from USD 58 to USD 62 per sensor and year.", 62, "published price list"),
    ("C3", date(2025, 2, 18), "packaging", "Pellworth bundles commissioning into the first year.", None, "partner bulletin"),
    ("C4", date(2025, 5, 27), "price move", "Gateway listed at USD 2,450, was USD 2,690.", 2450, "published price list"),
    ("C6", date(2025, 7, 14), "new entrant", "Fennick Sense named for the first time, in two mid-market deals; hardware lent free of charge, one flat fee per site.", None, "deal notes"),
    ("C6", date(2025, 8, 21), "price move", "Flat fee seen in a quote: USD 390 per site and month up to 60 sensors, no hardware charge.", 390, "buyer's quote"),
    ("C2", date(2025, 9, 30), "launch", "Halcyra announces a security certification for its cloud edition.", None, "press release"),
    ("C6", date(2025, 10, 2), "funding", "Fennick Sense announces USD 42 million of new capital and a sales office in Rotterdam.", None, "press release"),
    ("C1", date(2025, 11, 12), "price move", "List price of the entry package cut from USD 62 to USD 49 per sensor and year, for new contracts of two years and more.", 49, "published price list"),
    ("C6", date(2025, 12, 4), "packaging", "Alarm routing to phones now part of the flat fee.", None, "product page"),
    ("C5", date(2025, 10, 20), "other", "Numetro closes its direct sales in Latin America and sells through one distributor.", None, "distributor's letter"),
]

# What the prices among them are the price of, and per what.
PRICED = {
    ("C1", date(2024, 9, 9)): ("Entry package", "per sensor and year"),
    ("C1", date(2025, 11, 12)): ("Entry package", "per sensor and year"),
    ("C4", date(2025, 5, 27)): ("Gateway", "each"),
    ("C6", date(2025, 8, 21)): ("Flat fee", "per site and month"),
}

# Plan rates are set once a year, spot rates are noted at the end of each quarter.
PLAN_RATES = {
    ("EUR", 2024): "1.10", ("EUR", 2025): "1.08",
    ("GBP", 2024): "1.27", ("GBP", 2025): "1.28",
}
SPOT_RATES = [
    (date(2024, 3, 29), "1.079", "1.262"), (date(2024, 6, 28), "1.071", "1.264"),
    (date(2024, 9, 30), "1.114", "1.337"), (date(2024, 12, 31), "1.036", "1.252"),
    (date(2025, 3, 31), "1.082", "1.292"), (date(2025, 6, 30), "1.172", "1.371"),
    (date(2025, 9, 30), "1.174", "1.344"), (date(2025, 12, 31), "1.168", "1.338"),
]


def plan_rate(currency, day):
    return 1.0 if currency == "USD" else float(PLAN_RATES[currency, day.year])


STAGES = ["Discovery", "Solution", "Proposal", "Negotiation", "Verbal"]
PROBABILITY = {"Discovery": 0.1, "Solution": 0.25, "Proposal": 0.5, "Negotiation": 0.75, "Verbal": 0.9}

THRESHOLD_2024 = {ENT: "0.27", PUB: "0.28", MID: "0.30", SMB: "0.34"}
THRESHOLD_2025 = {ENT: "0.28", PUB: "0.30", MID: "0.32", SMB: "0.35"}
STRATEGIC = {ENT: 500_000, PUB: 300_000, MID: 150_000, SMB: 60_000}

_STEMS = {
    NA: ["Harrowgate Bend", "Cinderfall", "Oakhollow", "Larkmoor", "Saltbridge", "Copperline", "Redfern Flats",
         "Stillwater Bluff", "Thornbury Lake", "Granite Hollow", "Tamarack Fork", "Wintergrove", "Maplecroft",
         "Juniper Reach", "Bexley Ridge", "Ashford Mills", "Dunmere", "Foxhollow", "Silver Heron"],
    EU: ["Vandemeer", "Kremsbach", "Halvorsund", "Trevanion", "Montclary", "Szarvasi", "Glenarrow", "Wiesental",
         "Kaltenau", "Aldermere", "Castelbruno", "Lindqvistad", "Rosendael", "Bellerive", "Ostrafjord", "Dunmorrow"],
    AP: ["Kawasemi", "Banksia Creek", "Nilgara", "Hoshikawa", "Songhu Lake", "Wattle Point", "Mindaro", "Rajwada",
         "Kōwhai Valley", "Seoryeong", "Tanjong Biru", "Jindabar"],
    LA: ["Quebrada Alta", "Serra Dourada", "Río Sereno", "Ipê Roxo", "Valle Hondo", "Pampa Linda", "Cerro Plata",
         "Laguna Clara", "Palmar Chico"],
}
_PRIVATE = {
    "Food": ["Foods", "Dairy", "Brewing"],
    "Logistics": ["Logistics", "Cold Storage", "Freight"],
    "Pharma": ["Pharma", "Biologics"],
    "Manufacturing": ["Plastics", "Packaging", "Bearings", "Steelworks", "Paper"],
    "Chemicals": ["Chemicals", "Coatings"],
}
_PUBLIC = {
    "Transport": ["Transit District", "Port Authority"],
    "Health": ["Hospital Trust", "Health Board"],
    "Utilities": ["Water Board", "Energy Works"],
    "Education": ["University Estates"],
}
_COUNTRIES = {
    NA: {"US": 8, "CA": 2},
    EU: {"DE": 3, "NL": 2, "GB": 3, "FR": 2, "PL": 1, "SE": 1},
    AP: {"AU": 3, "JP": 3, "IN": 2, "SG": 1},
    LA: {"BR": 3, "MX": 2, "CL": 1, "AR": 1},
}
_HOW_MANY = {
    (NA, ENT): 20, (NA, PUB): 12, (NA, MID): 30, (NA, SMB): 32,
    (EU, ENT): 15, (EU, PUB): 9, (EU, MID): 21, (EU, SMB): 21,
    (AP, ENT): 10, (AP, PUB): 6, (AP, MID): 14, (AP, SMB): 13,
    (LA, ENT): 7, (LA, PUB): 4, (LA, MID): 9, (LA, SMB): 9,
}
_EMPLOYEES = {ENT: (5200, 0.6), PUB: (2600, 0.6), MID: (620, 0.4), SMB: (70, 0.5)}


# Accounts that the post-mortems and the advisory board talk about.
NAMED = [
    ("Kōwhai Valley Brewing", AP, ENT, "Food", "AU"), ("Granite Hollow Bearings", NA, ENT, "Manufacturing", "US"),
    ("Bellerive Freight", EU, MID, "Logistics", "FR"), ("Foxhollow Cold Storage", NA, ENT, "Logistics", "US"),
    ("Kawasemi Water Board", AP, PUB, "Utilities", "JP"), ("Juniper Reach Logistics", NA, MID, "Logistics", "US"),
    ("Halvorsund Paper", EU, ENT, "Manufacturing", "SE"), ("Copperline Steelworks", NA, ENT, "Manufacturing", "US"),
    ("Larkmoor Pharma", NA, ENT, "Pharma", "US"), ("Vandemeer Dairy", EU, ENT, "Food", "NL"),
    ("Serra Dourada Packaging", LA, ENT, "Manufacturing", "BR"), ("Banksia Creek Chemicals", AP, ENT, "Chemicals", "AU"),
]


def _account(name, region, segment, industry, country, rank=None):
    rng = Rng("account", name)
    employees = int(rng.lognormal(*_EMPLOYEES[segment]))
    return {
        "name": name,
        "segment": segment,
        "industry": industry,
        "region": region,
        "country": country,
        "currency": {EU: "GBP" if country == "GB" else "EUR"}.get(region, "USD"),
        "employees": employees,
        "revenue": round(employees * rng.share(120_000, 340_000), -5),
        "rank": rank or rng.weighted({"B": 4, "C": 6}),
    }


def accounts():
    """id: dict of one account; the same list at every call."""
    found = {f"A{number:03}": _account(*row, rank="A") for number, row in enumerate(NAMED, 1)}
    names = {row[0] for row in NAMED}
    for (region, segment), count in _HOW_MANY.items():
        for number in range(count):
            rng = Rng("account", region, segment, number)
            kinds = _PUBLIC if segment == PUB else _PRIVATE
            while True:
                industry = rng.pick(list(kinds))
                name = f"{rng.pick(_STEMS[region])} {rng.pick(kinds[industry])}"
                if name not in names:
                    break
            names.add(name)
            country = rng.weighted(_COUNTRIES[region])
            if segment == SMB and country == "GB":
                country = "FR"
            found[f"A{len(found) + 1:03}"] = _account(name, region, segment, industry, country)
    return found


# What a product is bought for, by industry; "" is for the industries not named.
PROJECTS = {
    "P1": {
        "": ["Compressor watch", "Pump health"],
        "Manufacturing": ["Press line monitoring", "Bearing alert rollout", "Spindle vibration", "Compressor watch"],
        "Food": ["Conveyor watch", "Mixer vibration", "Compressor watch"],
        "Logistics": ["Conveyor watch", "Sorter vibration"],
        "Pharma": ["Cleanroom fan watch", "Chiller watch"],
        "Chemicals": ["Agitator watch", "Pump health"],
        "Transport": ["Escalator watch", "Crane vibration"],
        "Health": ["Chiller watch", "Lift watch"],
        "Utilities": ["Pump health", "Turbine vibration"],
        "Education": ["Chiller watch", "Boiler watch"],
    },
    "P2": {
        "": ["Store climate logging", "Freezer alarms"],
        "Food": ["Cold store retrofit", "Packing hall probes", "Freezer alarms"],
        "Logistics": ["Reefer logging", "Cold store retrofit"],
        "Pharma": ["Vaccine chain logging", "Cold room probes"],
        "Health": ["Vaccine chain logging", "Lab fridge alarms"],
        "Education": ["Lab fridge alarms", "Store climate logging"],
    },
    "P3": {
        "": ["Fleet tracking", "Yard visibility", "Tool tracking"],
        "Logistics": ["Trailer telemetry", "Dock door sensors", "Container watch", "Yard visibility"],
        "Transport": ["Bus fleet tracking", "Container watch"],
    },
    "P4": {
        "": ["Gateway refresh", "Energy sub-metering", "Leak detection"],
        "Utilities": ["Tank level network", "Leak detection", "Gateway refresh"],
        "Chemicals": ["Tank level network", "Energy sub-metering"],
        "Food": ["Silo level network", "Energy sub-metering"],
    },
    "P5": {"": ["Insight rollout", "Alarm centre", "Maintenance planning", "Data platform"]},
}
