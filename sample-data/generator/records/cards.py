"""Battle cards. The counts in them are computed as of the day the card was checked."""

from datetime import date

from ..company import LAST_DAY, PEOPLE

CI = "adebayolund"
OWNER = "Femi Adebayo-Lund"
CRM = "CRM, closed deals of 18 months"


def line(text, source, seen_on, tag="internal", confidence="", topic=""):
    return {"topic": topic, "line": text, "source": source, "seen_on": seen_on, "confidence": confidence, "tag": tag}


def shown(text, source, seen_on, confidence=""):
    return line(text, source, seen_on, "external ok", confidence)


def price(what, figure, unit, source, seen_on, confidence):
    return {"line": what, "figure": f"{figure:.2f}", "currency": "USD", "unit": unit, "source": source, "seen_on": seen_on,
            "confidence": confidence, "tag": "internal"}


def pattern(text, tally, seen_on, quote="", source=CRM):
    return {"line": text, **tally, "quote": quote, "source": source, "seen_on": seen_on, "tag": "internal"}


def answer(objection, response, proof, source, seen_on, tag="external ok"):
    return {"objection": objection, "response": response, "proof": proof, "source": source, "seen_on": seen_on, "tag": tag}


def read(source, fetched_on):
    return {"source": source, "fetched_on": fetched_on}


def sections(win, lose, **rest):
    """`where we win` has no quote."""
    for row in win:
        row.pop("quote")
    return rest | {"where_we_win": win, "where_we_lose": lose}


def publish(book, key, days, approver, author=CI):
    """From draft to published, on three moments."""
    review, approve, out = days
    book.move(key, review, author, "in-review")
    book.move(key, approve, approver, "approved")
    book.move(key, out, author, "published")


def write(book):
    drevane(book)
    halcyra(book)
    pellworth(book)
    stonquist(book)
    numetro(book)
    castellan(book)
    fennick(book)
    notes(book)


def months18(book, competitor, until, **match):
    year, month = int(until[:4]), int(until[5:7])
    year, month = (year - 1, month - 6) if month > 6 else (year - 2, month + 6)
    return book.tally(competitor, until=until, since=f"{year}-{month:02}-01", **match)


# ---- Drevane: three versions, then a price cut that nobody has worked in -------------------


def drevane(book):
    def body(day, changed, trigger, **more):
        def count(**match):
            return months18(book, "C1", day, **match)

        lose = [
            pattern("Vibration on presses and mills, where the controllers are theirs.", count(product="P1"), day,
                    more.get("press_quote", "")),
            pattern("Expansion at a site that already runs Drevane.", count(deal_type="expansion"), day),
        ]
        if "enterprise" in more:
            lose.append(pattern("Enterprise as a whole.", count(segment="Enterprise"), day))
        return sections(
            [
                pattern("Gateway networks that mix machines of several makers.", count(product="P4"), day),
                pattern("Deals that a partner brings and commissions.", count(lead_source="partner"), day),
            ],
            lose,
            competitor="Drevane Automation",
            tier="1",
            owner=OWNER,
            reviewed_on=day,
            expires_on="2026-06-30",
            trigger=trigger,
            positioning="Drevane watches Drevane machines. We watch the whole plant, whoever built it, and you keep your data if you leave.",
            quick_facts=[
                line("About 2,300 people; controllers are four fifths of the business, monitoring is sold along with them.", "annual report 2024", "2025-06-02"),
                line("Usual discount 8 to 12 %, up to 20 % with a controller order.", "deal notes, nine deals", more.get("discount_on", "2025-06-03"), topic="usual discount"),
                shown("Two-year minimum term; price per sensor and year.", "published price list", "2025-06-02"),
            ],
            pricing=[
                price("Entry package", 62, "per sensor and year", "published price list", more.get("price_on", "2025-06-02"), "high"),
                price("Analytics option", 21, "per sensor and year", "buyer's quote", "2025-04-29", "medium"),
            ],
            landmines=[
                shown("Ask: \"Which of your machines have no Drevane controller, and who watches those?\"", "sales engineers' notes", "2025-06-04"),
                shown("Ask what the export costs when the contract ends. It's a service order, not a button.", "contract terms, section 9", "2025-06-02"),
                *more.get("landmines", []),
            ],
            objections=[
                answer("\"Drevane comes with the controller, so it's free.\"",
                       "The first year is. From the second it's the list price per sensor, and it only covers machines with their controller. Let us count both lists together: sensors you need, sensors they cover.",
                       "Coverage sheet, filled in with the customer", "enablement library", "2025-06-05"),
                answer("\"You're dearer per sensor.\"", more.get("dearer", (
                    "By about six per cent on list. Their price has a two-year term and no data export; ours has neither hook. Compare the third year.")),
                       more.get("dearer_proof", "Three-year comparison, one page"), "pricing desk", more.get("price_on", "2025-06-02")),
            ],
            features=[
                shown("Third-party controllers: ours 41 protocols, theirs 6.", "both data sheets, checked by product", "2025-06-04", "high"),
                shown("Works offline at the gateway: ours 30 days, theirs 24 hours.", "test in our lab", "2025-05-20", "high"),
                line("On-site analytics without cloud: theirs yes, ours from 2026.", "data sheet; our roadmap", "2025-06-04", confidence="high"),
            ],
            their_claims=[
                line("\"Marlowick needs a gateway per hall.\" True below 40 sensors per hall, not above.", "two buyers", "2025-05-27", confidence="medium"),
                *more.get("claims", []),
            ],
            do_not_say=[
                line("Nothing on their 2023 recall. It was settled and had nothing to do with monitoring.", "legal", "2025-06-05"),
                line("Not \"they'll sell your data\". There is no evidence for it.", "legal", "2025-06-05"),
            ],
            references=[shown("Banksia Creek Chemicals: left a Drevane-only set-up, 19 plants on one view.", "reference list, consent of March 2025", "2025-03-18")],
            sources=[
                read("Drevane price list", more.get("price_on", "2025-06-02")),
                read("Drevane data sheets, edition 7", "2025-06-04"),
                read("Win rate by competitor, CRM export", day),
                *more.get("sources", []),
            ],
            what_changed=changed,
        )

    book.create("battle-card", "drevane", "2025-06-10 08:40", CI,
                body("2025-06-09", "First version in the new form. Replaces the slides of 2024, which had three different prices.", "Old card expired."))
    publish(book, "drevane", ("2025-06-12 09:05", "2025-06-13 14:20", "2025-06-16 07:30"), "abelman")

    second = dict(
        price_on="2025-09-01",
        discount_on="2025-08-28",
        press_quote="\"Nobody here gets fired for staying with the people who built the press.\"",
        landmines=[shown("Before the proposal, ask who signs for a second supplier in the press hall. No name, no proposal.", "post-mortem on Granite Hollow Bearings", "2025-08-19")],
        sources=[read("Post-mortem: Granite Hollow Bearings, press line monitoring", "2025-08-20")],
    )
    book.move("drevane", "2025-09-02 08:10", CI, "draft", "Lost Granite Hollow to them in July; the post-mortem has a question that belongs here.")
    book.revise("drevane", "2025-09-03 09:45", CI, body("2025-09-03", (
        "New: the question on who signs for a second supplier in the press hall. Quote added where we lose on presses. "
        "Price list read again, unchanged at 62."), "Strategic loss: Granite Hollow Bearings.", **second), "Learning of the Granite Hollow post-mortem; prices read again.")
    publish(book, "drevane", ("2025-09-03 10:02", "2025-09-05 12:15", "2025-09-08 07:15"), "abelman")

    third = dict(
        second,
        price_on="2025-10-31",
        discount_on="2025-10-30",
        enterprise=True,
        dearer="By about six per cent on list, and most of that goes with two years. Don't fight over it: show what the machines without their controller cost in a year without monitoring.",
        dearer_proof="Downtime sheet, filled in with the customer; three-year comparison",
        claims=[line("\"Marlowick is slow to quote.\" Our median from request to quote was nine working days in the third quarter. Quote within five.", "three buyers; CRM", "2025-10-28", confidence="medium")],
    )
    book.move("drevane", "2025-11-03 08:00", CI, "draft", "Thirty days over; win rate against them is falling.")
    book.revise("drevane", "2025-11-03 11:30", CI, body("2025-11-03", (
        "We win less often against them than in the first half of the year, most of all in enterprise: new line where we lose. "
        "The answer to \"dearer\" no longer argues about the list price. New claim of theirs on our quoting time: it's true, quote within five days."),
        "Win rate against them down by more than ten points.", **third), "Monthly check; falling win rate.")
    publish(book, "drevane", ("2025-11-03 11:48", "2025-11-04 16:40", "2025-11-05 07:20"), "desrosiers")


# ---- Halcyra: kept up to date ---------------------------------------------------------------


def halcyra(book):
    def body(day, changed, trigger, **more):
        def count(**match):
            return months18(book, "C2", day, **match)

        return sections(
            [
                pattern("Cold chain: loggers with a calibration certificate.", count(product="P2"), day),
                pattern("Small business: sensor and software from one supplier.", count(segment="Small Business"), day),
            ],
            [
                pattern("Software-only deals, where the buyer is IT and not maintenance.", count(product="P5"), day, more.get("it_quote", "")),
                pattern("Public sector tenders with a security annex.", count(segment="Public Sector"), day),
            ],
            competitor="Halcyra Systems",
            tier="1",
            owner=OWNER,
            reviewed_on=day,
            expires_on="2026-06-30",
            trigger=trigger,
            positioning=more.get("positioning", "Halcyra draws good pictures of data that somebody else has to measure. We bring the sensor, the certificate and the alarm that wakes the right person."),
            quick_facts=[
                line("About 600 people, software only; hardware through resellers.", "company profile", "2025-06-05"),
                shown("Price per site and year, in three editions.", "product page", "2025-06-05"),
                line("Discounts of 15 to 25 % in the last two weeks of a quarter.", "deal notes, eleven deals", more.get("discount_on", "2025-06-06"), topic="usual discount"),
                line("Bought Castellan Metering in March 2025; meters are sold off under the Halcyra name.", "press release", "2025-03-03"),
            ],
            pricing=[
                price("Site edition", 5400, "per site and year", "buyer's quote", more.get("price_on", "2025-05-30"), "medium"),
                price("On-premises edition", 9800, "per site and year", "buyer's quote", "2025-05-14", "low"),
            ],
            landmines=[
                shown("Ask who calibrates, and who signs the certificate.", "sales engineers' notes", "2025-06-06"),
                *more.get("landmines", []),
            ],
            objections=more.get("objections", [
                answer("\"Halcyra runs on our own servers.\"", "It does, in one edition, at nearly twice the price. Ask which part of the data may not leave the site: it's usually the recipe, and that never reaches our cloud.",
                       "Data flow sheet", "product security", "2025-06-06"),
            ]),
            features=[
                shown("Calibration certificates: ours issued with the logger, theirs through a reseller.", "both product pages", "2025-06-05", "high"),
                shown("Alarm to a phone with acknowledgement: ours yes, theirs email only.", "test account", "2025-06-03", "high"),
                line("Single sign-on with roles per site: theirs yes, ours without roles per site.", "test account", "2025-06-03", confidence="high"),
            ],
            their_claims=[line("\"Marlowick is a hardware company with a web page.\"", "two buyers in IT", "2025-05-21", confidence="high")],
            do_not_say=[line("Not \"they aren't secure\". Say what we have, and give the documents.", "legal", more.get("legal_on", "2025-06-09")), *more.get("do_not_say", [])],
            references=[shown("Larkmoor Pharma: 26 cold rooms, audited twice on our certificates.", "reference list, consent of January 2025", "2025-01-22")],
            sources=[
                read("Halcyra product page", more.get("price_on", "2025-06-05")),
                read("Win rate by competitor, CRM export", day),
                *more.get("sources", []),
            ],
            what_changed=changed,
        )

    book.create("battle-card", "halcyra", "2025-06-11 13:10", CI, body("2025-06-11", "First version in the new form.", "Old card expired."))
    publish(book, "halcyra", ("2025-06-12 09:10", "2025-06-13 14:35", "2025-06-16 07:35"), "abelman")

    second = dict(
        price_on="2025-10-02",
        discount_on="2025-10-02",
        legal_on="2025-10-06",
        sources=[read("Halcyra press release on the certification", "2025-10-01")],
        do_not_say=[line("Not \"their certificate is only for the cloud edition\" unless you have read the scope with the customer.", "legal", "2025-10-06")],
    )
    book.move("halcyra", "2025-10-03 08:20", CI, "draft", "They announced a security certification on 30 September.")
    book.revise("halcyra", "2025-10-06 10:05", CI, body("2025-10-06", (
        "Their cloud edition is certified since 30 September. Expect it as a must in public tenders from November on. "
        "What legal lets us say about it is under Do not say."), "Launch: certification of 30 September.", **second), "Their certification.")
    publish(book, "halcyra", ("2025-10-06 10:20", "2025-10-07 15:00", "2025-10-08 07:10"), "desrosiers")

    third = dict(
        second,
        price_on="2025-12-12",
        discount_on="2025-12-12",
        it_quote="\"Your people answered the security questions well, three weeks after theirs.\"",
        positioning="Halcyra draws good pictures of data that somebody else has to measure. We bring the sensor, the certificate and the alarm that wakes the right person, and our security answers now arrive before theirs.",
        landmines=[
            shown("Bring the security pack to the first meeting with IT, before anyone asks. Then ask theirs to be put beside it.", "play in pilot: security pack before the tender", "2025-12-10"),
            shown("Ask which sites need roles of their own; plan our January release into the proposal.", "product", "2025-12-11"),
        ],
        objections=[
            answer("\"Halcyra is certified, you aren't.\"",
                   "Our audit is in March. Until then: the auditor's letter of intent, the answered questionnaire and the penetration test, all on day one. Ask whether the certificate's scope names the edition they're offered.",
                   "Security pack, edition 2", "product security", "2025-12-11"),
            answer("\"Halcyra runs on our own servers.\"",
                   "It does, in one edition, at nearly twice the price, and the certificate doesn't cover it. Ask which part of the data may not leave the site.",
                   "Data flow sheet", "product security", "2025-12-11"),
        ],
        sources=second["sources"] + [read("Post-mortem: Foxhollow Cold Storage, alarm centre", "2025-12-10")],
    )
    book.move("halcyra", "2025-12-12 09:00", CI, "draft", "Foxhollow post-mortem, and the security pack is ready.")
    book.revise("halcyra", "2025-12-15 09:30", CI, body("2025-12-15", (
        "New answer to \"certified\": bring the security pack on day one, the audit is in March. The buyer's words from Foxhollow are where we lose. "
        "Prices read again: unchanged."), "Strategic loss: Foxhollow Cold Storage.", **third), "Learning of the Foxhollow post-mortem.")
    publish(book, "halcyra", ("2025-12-15 09:41", "2025-12-15 17:05", "2025-12-16 07:15"), "desrosiers")


def pellworth(book):
    def body(day, changed, bundle_on):
        def count(**match):
            return months18(book, "C3", day, **match)

        return sections(
            [
                pattern("Deals that we opened ourselves.", count(lead_source="outbound"), day),
                pattern("Cold chain, where a certificate is asked for.", count(product="P2"), day),
            ],
            [
                pattern("Enterprise, where their service crews are already on site.", count(segment="Enterprise"), day,
                        "\"They were here anyway on Tuesday.\""),
                pattern("Open enquiries to several suppliers: they price the hours to win.", count(lead_source="inbound"), day),
            ],
            competitor="Pellworth Controls",
            tier="2",
            owner=OWNER,
            reviewed_on=day,
            expires_on="2026-06-30",
            positioning="Pellworth sells hours with sensors attached. With us the customer's own people are up and running in a day, and stay independent.",
            quick_facts=[
                line("About 1,100 people, three quarters of them in field service.", "company profile", "2025-07-03"),
                shown("Commissioning is part of the first year since February 2025.", "partner bulletin", bundle_on),
            ],
            pricing=[price("Sensor with service", 118, "per sensor and year", "buyer's quote", bundle_on, "medium")],
            landmines=[shown("Ask what a moved sensor costs. With them it's a call-out.", "partner bulletin", bundle_on)],
            objections=[answer("\"They install it for us.\"", "So do our partners, once. After that your own people move a sensor in four minutes.", "Video, four minutes", "enablement library", "2025-07-03")],
            features=[shown("Battery: ours five years, theirs three.", "both data sheets", "2025-07-02", "high")],
            their_claims=[line("\"Marlowick leaves you alone after the sale.\"", "one buyer", "2025-06-25", confidence="low")],
            do_not_say=[line("Nothing about the accident at a customer's site in 2024.", "legal", "2025-07-04")],
            references=[shown("Serra Dourada Packaging: 480 sensors, moved twice by their own people.", "reference list, consent of May 2025", "2025-05-12")],
            sources=[read("Pellworth partner bulletin", bundle_on), read("Win rate by competitor, CRM export", day)],
            what_changed=changed,
        )

    book.create("battle-card", "pellworth", "2025-07-07 12:00", CI, body("2025-07-07", "First version in the new form.", "2025-07-03"))
    publish(book, "pellworth", ("2025-07-08 08:00", "2025-07-09 10:30", "2025-07-10 07:00"), "abelman")
    book.move("pellworth", "2025-11-24 08:30", CI, "draft", "Sixty days over.")
    book.revise("pellworth", "2025-11-24 10:10", CI, body("2025-11-24", "Counts and price read again; nothing else changed.", "2025-11-21"), "Check after sixty days.")
    publish(book, "pellworth", ("2025-11-24 10:15", "2025-11-25 13:00", "2025-11-26 07:05"), "abelman")


def stonquist(book):
    day = "2025-08-04"

    def count(**match):
        return months18(book, "C4", day, **match)

    book.create("battle-card", "stonquist", "2025-08-04 11:20", CI, sections(
        [pattern("Public sector, with our framework terms.", count(segment="Public Sector"), day)],
        [pattern("Mid-market, on the price of the gateway.", count(segment="Mid-Market"), day)],
        competitor="Stonquist",
        tier="2",
        owner=OWNER,
        reviewed_on=day,
        expires_on="2026-06-30",
        trigger="Price move of 27 May.",
        positioning="Stonquist sells a cheap gateway and an expensive year. Count the year.",
        quick_facts=[line("About 300 people; sells through wholesalers.", "company profile", "2025-07-30")],
        pricing=[price("Gateway", 2450, "once", "published price list", "2025-07-30", "high")],
        landmines=[shown("Ask for the price of the SIM cards over three years.", "deal notes", "2025-07-31")],
        objections=[answer("\"The gateway is a sixth cheaper.\"", "It is. Without the radio plan, which ours includes.", "Three-year comparison", "pricing desk", "2025-07-31")],
        features=[shown("Radio plan included: ours yes, theirs no.", "price list", "2025-07-30", "high")],
        their_claims=[line("None seen this year.", "deal notes", "2025-07-31")],
        do_not_say=[line("Nothing on delivery times: theirs are shorter at the moment.", "operations", "2025-08-01")],
        references=[shown("Two port authorities; ask Public Sector for names.", "reference list", "2025-06-20")],
        sources=[read("Stonquist price list", "2025-07-30"), read("Win rate by competitor, CRM export", day)],
        what_changed="First version in the new form, with the gateway at 2,450.",
    ))
    publish(book, "stonquist", ("2025-08-04 11:30", "2025-08-05 09:00", "2025-08-06 07:00"), "abelman")
    book.move("stonquist", "2025-10-06 12:00", "nakamurahill", "stale", "Not checked for sixty days.")


def numetro(book):
    def body(day, changed, more):
        def count(**match):
            return months18(book, "C5", day, **match)

        return sections(
            [
                pattern("Europe, where their support is by mail only.", count(region="Europe"), day),
                pattern("Fleet and yard.", count(product="P3"), day),
            ],
            [pattern("Cold chain: their logger costs a third of ours.", count(product="P2"), day)],
            competitor="Numetro",
            tier="3",
            owner=OWNER,
            reviewed_on=day,
            expires_on="2026-06-30",
            positioning="Numetro is a good gauge. We are a system: if it's one machine, let them have it.",
            quick_facts=[line("About 40 people, web shop.", "company profile", "2025-07-16"), *more],
            pricing=[price("Starter box, five sensors", 1190, "once", "web shop", day, "high")],
            landmines=[shown("Ask what happens at the sixth sensor.", "web shop", "2025-07-16")],
            objections=[answer("\"There's no subscription.\"", "Nor updates, nor alarms off site. For one machine that's fine, and we say so.", "Comparison of one page", "enablement library", "2025-07-17")],
            features=[shown("Alarms outside the site network: ours yes, theirs no.", "test box", "2025-07-18", "high")],
            do_not_say=[line("Don't call it a toy. Some of our customers have one.", "enablement", "2025-07-18")],
            sources=[read("Numetro web shop", day), read("Win rate by competitor, CRM export", day)],
            what_changed=changed,
        )

    book.create("battle-card", "numetro", "2025-07-21 09:00", CI, body("2025-07-21", "First version in the new form.", []))
    publish(book, "numetro", ("2025-07-21 09:20", "2025-07-22 10:00", "2025-07-23 07:00"), "abelman")
    book.move("numetro", "2025-10-24 09:30", CI, "draft", "Ninety days over, and they left direct sales in Latin America.")
    book.revise("numetro", "2025-10-27 09:10", CI, body("2025-10-27", "No direct sales in Latin America any more: one distributor. Price unchanged.", [
        line("In Latin America only through one distributor since 20 October.", "distributor's letter", "2025-10-21", confidence="high")]), "Check after ninety days; change of their sales.")
    publish(book, "numetro", ("2025-10-27 09:15", "2025-10-28 11:40", "2025-10-29 07:00"), "abelman")


def castellan(book):
    day = "2025-04-14"
    book.create("battle-card", "castellan", "2025-04-14 10:00", CI, sections(
        [pattern("Everything but transport, while stock lasts.", months18(book, "C7", day), day)],
        [],
        competitor="Castellan Metering",
        tier="3",
        owner=OWNER,
        reviewed_on=day,
        expires_on="2025-12-31",
        trigger="Bought by Halcyra on 3 March.",
        positioning="Sound meters without a future of their own: the new owner sells the stock and stops.",
        quick_facts=[line("Bought by Halcyra on 3 March 2025.", "press release", "2025-03-03", confidence="high")],
        sources=[read("Halcyra press release", "2025-03-04")],
        what_changed="Sold to Halcyra; ask every buyer who will support it in 2027.",
    ))
    publish(book, "castellan", ("2025-04-14 10:10", "2025-04-15 09:00", "2025-04-16 07:00"), "abelman")
    book.move("castellan", "2025-06-20 08:00", CI, "archived", "Not met in a deal since the summer of 2024; what is left stands on Halcyra's card.")


# ---- Fennick: the new entrant, still a draft ------------------------------------------------


def fennick(book):
    def body(day, trigger, **more):
        def count(**match):
            return book.tally("C6", until=day, since="2025-07-01", **match)

        return sections(
            [pattern("Vibration, where the alarm has to be right and not only there.", count(product="P1"), day)] if more else [],
            [pattern("Mid-market, on the price of the first year.", count(segment="Mid-Market"), day, more.get("quote", ""))]
            + ([pattern("Fleet and yard: no win yet.", count(product="P3"), day)] if more else []),
            competitor="Fennick Sense",
            tier="1",
            owner=OWNER,
            trigger=trigger,
            quick_facts=[
                line("First met in July 2025. Hardware is lent, one flat fee per site.", "deal notes", "2025-09-29"),
                line("USD 42 million of new capital, office in Rotterdam.", "press release", "2025-10-02"),
            ],
            pricing=[price("Flat fee up to 60 sensors", 390, "per site and month", "buyer's quote", "2025-08-21", "medium")] + more.get("pricing", []),
            objections=more.get("objections", []),
            sources=more.get("sources", [read("Fennick press release", "2025-10-03")]),
            positioning=more.get("positioning", ""),
            reviewed_on=more.get("reviewed_on", ""),
        )

    book.create("battle-card", "fennick", "2025-10-06 15:45", CI, body("2025-10-05", "New entrant since July."))
    second = dict(
        quote="\"Thirty per cent in the first year is my whole training budget.\"",
        pricing=[price("Above 60 sensors", 5.2, "per sensor and month", "buyer's quote", "2025-10-16", "low")],
        objections=[answer("\"Fennick is a quarter cheaper.\"",
                           "In the first year, on a full site of 60 sensors: 4,680 against 6,180. Over three years it's 14,040 against 14,100, and from the fourth on we're cheaper. On a site of 40 sensors we're cheaper from the first year.",
                           "Total-cost sheet", "pricing desk", "2025-10-23")],
        sources=[read("Fennick press release", "2025-10-03"), read("Two buyers' quotes", "2025-10-23")],
    )
    book.revise("fennick", "2025-10-24 16:20", CI, body("2025-10-23", "New entrant since July.", **second), "The arithmetic over three years, from the pricing desk.")
    third = dict(
        second,
        positioning="Fennick is cheap for a year on a full site. We're cheaper for as long as you keep the sensors.",
        sources=second["sources"] + [read("Post-mortem: Bellerive Freight, reefer logging", "2025-11-18"), read("Win rate by competitor, CRM export", "2025-11-19")],
    )
    book.revise("fennick", "2025-11-20 18:05", CI, body("2025-11-19", "New entrant since July; most mid-market losses of the autumn.", **third),
                "Counts up to 19 November. Still missing: landmines, references, legal.")


# ---- what sellers say about the cards ------------------------------------------------------


def notes(book):
    def note(key, at, author, card, verdict, text="", deal=""):
        book.create("card-note", key, at, author, {"card": f"@{card}", "verdict": verdict, "note": text, "opportunity_id": deal})

    note("cn-price", "2025-11-13 16:05", "vanrossum", "drevane", "out of date",
         "The mill has Drevane's new list: 49. The card says 62, and I was laughed at.", book.story("mill").id)
    note("cn-flat", "2025-12-02 12:30", "yildiz", "fennick", "missing", "What do I say when they lend the hardware?")
    # Half of the deals against Halcyra since its card was rewritten: what the rep said when they had ended.
    ended = [d for d in book.deals if d.competitor == "C2" and d.outcome in ("won", "lost") and date(2025, 10, 8) <= d.close < LAST_DAY]
    for deal in sorted(ended, key=lambda d: (d.close, d.id))[::2]:
        owner = [change["owner"] for _, change in book.histories[deal.id] if "owner" in change][-1]
        note(f"cn-{deal.id}", f"{deal.close} 17:40", PEOPLE[owner][1], "halcyra",
             "helped" if deal.outcome == "won" else "did not help", deal=deal.id)
