"""Decisions of the last quarterly reviews, and the actions that came of them."""


def write(book):
    decisions(book)
    actions(book)


def cited(figure, quarter, as_of, by, row, column=""):
    """A row of a figure, which the program reads when the record is written."""
    return {"figure": figure, "asked": {"quarter": quarter, "by": by, "as_of": as_of}, "row": {"slice": row}, "column": column}


def against(quarter, as_of, competitor):
    """The win rate against a competitor over eighteen months."""
    return {"figure": "competitors", "asked": {"quarter": quarter, "as_of": as_of}, "row": {"competitor": competitor}, "column": "win_rate"}


def decisions(book):
    def decide(key, at, decided, author, body):
        book.create("decision", key, at, author, body)
        if decided:
            book.move(key, decided, author, "decided")

    playbook = {
        "title": "One playbook in one place",
        "finding": "No figure: four folders with 31 plays, 11 of them of people who have left.",
        "quarter": "2025-Q1",
        "decision": "Plays live here from now on. What nobody claims by the end of June isn't carried over.",
        "options": "Leave the folders (nobody finds anything). Buy a product for it (not this year).",
        "owner": "Ruth Abelman",
        "approver": "Ingrid Solheim",
        "effective_on": "2025-04-14",
        "review_on": "2025-07-10",
    }
    decide("de-playbook", "2025-04-10 13:00", "2025-04-10 16:30", "abelman", playbook)
    book.revise("de-playbook", "2025-07-10 15:10", "abelman", playbook | {
        "outcome": "10 July: one play of 31 was claimed, and that one is retired today. Stands."}, "Read again at the review date.")
    decide("de-cards-60", "2025-04-10 13:20", "2025-04-10 16:35", "adebayolund", {
        "title": "Every battle card is checked every 60 days",
        "quarter": "2025-Q1",
        "decision": "One interval for all cards.",
        "options": "By tier (more work to explain).",
        "owner": "Femi Adebayo-Lund",
        "approver": "Ingrid Solheim",
        "effective_on": "2025-04-14",
        "review_on": "2025-07-10",
    })
    book.move("de-cards-60", "2025-07-10 16:00", "adebayolund", "superseded", "By tier from now on: see the next decision.")
    decide("de-cards-tier", "2025-07-10 15:40", "2025-07-10 16:05", "adebayolund", {
        "title": "Battle cards are checked by tier: 30, 60 and 90 days",
        "finding": "battle-cards as of 2025-07-10: all of them checked, but the price of the closest rival was five weeks old.",
        "quarter": "2025-Q2",
        "decision": "Tier 1 every 30 days, tier 2 every 60, tier 3 every 90. A price move or a new entrant: within five working days.",
        "options": "Keep 60 days for all (too slow for two of them). 30 for all (nobody has the time).",
        "owner": "Femi Adebayo-Lund",
        "approver": "Ingrid Solheim",
        "effective_on": "2025-07-14",
        "metric": "Cards in time, share",
        "expected_from": "0.60",
        "expected_to": "0.90",
        "expected_by": "2025-12-31",
        "review_on": "2026-01-15",
        "link": "@de-cards-60",
    })
    # The review date of this one has passed, and nobody wrote down what came of it.
    decide("de-price", "2025-07-10 14:10", "2025-07-10 16:10", "karaca", {
        "title": "No price events in mid-market in the second half of the year",
        "finding": cited("win-rate-shift", "2025-Q2", "2025-07-10", "segment", "Mid-Market"),
        "quarter": "2025-Q2",
        "decision": "List price holds in mid-market. Discounts above 8 % go to the pricing desk. The year-end offer is retired.",
        "options": "Repeat the year-end offer (moves deals, costs ten per cent). Lower the list price (no sign that we need it).",
        "owner": "Yusuf Karaca",
        "approver": "Ingrid Solheim",
        "effective_on": "2025-07-14",
        "metric": cited("win-rate-shift", "2025-Q2", "2025-07-10", "segment", "Mid-Market", "win_rate"),
        "expected_from": "0.42",
        "expected_to": "0.45",
        "expected_by": "2025-11-30",
        "review_on": "2025-12-15",
        "link": "@pl-yearend",
    })
    # From a variance to what was changed, and back: it worked, and became the rule for all.
    apac = {
        "title": "Asia Pacific calls no deal without a dated next step",
        "finding": cited("forecast-variance", "2025-Q2", "2025-07-10", "region", "Asia Pacific"),
        "quarter": "2025-Q2",
        "decision": "A deal of best case enters the call when its next step has a date and somebody of theirs has agreed to it. Hiroshi reads the list every Monday.",
        "options": "Cut the call by a fifth (hides who is wrong). Wait for another quarter (it was called too high twice).",
        "owner": "Hiroshi Tanemura",
        "approver": "Ingrid Solheim",
        "effective_on": "2025-07-14",
        "metric": cited("forecast-variance", "2025-Q2", "2025-07-10", "region", "Asia Pacific", "bias"),
        "expected_from": "0.25",
        "expected_to": "0.10",
        "expected_by": "2025-09-30",
        "review_on": "2025-10-14",
    }
    decide("de-apac", "2025-07-10 15:50", "2025-07-10 16:20", "tanemura", apac)
    book.revise("de-apac", "2025-10-14 14:40", "nakamurahill", apac | {
        "reading": cited("forecast-variance", "2025-Q3", "2025-10-14", "region", "Asia Pacific", "bias"),
        "outcome": "Called within one per cent of what was won. Stands, and becomes the rule for all regions: see the next decision.",
    }, "Read again at the review date.")
    decide("de-commit", "2025-10-14 15:10", "2025-10-14 17:00", "nakamurahill", {
        "title": "Commit needs a known paper process",
        "finding": cited("forecast-variance", "2025-Q3", "2025-10-14", "region", "Latin America"),
        "quarter": "2025-Q3",
        "decision": "A deal is in commit when the steps to the signature are known with their dates, and when it isn't kept out for comfort. Managers read commit with their people every Monday.",
        "options": "Haircut per region (hides it). Leave it to the owners (that's what we do now).",
        "owner": "Grace Nakamura-Hill",
        "approver": "Ingrid Solheim",
        "effective_on": "2025-10-20",
        "metric": cited("forecast-variance", "2025-Q3", "2025-10-14", "region", "Latin America", "bias"),
        "expected_from": "-0.36",
        "expected_to": "-0.10",
        "expected_by": "2025-12-31",
        "review_on": "2026-01-15",
        "about": "@de-apac",
    })
    decide("de-security", "2025-10-28 14:30", "2025-10-30 09:00", "desrosiers", {
        "title": "Security audit in March 2026",
        "finding": "post-mortems, 2025-Q4: Foxhollow lost over security answers.",
        "quarter": "2025-Q4",
        "decision": "The audit is brought forward from the autumn to March. Product gives up the on-premises study for it.",
        "options": "Autumn as planned (two tenders too late). A letter of the auditor only (done as well).",
        "owner": "Camille Desrosiers",
        "approver": "Ingrid Solheim",
        "effective_on": "2025-11-03",
        "metric": "Strategic losses with the driver security, per quarter",
        "expected_from": "2",
        "expected_to": "0",
        "expected_by": "2026-06-30",
        "review_on": "2026-04-15",
    })
    decide("de-site-price", "2025-12-22 10:15", None, "karaca", {
        "title": "A price per site for mid-market, from 45 sensors on",
        "finding": "win-rate/segment/Mid-Market/2025-09",
        "quarter": "2025-Q4",
        "decision": "Below the threshold since September, mostly on Fennick's price: offer a flat price per site beside the price per sensor, from 45 sensors on, three years, hardware spread over the term.",
        "options": "Lower the price per sensor (costs everywhere, wins where we win anyway). Do nothing and rely on the play (four deals, one won). Discount case by case (what we do now).",
        "owner": "Yusuf Karaca",
        "metric": "Win rate, mid-market",
        "expected_from": "0.18",
        "expected_to": "0.32",
        "expected_by": "2026-06-30",
    })


def actions(book):
    def act(key, at, author, title, owner, due_on, artefact, about="", done=None, dropped=None, expects=None, read=None):
        body = {"title": title, "owner": owner, "due_on": due_on, "artefact": artefact, "about": f"@{about}" if about else ""}
        body = body | (expects or {})
        book.create("action", key, at, author, body)
        if done:
            on, who, result = done
            body = body | {"result": result}
            book.revise(key, on, who, body, "Done.")
            book.move(key, on[:-2] + "59", who, "done")
        if read:
            on, who, reading = read
            book.revise(key, on, who, body | {"reading": reading}, "Read again at the review date.")
        if dropped:
            on, who, reason = dropped
            book.move(key, on, who, "dropped", reason)

    act("ac-musthaves", "2025-06-16 08:20", "onyango", "Add \"Has the buyer written down the must-haves?\" to the qualification questions", "Ruth Abelman",
        "2025-07-11", "qualification question", "pm-planning",
        done=("2025-07-08 13:30", "abelman", "In the questions of Insight since 8 July; asked in every first call review."))
    act("ac-supplier", "2025-08-19 08:50", "onyango", "Put the second-supplier question on the Drevane card", "Femi Adebayo-Lund", "2025-09-12", "card", "pm-press",
        done=("2025-09-08 07:40", "adebayolund", "On the card since the version of 8 September, under landmines."),
        expects={
            "metric": against("2025-Q3", "2025-08-19", "Drevane Automation"),
            "expected_from": "0.36",
            "expected_to": "0.40",
            "expected_by": "2025-12-31",
            "review_on": "2025-12-15",
        },
        read=("2025-12-15 09:10", "adebayolund", against("2025-Q4", "2025-12-15", "Drevane Automation")))
    act("ac-buyer-play", "2025-08-19 08:55", "onyango", "Write the play: call the economic buyer before the proposal", "Ruth Abelman", "2025-10-31", "play", "pm-press",
        done=("2025-11-04 15:10", "abelman", "Written on 3 November, four days late; in pilot in Europe from 6 November."))
    # The last review, 14 October.
    act("ac-fennick-card", "2025-10-14 15:30", "nakamurahill", "Publish a battle card on Fennick Sense", "Femi Adebayo-Lund", "2025-10-31", "card", "pm-reefer")
    act("ac-count", "2025-10-14 15:35", "nakamurahill", "Ask for the sensor count per site in every first mid-market call", "Ruth Abelman", "2025-11-14", "qualification question", "pm-reefer",
        done=("2025-11-12 10:20", "abelman", "Required field in the CRM since 12 November; filled in 31 of 36 new deals."),
        expects={
            "metric": cited("win-rate-shift", "2025-Q3", "2025-10-14", "segment", "Mid-Market", "win_rate"),
            "expected_from": "0.32",
            "expected_to": "0.36",
            "expected_by": "2026-03-31",
            "review_on": "2026-04-15",
        })
    act("ac-latam", "2025-10-14 15:45", "nakamurahill", "Go through Latin America's open deals and put them in the category they belong in", "Lucía Barrantes", "2025-11-28", "other", "de-commit")
    act("ac-europe", "2025-10-14 15:50", "nakamurahill", "Read Europe's commit against the paper process, every Monday", "Katarzyna Wolniak", "2025-12-19", "other", "de-commit")
    act("ac-rebates", "2025-10-14 16:00", "nakamurahill", "Compare partner rebates with Pellworth's", "Yusuf Karaca", "2025-11-21", "price rule", "",
        dropped=("2025-11-11 09:00", "karaca", "Pellworth has stopped its rebates; nothing to compare."))
    act("ac-questionnaire", "2025-11-06 09:20", "onyango", "Answer security questionnaires within five working days, from a kept library", "Camille Desrosiers", "2025-11-28", "product issue", "pm-alarm",
        done=("2025-11-27 16:30", "desrosiers", "Library of 164 answers; four working days in the last six cases."))
    act("ac-pilot", "2025-11-06 09:25", "onyango", "Pilot the security pack in North America and report", "Ruth Abelman", "2025-12-19", "play", "pm-alarm",
        done=("2025-12-16 11:10", "abelman", "Six deals: four working days instead of nineteen, nothing lost over security. Up for approval."))
    act("ac-drevane-price", "2025-12-02 12:10", "karaca", "Answer to Drevane's list price of 12 November for quotes that are out", "Yusuf Karaca", "2025-12-12", "price rule", "drevane")
    act("ac-roles", "2025-12-17 16:30", "vanrossum", "Board dates of the buyer into the deal before Verbal, enterprise Europe", "Anneke van Rossum", "2026-01-16", "qualification question", "pm-mill")
