"""What customers say, whom the board speaks for, and what plays rest on and do."""

from datetime import timedelta

from .cards import compared, number
from .effects import conversion
from .facts import NOT_SET, day, share, total


def key(text):
    return (text or "").strip().lower()


def customers(co):
    """Account: region, segment and what was won in a year, of everybody who has bought or is listed as a customer."""
    bought = {}
    for d in co.deals(co.as_of).values():
        if d["state"] == "won" and d["close"] and d["close"] <= co.as_of and d["account"]:
            bought.setdefault(d["account"], []).append(d)
    out = {}
    for name, deals in bought.items():
        def newest(field):
            known = [d for d in deals if d[field]]
            return max(known, key=lambda d: (d["close"], d["id"]))[field] if known else None

        recent = [d["amount"] for d in deals if (co.as_of - d["close"]).days < 365]
        out[name] = {"region": newest("region"), "segment": newest("segment"), "revenue": total(recent)}
    for k, a in co.accounts.items():
        name = a.get("name") or k
        if a.get("lost_on") and day(a["lost_on"]) <= co.as_of:
            out.pop(name, None)
        elif a.get("customer_since") and day(a["customer_since"]) <= co.as_of:
            known = out.setdefault(name, {"region": None, "segment": None, "revenue": None})
            known["region"], known["segment"] = known["region"] or a.get("region"), known["segment"] or a.get("segment")
    return out


def accounts_of(body):
    return {key(a) for a in [body.get("account"), *(x.get("account") for x in body.get("agreeing", []))] if a}


def feedback_loop(co):
    plays, out = {p["record"]: p for p in co.records("play")}, []
    for r in co.records("feedback"):
        if r["state"] == "told-back" and r["since"] < co.start:
            continue
        b, play = r["body"], plays.get(r["body"].get("play"))
        live = play is not None and play["state"] == "published"
        waiting, due = None, None
        if r["state"] == "captured":
            waiting, due = "triage", r["since"] + co.days("feedback_triage_days")
        elif r["state"] == "triaged":
            waiting, due = "decision", r["since"] + co.days("feedback_decide_days")
        elif r["state"] == "accepted" and not live:
            waiting = "change of the play"
        elif r["state"] != "told-back":
            start = max(r["since"], play["since"]) if r["state"] == "accepted" else r["since"]
            waiting, due = "telling back", start + co.days("feedback_tell_days")
        out.append([r["record"], b.get("account"), b.get("theme"), r["state"], waiting, due,
                    (co.as_of - due).days if due and co.as_of > due else None, b.get("verbatim"),
                    int(b["severity"]) if b.get("severity") else None, len(accounts_of(b)), b.get("segment"), b.get("play"),
                    play and play["state"], b.get("consent"), b.get("session"), r["since"]])
    order = ["captured", "triaged", "accepted", "shipped", "declined", "told-back"]
    yield from sorted(out, key=lambda r: (-(r[6] or -1), order.index(r[3]), r[5] is None, r[5] or co.as_of, r[0]))


def taken(r):
    return r["state"] in ("accepted", "shipped", "told-back") and not r["body"].get("decline_reason")


def feedback_themes(co):
    themes, board = {}, {key(m["body"].get("account")) for m in co.records("board-member") if m["state"] == "member"} - {""}
    for r in co.records("feedback"):
        if (r["body"].get("theme") or "").strip() and co.window <= r["created_at"].date() <= co.as_of:
            themes.setdefault(key(r["body"]["theme"]), []).append(r)
    plays, won = {p["record"]: p for p in co.records("play")}, {key(n): c["revenue"] for n, c in customers(co).items()}
    out = []
    for items in themes.values():
        accounts = set().union(*(accounts_of(r["body"]) for r in items))
        grave = [float(r["body"]["severity"]) for r in items if r["body"].get("severity")]
        severity = sum(grave) / len(grave) if grave else None
        weights = [float(co.assumption("feedback_segment_weight", r["body"].get("segment") or "*", co.as_of)) for r in items]
        priority = len(accounts) * severity * (sum(weights) / len(weights)) if grave else None
        revenue = total([won.get(a) for a in accounts])
        up = {r["body"]["play"] for r in items if taken(r) and r["body"].get("play")}
        other = {e["record"] for p in up if p in plays for e in plays[p]["body"].get("evidence", [])
                 if e.get("record") and not e["record"].startswith("FB-")}
        may = [r for r in items if r["body"].get("consent") == "yes" and r["body"].get("verbatim")]
        words = max(may, key=lambda r: (float(r["body"].get("severity") or 0), r["record"]))["body"]["verbatim"] if may else None
        out.append([min(r["body"]["theme"].strip() for r in items),
                    "proven" if other else "signal" if len(accounts) > 1 else "one voice", len(accounts), len(board),
                    share(len(accounts & board), len(board)), len(accounts & board), len(items), severity, priority, None, revenue,
                    None, sum(taken(r) for r in items),
                    sum(r["state"] in ("declined", "told-back") and bool(r["body"].get("decline_reason")) for r in items),
                    sum(r["state"] in ("captured", "triaged") for r in items), len(up), len(other), words])
    for r in out:
        for value, rank in ((8, 9), (10, 11)):
            if r[value] is not None:
                r[rank] = 1 + sum(o[value] is not None and o[value] > r[value] for o in out)
    yield from sorted(out, key=lambda r: (r[8] is None, -(r[8] or 0), -r[2], r[0]))


def board_mix(co):
    base, members = customers(co), {}
    known = {key(n): c for n, c in base.items()}
    listed = {key(a.get("name")): a for a in co.accounts.values()}
    for m in sorted(co.records("board-member"), key=lambda m: m["record"]):
        name = key(m["body"].get("account"))
        if m["state"] != "member" or not name or name in members:
            continue
        at = [m["body"], known.get(name, {}), listed.get(name, {})]
        region, segment = (next((x[f] for x in at if x.get(f)), None) for f in ("region", "segment"))
        members[name] = co.slice_of(region, segment, None, None, None)
    where = {n: co.slice_of(c["region"], c["segment"], None, None, None) for n, c in base.items()}
    points, all_won = float(number(co, "board_mix_points")), total([c["revenue"] for c in base.values()])
    out = []
    for name in sorted(set(members.values()) | set(where.values())):
        mine, ours = [m for m, s in members.items() if s == name], [c for c, s in where.items() if s == name]
        on, of = share(len(mine), len(members)), share(len(ours), len(base))
        difference = on - of if on is not None and of is not None else None
        if not members:
            verdict = "no board"
        elif not mine:
            verdict = "missing"
        elif difference is None:
            verdict = "fits"
        else:
            verdict = "under" if difference <= -points + 1e-9 else "over" if difference >= points - 1e-9 else "fits"
        won = total([base[c]["revenue"] for c in ours])
        out.append([name, verdict, len(mine), len(members), on, len(ours), len(base), of, difference, won, share(won, all_won),
                    sum(m not in known for m in mine)])
    yield from sorted(out, key=lambda r: (r[8] is None, r[8] or 0, r[0] == NOT_SET, r[0]))


def reasons(co):
    """Record: its words, whose they are, for which segment, and whether they stand."""
    def told(*parts):
        return " · ".join(p for p in parts if p)

    out = {}
    for r in co.records("feedback"):
        b = r["body"]
        out[r["record"]] = b.get("verbatim"), told(b.get("account"), b.get("theme")), b.get("segment"), taken(r)
    for r in co.records("post-mortem"):
        b = r["body"]
        words = b.get("learning") or b.get("counterfactual")
        out[r["record"]] = words, told(b.get("account"), b.get("opportunity")), b.get("segment"), r["state"] not in ("draft", "withdrawn")
    for r in co.records("criterion"):
        out[r["record"]] = r["body"].get("rule"), r["body"].get("title"), r["body"].get("segment"), r["state"] == "in-force"
    for r in co.records("decision"):
        out[r["record"]] = r["body"].get("decision"), r["body"].get("title"), None, r["state"] == "decided"
    for r in co.records("course-correction"):
        b = r["body"]
        out[r["record"]] = b.get("hypothesis"), b.get("segment"), b.get("segment"), r["state"] not in ("dismissed", "superseded")
    return out


def play_traceability(co):
    why, every, out = reasons(co), {p["record"]: p for p in co.records("play")}, []
    plays = {k: p for k, p in every.items() if p["state"] != "retired"}
    answered = set()
    for k, p in plays.items():
        b = p["body"]
        for place, step in enumerate(b.get("steps", []), 1):
            because = step.get("because")
            words, said_by, segment, stands = why.get(because, (None, None, None, False))
            if because is None:
                verdict = "no reason"
            elif because not in why:
                verdict = "gone"
            elif not stands:
                verdict = "withdrawn"
            else:
                verdict = "other segment" if segment and b.get("segment") and key(segment) != key(b["segment"]) else "traced"
            answered.add((because, k))
            out.append([b.get("title"), place, verdict, step.get("step"), because, step.get("words") or words, said_by, k, p["state"],
                        b.get("segment")])
    listed = {(e.get("record"), k) for k, p in plays.items() for e in p["body"].get("evidence", [])}
    for r in co.records("feedback"):
        target = r["body"].get("play")
        if not taken(r) or (r["record"], target) in answered or (target in every and target not in plays):
            continue
        p = plays.get(target)
        verdict = "no play" if p is None else "evidence only" if (r["record"], target) in listed else "unheard"
        words, said_by, _, _ = why[r["record"]]
        out.append([p and p["body"].get("title"), None, verdict, None, r["record"], words, said_by, p and target, p and p["state"],
                    p and p["body"].get("segment")])
    used = {record for record, _ in answered | listed}
    for r in co.records("criterion"):
        if r["state"] == "in-force" and r["record"] not in used:
            out.append([None, None, "not taken up", None, r["record"], r["body"].get("rule"), r["body"].get("title"), None, None,
                        r["body"].get("segment")])
    order = ["gone", "withdrawn", "other segment", "unheard", "no play", "evidence only", "not taken up", "no reason", "traced"]
    yield from sorted(out, key=lambda r: (order.index(r[2]), r[7] or "~", r[1] is None, r[1] or 0, r[4] or "~"))


def play_effect(co):
    noted = {(r["body"]["opportunity_id"], x["play"]) for r in co.records("qualification") for x in r["body"].get("plays", [])
             if x.get("play")}
    closed = [(d, d["state"] == "won") for d in co.deals(co.as_of).values()
              if d["state"] in ("won", "lost") and d["close"] and d["close"] <= co.as_of]
    least, out = number(co, "play_effect_min_n"), []
    for p in co.records("play"):
        b = p["body"]
        if p["state"] not in ("pilot", "approved", "published", "rolled-back"):
            continue
        since = p["since"] if p["state"] == "pilot" else day(b.get("effective_from"))
        if since is None or since > co.as_of:
            continue
        days = min(int(number(co, "play_effect_days")), (co.as_of - since).days + 1)
        span = timedelta(days)
        mine = [(d, won) for d, won in closed if not b.get("segment") or key(d["segment"]) == key(b["segment"])]
        then = [won for d, won in mine if since - span <= d["close"] < since]
        now = [(d, won) for d, won in mine if since <= d["close"] < since + span]
        with_it = [won for d, won in now if (d["id"], p["record"]) in noted]
        won = sum(w for _, w in now)
        difference, low, high = compared(won, len(now), sum(then), len(then))
        adoption = share(len(with_it), len(now)) if noted else None
        old = (co.as_of - since).days >= 7 * number(co, "play_adoption_weeks")
        stage = b.get("stage")
        (on0, left0), (on1, left1) = conversion(co, stage, b.get("segment"), since, days) if stage else ((0, 0), (0, 0))
        more, stage_low, stage_high = compared(on1, left1, on0, left0)
        fewest, lowest, highest = (min(left0, left1), stage_low, stage_high) if stage else (min(len(then), len(now)), low, high)
        if p["state"] != "rolled-back" and old and adoption is not None and adoption < float(number(co, "play_adoption_share")):
            advice = "retire"
        elif fewest < least:
            advice = "wait"
        else:
            advice = "keep" if lowest > 0 else "roll back" if highest < 0 else "watch"
        out.append([b.get("title"), p["state"], advice, since, days, len(with_it), len(now), adoption, sum(then), len(then),
                    share(sum(then), len(then)), won, share(won, len(now)), difference, low, high, stage, on0, left0, share(on0, left0), on1, left1,
                    share(on1, left1), more, stage_low, stage_high, sum(with_it),
                    share(sum(with_it), len(with_it)), b.get("segment"), p["record"], since - span, since + span - timedelta(1)])
    order = ["roll back", "retire", "keep", "watch", "wait"]
    yield from sorted(out, key=lambda r: (order.index(r[2]), r[3], r[29]))
