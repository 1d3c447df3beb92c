"""The customer advisory board, 16 accounts, and notes of two of its sessions."""

JUNE = {"session": "CAB 2025-Q2", "session_on": "2025-06-11"}
OCTOBER = {"session": "CAB 2025-Q4", "session_on": "2025-10-22"}
DESK = "abelman"
# Who came first to mind when the board was made: large, known, and most of them enterprise.
NAMED = ["Vandemeer Dairy", "Larkmoor Pharma", "Banksia Creek Chemicals", "Granite Hollow Bearings", "Serra Dourada Packaging",
         "Kōwhai Valley Brewing", "Copperline Steelworks", "Halvorsund Paper", "Foxhollow Cold Storage", "Kawasemi Water Board"]


def board(accounts):
    """The names of the members: those above and the next six of enterprise."""
    others = [row["name"] for _, row in sorted(accounts.items()) if row["segment"] == "Enterprise" and row["name"] not in NAMED]
    return NAMED + others[:6]


def write(book):
    members = board(book.accounts)
    for place, name in enumerate(members):
        book.create("board-member", f"mb-{place}", f"2025-04-22 09:{place:02}", "onyango",
                    {"account": name, "member_role": "Head of operations", "joined_on": "2025-05-01", "review_on": "2026-05-01",
                     "owner": "Peter Onyango"})
        book.move(f"mb-{place}", f"2025-04-24 14:{place:02}", DESK, "member")

    def note(key, at, session, account, role, segment, verbatim, consent="yes"):
        body = session | {"account": account, "member_role": role, "segment": segment, "verbatim": verbatim, "consent": consent}
        book.create("feedback", key, at, "onyango", body)
        return body

    def triage(key, at, body, theme, sentiment, severity, accounts):
        agreeing = [name for name in members[8:] + members[:8] if name != body["account"]][:accounts - 1]
        body = body | {"theme": theme, "sentiment": sentiment, "severity": str(severity), "agreeing": [{"account": name} for name in agreeing]}
        book.revise(key, at, DESK, body, "Triage.")
        book.move(key, at[:-2] + "58", DESK, "triaged")
        return body

    def accept(key, at, body, play):
        book.revise(key, at, DESK, body | {"play": f"@{play}"}, "Linked to the play it changes.")
        book.move(key, at[:-2] + "59", DESK, "accepted")

    def decline(key, at, body, reason):
        book.revise(key, at, DESK, body | {"decline_reason": reason}, "Declined.")
        book.move(key, at[:-2] + "59", DESK, "declined")

    # June
    body = note("fb-cost", "2025-06-12 09:00", JUNE, "Vandemeer Dairy", "Head of maintenance", "Enterprise",
                "I can compare your first year with theirs. I can't compare year four, and year four is the one I have to defend.")
    body = triage("fb-cost", "2025-06-20 13:20", body, "Total cost", "negative", 3, 5)
    accept("fb-cost", "2025-08-21 08:30", body, "pl-cost")
    book.move("fb-cost", "2025-09-18 15:00", "onyango", "told-back")

    body = note("fb-yearend", "2025-06-12 09:12", JUNE, "Larkmoor Pharma", "Procurement lead", "Enterprise",
                "You taught us to wait for December. Stop it, and I'll stop waiting.", "no")
    body = triage("fb-yearend", "2025-06-20 13:35", body, "Discounts at year end", "negative", 4, 4)
    accept("fb-yearend", "2025-07-09 10:10", body, "pl-yearend")
    book.move("fb-yearend", "2025-07-17 11:00", "onyango", "told-back")

    body = note("fb-onprem", "2025-06-12 09:25", JUNE, "Banksia Creek Chemicals", "Plant IT manager", "Enterprise",
                "If it ran in our own room, I'd have it in every plant.")
    body = triage("fb-onprem", "2025-06-20 13:50", body, "On-premises edition", "neutral", 3, 2)
    decline("fb-onprem", "2025-07-02 09:40", body,
            "Two of sixteen ask for it, and it would tie up the platform team for three quarters. We'll look again when the gateway keeps 90 days offline, in 2026.")
    book.move("fb-onprem", "2025-07-17 11:10", "onyango", "told-back")

    # October
    body = note("fb-security", "2025-10-23 08:15", OCTOBER, "Larkmoor Pharma", "Head of IT security", "Enterprise",
                "I ask every supplier the same 150 questions. Whoever answers in a week has usually done the work; you needed three.")
    body = triage("fb-security", "2025-10-24 12:10", body, "Security answers", "negative", 5, 6)
    accept("fb-security", "2025-10-27 09:00", body, "pl-security")

    body = note("fb-audit", "2025-10-23 08:25", OCTOBER, "Granite Hollow Bearings", "Chief information officer", "Enterprise",
                "No certificate, no tender. From next year that's a rule here, not a wish.", "no")
    body = triage("fb-audit", "2025-10-24 12:25", body, "Security answers", "negative", 5, 4)
    accept("fb-audit", "2025-10-27 09:10", body, "pl-security")

    body = note("fb-sponsor", "2025-10-23 08:35", OCTOBER, "Vandemeer Dairy", "Operations director", "Enterprise",
                "Your proposal was on my desk before anyone of yours had spoken to me. I gave it to procurement.")
    body = triage("fb-sponsor", "2025-10-24 12:40", body, "Economic buyer", "negative", 3, 3)
    accept("fb-sponsor", "2025-11-04 14:20", body, "pl-buyer")
    book.move("fb-sponsor", "2025-12-11 10:00", "onyango", "told-back")

    body = note("fb-price", "2025-10-23 08:45", OCTOBER, "Serra Dourada Packaging", "Maintenance planner", "Enterprise",
                "A price per sensor makes me put up fewer sensors than I should. A price per site would change how I use you.")
    triage("fb-price", "2025-10-24 12:55", body, "Price per site", "neutral", 4, 5)

    body = note("fb-report", "2025-10-23 08:55", OCTOBER, "Kōwhai Valley Brewing", "Reliability engineer", "Enterprise",
                "Give me the downtime report as one page. I print it for people who don't log in.")
    body = triage("fb-report", "2025-10-24 13:05", body, "Reports", "positive", 2, 3)
    decline("fb-report", "2025-11-05 09:15", body, "It is in the January release anyway; no play changes because of it.")

    note("fb-spares", "2025-10-23 09:05", OCTOBER, "Copperline Steelworks", "Spare parts manager", "Enterprise",
         "An alarm that doesn't know whether the part is in the store only moves my problem.")
    note("fb-pilot", "2025-10-23 09:15", OCTOBER, "Halvorsund Paper", "Mill director", "Enterprise",
         "We'd pay for a pilot if it were two pages and not twenty-two.")
