"""Plays, one in each state; two of them have come back for a change."""


def steps(*clauses):
    """A clause, or a clause with the record that made it and the sentence in it."""
    made = [(clause, "", "") if isinstance(clause, str) else clause for clause in clauses]
    return [{"step": text, "because": because and f"@{because}", "words": words} for text, because, words in made]


def assets(*names):
    return [{"asset": name} for name in names]


def seen(*rows):
    return [{"record": f"@{record}", "note": note} for record, note in rows]


def write(book):
    security(book)
    cost(book)
    guarantee(book)
    buyer(book)
    pilot_terms(book)
    year_end(book)
    framework(book)


# ---- waits for its second approval ----------------------------------------------------------


def security(book):
    first = {
        "title": "Security pack before the tender",
        "stage": "Proposal",
        "playbook": "Enterprise",
        "segment": "Enterprise",
        "owner": "Ruth Abelman",
        "version": "1.0",
        "trigger": "IT or IT security is named in the deal, or the word \"annex\" appears in a document of the buyer.",
        "persona": "Head of IT security; IT manager of the plant",
        "steps": steps(
            "Send the security pack before the first meeting with IT, not after it.",
            "In the meeting, walk through the data flow sheet: what leaves the site, what never does.",
            "Take their questionnaire along; answers are due in five working days.",
        ),
        "talk_track": "You'll ask us about 150 things. Here are the answers to the first 120, with the documents. Which ones matter most to you?",
        "assets": assets("Security pack, edition 1", "Data flow sheet", "Answer library, 164 questions"),
        "qualification": "Decision process known, including who signs for IT security. No name: the play isn't due yet.",
        "exit_criterion": "IT security has said in writing that nothing is open.",
        "change": "Until now answers were written when asked for, by product security, beside their other work. Account executives of enterprise must know the pack by heart: one hour of training.",
        "evidence": seen(("fb-security", "Six of sixteen members say our answers come late."), ("fb-audit", "\"No certificate, no tender.\"")),
        "pilot_team": "North America, enterprise",
        "pilot_weeks": "6",
        "pilot_metric": "Working days from questionnaire to answers; share of deals that leave Proposal with IT security's consent",
    }
    book.create("play", "pl-security", "2025-10-24 15:00", "abelman", first)
    second = first | {
        "steps": steps(
            ("Ask in the first call who signs for IT security, and until when. Write the name into the deal.", "pm-alarm",
             "In enterprise, IT security decides before procurement does."),
            ("Send the security pack before the first meeting with IT, not after it.", "fb-security", "You needed three."),
            "In the meeting, walk through the data flow sheet: what leaves the site, what never does.",
            "Take their questionnaire along; answers are due in five working days.",
            ("Name the date of our audit in writing. Never promise the certificate.", "fb-audit", "No certificate, no tender."),
        ),
        "assets": assets("Security pack, edition 2", "Data flow sheet", "Answer library, 164 questions", "Auditor's letter of intent"),
        "evidence": first["evidence"] + seen(("pm-alarm", "Foxhollow: lost over answers that came three weeks late.")),
    }
    book.revise("pl-security", "2025-10-29 08:40", "abelman", second, "Foxhollow post-mortem reviewed: the name of the signer and the audit date belong into the steps.")
    book.move("pl-security", "2025-10-29 08:50", "abelman", "in-review")
    book.move("pl-security", "2025-10-31 16:15", "desrosiers", "pilot")
    # Six weeks later the pilot is over. One of two approvals is there.
    book.move("pl-security", "2025-12-17 18:20", "adeyemi", "approved", "Six deals in the pilot: answers after four working days instead of nineteen. Keep it.")


# ---- three revisions, published twice -------------------------------------------------------


def cost(book):
    first = {
        "title": "Total cost before the first quote",
        "stage": "Proposal",
        "playbook": "Mid-Market",
        "segment": "Mid-Market",
        "owner": "Yusuf Karaca",
        "version": "1.0",
        "trigger": "A buyer asks for a price per sensor, or names a flat fee.",
        "persona": "Head of maintenance; finance, if they sign",
        "steps": steps(
            "Ask how many sensors per site, and how long they mean to keep them.",
            "Fill in the total-cost sheet together, in the call.",
            "Quote three years, with the first year as one line of it.",
        ),
        "talk_track": "Let's count the years you'll have it, not the month you buy it.",
        "assets": assets("Total-cost sheet"),
        "qualification": "Number of sensors per site known.",
        "exit_criterion": "The buyer has the three-year figure in their own file.",
        "change": "New play. Until now we quoted a price per sensor and year, and discounted when asked.",
        "evidence": seen(("fb-cost", "Five of sixteen members can't compare us beyond the first year.")),
        "pilot_team": "Mei-Ling Zhou, Siobhán Kehoe",
        "pilot_weeks": "3",
        "pilot_metric": "Discount given; win rate, mid-market",
        "effective_from": "2025-09-15",
        "review_on": "2025-12-15",
    }
    book.create("play", "pl-cost", "2025-08-20 12:30", "karaca", first)
    book.move("pl-cost", "2025-08-21 09:00", "karaca", "in-review")
    book.move("pl-cost", "2025-08-22 10:30", "abelman", "pilot")
    book.move("pl-cost", "2025-09-11 14:00", "abelman", "approved", "Discount in the pilot 4 % instead of 9 %.")
    book.move("pl-cost", "2025-09-12 08:30", "wolniak", "approved", "Two of three pilot deals in Europe without a discount.")
    book.move("pl-cost", "2025-09-12 11:00", "karaca", "published")

    second = first | {
        "version": "1.1",
        "trigger": "A buyer asks for a price per sensor, names a flat fee, or Fennick is in the deal.",
        "steps": steps(
            "Ask how many sensors per site, and how long they mean to keep them.",
            "Below 50 sensors per site, say at once that a flat fee costs them more from the first year.",
            "Fill in the total-cost sheet together, in the call.",
            "Quote three years, with the first year as one line of it.",
        ),
        "change": "Fennick is named. Below 50 sensors per site we say first that the flat fee is dearer, instead of waiting to be asked.",
        "evidence": first["evidence"] + seen(("pm-reefer", "Bellerive: the third year was never shown.")),
        "effective_from": "2025-11-10",
        "review_on": "2026-02-10",
    }
    book.move("pl-cost", "2025-10-15 08:15", "karaca", "proposed", "Bellerive post-mortem: the play came too late and didn't name Fennick.")
    book.revise("pl-cost", "2025-10-15 09:20", "karaca", second, "Fennick named; the 50-sensor rule.")
    third = second | {
        "steps": steps(
            "Ask how many sensors per site, and how long they mean to keep them.",
            ("Below 45 sensors per site, say at once that a flat fee costs them more from the first year. From 45 to 60, don't argue about the first year at all.",
             "pm-reefer", "Against a flat fee the first-year price is lost before we start."),
            "Fill in the total-cost sheet together, in the call, and leave it with them.",
            ("Quote three years, with the first year as one line of it.", "fb-cost", "Year four is the one I have to defend."),
            "If finance signs, ask for ten minutes with them before the quote goes out.",
        ),
        "talk_track": "Let's count the years you'll have it, not the month you buy it. If it's one year, take the flat fee. Is it one year?",
        "qualification": "Number of sensors per site known, and who signs for a three-year figure.",
        "change": "Fennick is named. The break-even is 45 sensors per site, not 50: the pricing desk has counted again. Finance is asked before the quote goes out.",
        "pilot_team": "Jasmine Tolliver, Owen Castellanos, Emre Yıldız",
        "effective_from": "2025-11-17",
        "review_on": "2026-02-16",
    }
    book.revise("pl-cost", "2025-10-27 13:45", "karaca", third, "The break-even is at 45 sensors; finance before the quote.")
    book.move("pl-cost", "2025-10-27 13:50", "karaca", "in-review")
    book.move("pl-cost", "2025-10-29 10:00", "abelman", "pilot")
    book.move("pl-cost", "2025-11-12 09:10", "abelman", "approved")
    book.move("pl-cost", "2025-11-13 15:30", "adeyemi", "approved", "Used in four deals, one won. Too early to tell, but nobody discounts any more.")
    book.move("pl-cost", "2025-11-14 08:20", "karaca", "published")


def guarantee(book):
    book.create("play", "pl-guarantee", "2025-12-03 10:40", "tolliver", {
        "title": "A guarantee instead of a discount",
        "playbook": "Mid-Market",
        "segment": "Mid-Market",
        "owner": "Jasmine Tolliver",
        "trigger": "The buyer has a quote of Fennick and more than 45 sensors per site.",
        "persona": "Head of maintenance",
        "steps": steps(
            "Ask which alarm they can't afford to miss.",
            "Offer the guarantee for that machine: a missed alarm in the first year, and the year is free.",
            "Ask Fennick's buyer to get the same in writing.",
        ),
        "talk_track": "Cheap is fine for the machines that may stop. Which one may not?",
        "exit_criterion": "The guarantee is in the order, no discount is.",
        "change": "New play for the cases where the first year can't be won. Legal must agree to the wording of the guarantee.",
        "evidence": seen(("pm-reefer", "Price of the first year decided, quality was never discussed.")),
    })
    book.move("pl-guarantee", "2025-12-05 09:00", "tolliver", "in-review")


def buyer(book):
    first = {
        "title": "Call the economic buyer before the proposal",
        "playbook": "Enterprise",
        "segment": "Enterprise",
        "owner": "Ruth Abelman",
        "version": "1.0",
        "trigger": "A deal is about to go from Solution to Proposal and nobody of ours has spoken to the one who signs.",
        "persona": "Operations director, plant director",
        "steps": steps(
            ("Ask the champion for fifteen minutes with the economic buyer, with a reason that is theirs: what a stop costs.", "fb-sponsor",
             "Your proposal was on my desk before anyone of yours had spoken to me."),
            ("No time in three weeks: the deal stays in Solution. Say so to your manager.", "cr-buyer", ""),
            "After the call, one paragraph by mail: what we understood, in the buyer's words.",
        ),
        "talk_track": "Before we write anything: what would have to be true in a year for you to call this a good decision?",
        "qualification": "Economic buyer by name. At an incumbent's site also who signs for a second supplier.",
        "exit_criterion": "The economic buyer has answered the mail.",
        "change": "New gate between Solution and Proposal. Managers see deals without it every Monday.",
        "evidence": seen(("de-commit", "Commit needs the steps to the signature, and only who signs knows them."), ("pm-press", "Granite Hollow: proposal without having met the buyer."), ("fb-sponsor", "\"I gave it to procurement.\"")),
        "pilot_team": "Europe, enterprise",
        "pilot_weeks": "4",
        "pilot_metric": "Share of proposals with the buyer's answer; win rate, enterprise",
        "effective_from": "2026-01-05",
    }
    book.create("play", "pl-buyer", "2025-11-03 11:20", "abelman", first)
    book.move("pl-buyer", "2025-11-04 14:40", "abelman", "in-review")
    book.move("pl-buyer", "2025-11-06 08:50", "wolniak", "pilot")
    book.move("pl-buyer", "2025-12-08 09:30", "wolniak", "approved", "Seven of nine proposals with an answer of the buyer.")
    book.move("pl-buyer", "2025-12-10 16:00", "adeyemi", "approved")


def pilot_terms(book):
    book.create("play", "pl-pilot", "2025-12-18 17:30", "zhou", {
        "title": "Paid pilot on two pages",
        "playbook": "Enterprise",
        "segment": "Enterprise",
        "owner": "Mei-Ling Zhou",
        "trigger": "The buyer asks for a free trial.",
        "change": "Instead of a free trial or a contract of twenty-two pages: two pages, a fixed price, eight weeks, and the criterion written down.",
        "evidence": seen(("fb-pilot", "\"We'd pay for a pilot if it were two pages.\"")),
    })


def year_end(book):
    book.create("play", "pl-yearend", "2025-04-15 09:30", "karaca", {
        "title": "Year-end offer",
        "playbook": "All segments",
        "owner": "Yusuf Karaca",
        "version": "3.0",
        "trigger": "A deal in Negotiation in the last three weeks of a fiscal year.",
        "steps": steps("Offer ten per cent for a signature before the year ends.", "Take the offer back on the day it ends."),
        "change": "Carried over from the old playbook as it was.",
        "evidence": seen(("de-playbook", "Taken over with the old playbook.")),
        "pilot_team": "none, in use since 2022",
        "pilot_weeks": "1",
        "pilot_metric": "none",
        "effective_from": "2022-12-01",
        "review_on": "2025-07-10",
    })
    book.move("pl-yearend", "2025-04-15 09:40", "karaca", "in-review")
    book.move("pl-yearend", "2025-04-16 10:00", "abelman", "pilot", "Carried over, no pilot needed.")
    book.move("pl-yearend", "2025-04-16 10:05", "abelman", "approved", "Carried over.")
    book.move("pl-yearend", "2025-04-17 08:00", "solheim", "approved", "Carried over.")
    book.move("pl-yearend", "2025-04-17 08:30", "karaca", "published")
    book.move("pl-yearend", "2025-07-10 15:20", "karaca", "retired",
              "It moves deals from January to December and costs ten per cent. Four advisory board members wait for it.")


def framework(book):
    book.create("play", "pl-framework", "2025-11-17 07:50", "ishiguro", {
        "title": "Framework terms for water boards",
        "playbook": "Public Sector",
        "segment": "Public Sector",
        "owner": "Naoko Ishiguro",
        "trigger": "A water board publishes a notice, or three of them buy together.",
        "persona": "Head of procurement of the board",
        "steps": steps(
            "Send the framework terms within a week of the notice.",
            "Offer the price of the joint volume to each of them.",
            "Ask for the security annex on the first day.",
        ),
        "assets": assets("Framework terms, edition 1"),
        "exit_criterion": "Our terms are the annex of the tender.",
        "change": "Answers tenders with our own terms instead of commenting theirs.",
        "evidence": seen(("pm-alarm", "The security annex decides before the price does.")),
        "pilot_team": "Asia Pacific, public sector",
        "pilot_weeks": "12",
        "pilot_metric": "Share of tenders that use our terms",
    })
    book.move("pl-framework", "2025-11-18 08:00", "ishiguro", "in-review")
    book.move("pl-framework", "2025-11-20 09:45", "tanemura", "pilot")
