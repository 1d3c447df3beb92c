"""Battle cards: what asks for a new one, what contradicts, what helped."""

from collections import defaultdict
from datetime import date, timedelta
from math import sqrt
from statistics import median

from .facts import day, rows, share
from .rates import record_of_rivals, wilson

FAR_BACK = date(1, 1, 1)
# Notes that ask for a change.
ASKS = ("wrong", "out of date", "missing")


def listed(values):
    """A list of texts, as the program writes it down."""
    return ", ".join(values) if values else None


def number(co, name, scope="*"):
    return co.assumption(name, scope, co.as_of)


def rival_of(co, written):
    """The name on the list of what somebody wrote."""
    written = written.strip()
    fits = [co.rival(k) for k in co.rivals if written.lower() in (co.rival(k).lower(), k.lower())]
    return min(fits) if fits else written


def kept(co):
    out = []
    for r in co.records("battle-card"):
        if r["state"] == "archived":
            continue
        reviewed = day(r["body"].get("reviewed_on"))
        if reviewed is None and r["state"] in ("published", "stale"):
            reviewed = r["updated_at"].date()
        out.append({"id": r["record"], "state": r["state"], "rival": rival_of(co, r["body"]["competitor"]), "body": r["body"],
                    "owner": r["body"].get("owner"), "reviewed": reviewed, "expires": day(r["body"].get("expires_on"))})
    return out


def against(co, first=None):
    """(deal, won) by competitor, of what closed in the window."""
    out = defaultdict(list)
    for deal, won, _ in co.closings(first or co.window, co.as_of):
        for name in {n for n, _ in co.rivals_of[deal["id"]]}:
            out[name].append((deal, won))
    return out


def about_price(co):
    told = {r["body"]["opportunity_id"] for r in co.records("post-mortem") if r["state"] not in ("draft", "withdrawn")
            and any((d.get("driver") or "").startswith("pricing:") for d in r["body"].get("drivers", []))}
    return lambda deal: "pric" in (deal["loss_reason"] or "").lower() or deal["id"] in told


def triggers(co):
    cards, closed, out = kept(co), against(co), []
    by_rival = defaultdict(list)
    for card in cards:
        by_rival[card["rival"]].append(card)

    def add(rival, card, trigger, since, what, deals=None):
        answered = (trigger not in ("request", "expiry") and card is not None and card["reviewed"] is not None
                    and since is not None and since <= card["reviewed"])
        wait = timedelta(int(number(co, "card_trigger_sla_days", trigger))) if trigger != "expiry" else timedelta(0)
        out.append({"rival": rival, "card": card, "trigger": trigger, "since": since, "what": what, "deals": deals,
                    "answered": answered, "due": since and since + wait})

    for e in rows(co.folder, "competitor_event"):
        on = day(e["happened_on"])
        if e["competitor_id"] not in co.rivals or e["kind"] == "other" or not co.window <= on <= co.as_of:
            continue
        rival = co.rival(e["competitor_id"])
        what = f"{e['kind']} {on}" + (f": {e['detail']}" if e.get("detail") else "")
        for card in by_rival[rival] or ([None] if e["kind"] == "new entrant" else []):
            add(rival, card, e["kind"], on, what)

    met = defaultdict(list)
    for deal in co.deals(co.as_of).values():
        inside = deal["close"] is not None and co.window <= deal["close"] <= co.as_of
        if deal["state"] == "open" or (deal["state"] in ("won", "lost") and inside):
            for name in {n for n, _ in co.rivals_of[deal["id"]]}:
                met[name].append((deal["created"] or deal["close"], deal["id"]))
    needed = int(number(co, "card_trigger_deals"))
    for rival, deals in met.items():
        if not by_rival[rival] and len(deals) >= needed:
            deals.sort(key=lambda d: (d[0] is None, d[0] or co.as_of, d[1]))
            add(rival, None, "no card", deals[needed - 1][0], f"in {len(deals)} deals and without a card", sorted(i for _, i in deals))

    priced, span, enough = about_price(co), int(number(co, "card_trigger_price_days")), int(number(co, "card_trigger_price_losses"))
    window = int(number(co, "card_trigger_rate_days"))
    for card in cards:
        mine = closed[card["rival"]]
        lost = [(d["close"], d["id"]) for d, won in mine if not won and priced(d)]
        for on in sorted({c for c, _ in lost if c > (card["reviewed"] or FAR_BACK)}):
            near = sorted(i for c, i in lost if 0 <= (on - c).days < span)
            if len(near) >= enough:
                add(card["rival"], card, "price losses", on, f"{len(near)} losses on price up to {on}", near)
                break
        now = [(d, won) for d, won in mine if (co.as_of - d["close"]).days < window]
        then = [(d, won) for d, won in mine if window <= (co.as_of - d["close"]).days < 2 * window]
        w, v = sum(x for _, x in now), sum(x for _, x in then)
        if min(len(now), len(then)) >= number(co, "card_trigger_min_n") and (
            v * len(now) - w * len(then) >= float(number(co, "card_trigger_drop")) * len(now) * len(then) - 1e-9
        ):
            add(card["rival"], card, "win rate down", max(d["close"] for d, won in now if not won),
                f"{w}/{len(now)} won after {v}/{len(then)}", sorted(d["id"] for d, won in now if not won))
        if card["expires"] and card["expires"] <= co.as_of:
            add(card["rival"], card, "expiry", card["expires"], f"use it until {card['expires']}")
        for note in co.records("card-note"):
            b = note["body"]
            if b["card"] == card["id"] and note["state"] == "open" and b["verdict"] in ASKS:
                what = f"{note['record']}: {b['verdict']}" + (f", {b['note']}" if b.get("note") else "")
                add(card["rival"], card, "request", note["created_at"].date(), what,
                    [b["opportunity_id"]] if b.get("opportunity_id") else None)
    return out


def card_triggers(co):
    out = []
    for t in triggers(co):
        status = "answered" if t["answered"] else "overdue" if t["due"] and co.as_of > t["due"] else "asks"
        if status == "answered" and t["since"] < co.start:
            continue
        card = t["card"] or {}
        reason = t["what"] if t["what"].startswith(t["trigger"]) else f"{t['trigger']}: {t['what']}"
        out.append([t["rival"], t["trigger"], status, t["what"], t["since"], t["due"],
                    (co.as_of - t["due"]).days if status == "overdue" else None, t["deals"] and len(t["deals"]),
                    listed(t["deals"]), card.get("owner"), card.get("id"), card.get("state"), reason])
    order = ["overdue", "asks", "answered"]
    yield from sorted(out, key=lambda r: (order.index(r[2]), -(r[6] or -1), r[0], r[10] or "~", r[1], r[4], r[3]))


# ---- lines --------------------------------------------------------------------------------------

SECTIONS = [("quick_facts", "Quick facts"), ("pricing", "Pricing"), ("where_we_win", "Where we win"),
            ("where_we_lose", "Where we lose"), ("landmines", "Landmines"), ("objections", "Objections"),
            ("features", "Features"), ("their_claims", "What they say about us"), ("do_not_say", "Do not say"),
            ("references", "References")]


def joined(*parts):
    return " ".join(p for p in parts if p)


def lines(co):
    for card in kept(co):
        for part, (field, section) in enumerate(SECTIONS, 1):
            for place, row in enumerate(card["body"].get(field, []), 1):
                text, topic = row.get("line"), row.get("topic")
                if field == "pricing":
                    topic = row.get("line") or ""
                    text = joined(f"{row['line']}:" if row.get("line") else None, row["figure"], row.get("currency"), row.get("unit"))
                elif field.startswith("where_we"):
                    topic = text
                    if row.get("won") and row.get("closed"):
                        text = f"{text} ({float(row['won']):g}/{float(row['closed']):g})"
                elif field == "objections":
                    text = " → ".join(p for p in (row.get("objection"), row.get("response"), row.get("proof")) if p)
                yield {"card": card, "part": part, "section": section, "place": place, "line": text, "topic": topic,
                       "row": row, "seen": day(row.get("seen_on")), "tag": row.get("tag") or "internal"}


def line_state(co, x):
    if not x["row"].get("source"):
        return "no source"
    if x["seen"] is None:
        return "no date"
    limit = number(co, "card_pricing_sla_days" if x["part"] == 2 else "card_line_days")
    return "old" if (co.as_of - x["seen"]).days > limit else "good"


def in_order(found):
    return sorted(found, key=lambda x: (x["card"]["rival"], x["card"]["id"], x["part"], x["place"]))


def card_lines(co):
    for x in in_order(lines(co)):
        yield [x["card"]["rival"], x["section"], x["line"], line_state(co, x), x["tag"], x["row"].get("confidence"),
               x["row"].get("source"), x["seen"], x["seen"] and (co.as_of - x["seen"]).days, x["card"]["id"],
               x["card"]["state"], x["place"]]


def card_handout(co):
    for x in in_order(lines(co)):
        card = x["card"]
        usable = card["state"] == "published" and (card["expires"] is None or card["expires"] >= co.as_of)
        if x["tag"] == "external ok" and usable and x["section"] != "Do not say":
            yield [card["rival"], x["section"], x["line"], x["seen"], card["id"]]


def conflicts(co):
    topics, by_card = defaultdict(list), {c["id"]: c["body"].get("segment") for c in kept(co)}
    for x in lines(co):
        topic = (x["topic"] or "").strip()
        if x["part"] in (1, 2, 3, 4, 7) and topic:
            row, price = x["row"], x["part"] == 2
            thing = (topic.lower(), (row.get("unit") or "").strip().lower(), (row.get("currency") or "").upper()) if price else (topic.lower(),)
            said = f"{float(row['figure']):.2f}" if price else (x["line"] or "").strip().lower()
            topics[x["card"]["rival"], x["section"], thing].append((x["seen"] or FAR_BACK, x["card"]["id"], said, x["line"].strip(), topic))
    out = []
    for (rival, section, thing), said in topics.items():
        everything = list(said)
        if section == "Pricing":
            newer = []
            for e in rows(co.folder, "competitor_event"):
                same = (e.get("product") or "").strip().lower(), (e.get("unit") or "").strip().lower(), (e.get("currency") or "").upper()
                if (e.get("price") and e["competitor_id"] in co.rivals and co.rival(e["competitor_id"]) == rival and same == thing
                        and day(e["happened_on"]) <= co.as_of and any(day(e["happened_on"]) > s[0] for s in said)):
                    newer.append((day(e["happened_on"]), None, f"{float(e['price']):.2f}",
                                  joined(f"{e['product']}:", f"{float(e['price']):.2f}", e.get("currency"), e.get("unit")), said[0][4]))
            everything += [max(newer, key=lambda n: n[0])] if newer else []
        ways = defaultdict(list)
        for s in everything:
            ways[s[2]].append(s)
        scope = {s[1]: (by_card[s[1]] or "").strip().lower() for s in said}
        if not any(s[2] != t[2] and (not scope.get(s[1]) or not scope.get(t[1]) or scope[s[1]] == scope[t[1]])
                   for s in everything for t in everything):
            continue
        latest = [max(w, key=lambda s: (s[0], s[1] or "~")) for w in ways.values()]
        latest.sort(key=lambda s: (-s[0].toordinal(), s[1] or "seen", s[2]))
        cards = sorted({s[1] for s in said})
        between = "intelligence" if len({s[2] for s in said}) < 2 else "cards" if len(cards) > 1 else "one card"
        first = latest[0]
        others = [(s[1] or "seen") + (f" {s[0]}" if s[0] != FAR_BACK else "") + f": {s[3]}" for s in latest[1:]]
        out.append([rival, section, min(s[4] for s in everything), between, len(ways), first[3],
                    first[0] if first[0] != FAR_BACK else None, listed(others), listed(cards), min(said, key=lambda s: s[:2])[1], cards])
    return sorted(out, key=lambda r: (r[0], r[1], r[2], r[10]))


def card_conflicts(co):
    for row in conflicts(co):
        yield row[:-1]


def discounts(co):
    """What each deal was given off the list price."""
    out, lines = {}, defaultdict(list)
    for x in rows(co.folder, "line_item"):
        value = {k: float(x[k]) if x.get(k) else None for k in ("quantity", "list_price", "net_price", "discount", "amount")}
        q, off = value["quantity"], value["discount"]
        listed_at = value["list_price"] * q if value["list_price"] is not None and q is not None else (
            value["amount"] / (1 - off) if value["amount"] is not None and off is not None and off != 1 else None)
        net = value["net_price"] * q if value["net_price"] is not None and q is not None else value["amount"]
        lines[x["opportunity_id"]].append((listed_at, net, x["currency"]))
    for key, mine in lines.items():
        whole = [x[0] for x in mine]
        if None not in whole and all(x[1] is not None for x in mine) and len({x[2] for x in mine}) == 1 and sum(whole) > 0:
            out[key] = 1 - sum(x[1] for x in mine) / sum(whole)
    quotes = defaultdict(list)
    for x in rows(co.folder, "quote"):
        on = day(x.get("accepted_on") or x.get("sent_on") or x.get("created_on")) or co.as_of
        seen = x.get("status") not in ("draft", "in approval", "rejected")
        if x.get("opportunity_id") and x.get("amount") and x.get("list_amount") and float(x["list_amount"]) > 0 and seen and on <= co.as_of:
            quotes[x["opportunity_id"]].append(x)
    for key, mine in quotes.items():
        if key not in out:
            mine.sort(key=lambda x: x["quote_id"])
            mine.sort(key=lambda x: x.get("sent_on") or x.get("created_on") or "", reverse=True)
            mine.sort(key=lambda x: x.get("accepted_on") or "", reverse=True)
            out[key] = 1 - float(mine[0]["amount"]) / float(mine[0]["list_amount"])
    return out


def card_prices(co):
    given, closed = discounts(co), against(co, FAR_BACK)
    seen = {}
    for r in co.history("battle-card"):
        for row in r["body"].get("pricing", []):
            if row.get("figure") and row.get("seen_on") and day(row["seen_on"]) <= co.as_of:
                key = (rival_of(co, r["body"]["competitor"]), row.get("line"), row["figure"], (row.get("currency") or "").upper() or None,
                       row.get("unit"), day(row["seen_on"]))
                origin, sure = seen.get(key, (r["record"], None))
                seen[key] = min(origin, r["record"]), max(filter(None, (sure, row.get("confidence"))), default=None)
    points = [[*key, *rest] for key, rest in seen.items()]
    for e in rows(co.folder, "competitor_event"):
        if e.get("price") and day(e["happened_on"]) <= co.as_of:
            points.append([co.rival(e["competitor_id"]), e.get("product"), e["price"], e.get("currency"), e.get("unit"),
                           day(e["happened_on"]), e.get("source") or "event", e.get("confidence")])
    things = defaultdict(list)
    for p in points:
        p[2] = float(p[2])
        things["/".join((p[0], p[1] or "", p[4] or "", p[3] or "")).lower()].append(p)
    for _, mine in sorted(things.items(), key=lambda t: (t[1][0][0], t[0])):
        mine.sort(key=lambda p: (p[5], p[6], p[2]))
        prices, out = [p[2] for p in mine], []
        for before, p, after in zip([None, *mine], mine, [*mine[1:], None]):
            since = [(given[d["id"]], won) for d, won in closed[p[0]]
                     if d["id"] in given and p[5] <= d["close"] and (after is None or d["close"] < after[5])]
            took, offered = [g for g, won in since if won], [g for g, won in since if not won]
            change = p[2] / before[2] - 1 if before and before[2] > 0 else None
            out.append([p[0], p[1], p[5], p[2], p[3], p[4], change, len(mine), float(median(prices)), min(prices), max(prices), len(took),
                        median(took) if took else None, len(offered), median(offered) if offered else None, p[6], p[7],
                        " · ".join(x for x in (p[0], p[1], p[4], p[3]) if x), co.month_of(p[5])])
        yield from sorted(out, key=lambda r: (-r[2].toordinal(), r[15], r[3]))


# ---- did it help --------------------------------------------------------------------------------


def compared(won, n, other_won, other_n):
    """Difference of two rates with Newcombe's interval."""
    if not n or not other_n:
        return None, None, None
    p, q = won / n, other_won / other_n
    (l1, u1), (l2, u2) = wilson(won, n), wilson(other_won, other_n)
    return p - q, p - q - sqrt((p - l1) ** 2 + (u2 - q) ** 2), p - q + sqrt((u1 - p) ** 2 + (q - l2) ** 2)


def judged(least, n, low, high):
    return "few" if n < least else "better" if low > 0 else "worse" if high < 0 else "unclear"


def card_effect(co):
    steps = defaultdict(list)
    for r in co.history("battle-card"):
        steps[r["record"]].append(r)
    limit, least, out = int(number(co, "card_effect_days")), number(co, "card_effect_min_n"), []
    for card, history in steps.items():
        approver, before, versions = None, None, []
        for r in history:
            approver = r["author"] if r["state"] == "approved" else approver
            if r["state"] == "published" and before != "published" and r["updated_at"].date() <= co.as_of:
                versions.append((r["updated_at"].date(), approver, r["body"]))
            before = r["state"]
        for place, (on, who, body) in enumerate(versions):
            following = [(versions[place + 1][0] - on).days] if place + 1 < len(versions) else []
            days = min([limit, (co.as_of - on).days + 1, *following])
            rival, span = rival_of(co, body["competitor"]), timedelta(days)
            closed = against(co, FAR_BACK)[rival]
            segment = body.get("segment")
            if segment:
                closed = [(d, won) for d, won in closed if (d["segment"] or "").strip().lower() == segment.strip().lower()]
            then = [won for d, won in closed if on - span <= d["close"] < on]
            now = [won for d, won in closed if on <= d["close"] < on + span]
            difference, low, high = compared(sum(now), len(now), sum(then), len(then))
            events = sorted((day(e["happened_on"]), e["kind"]) for e in rows(co.folder, "competitor_event")
                            if e["competitor_id"] in co.rivals and co.rival(e["competitor_id"]) == rival
                            and on - span <= day(e["happened_on"]) < on + span)
            out.append([rival, segment, place + 1, on, days, sum(then), len(then), share(sum(then), len(then)), sum(now), len(now),
                        share(sum(now), len(now)), difference, low, high, judged(least, min(len(then), len(now)), low, high),
                        listed([f"{kind} {d}" for d, kind in events]), body.get("what_changed"), who, card, on - span,
                        on + span - timedelta(1)])
    yield from sorted(out, key=lambda r: (-r[3].toordinal(), r[18], r[2]))


def card_usage(co):
    used = {(r["body"]["card"], r["body"]["opportunity_id"]) for kind in ("card-note", "qualification", "post-mortem")
            for r in co.records(kind) if r["body"].get("card") and r["body"].get("opportunity_id")}
    cites = [r["body"].get(f) for kind, f in (("decision", "link"), ("action", "about"), ("course-correction", "changes"))
             for r in co.records(kind)]
    closed, out = against(co), []
    for card in kept(co):
        mine = closed[card["rival"]]
        its = [won for d, won in mine if (card["id"], d["id"]) in used]
        rest = [won for d, won in mine if (card["id"], d["id"]) not in used]
        difference, low, high = compared(sum(its), len(its), sum(rest), len(rest))
        notes = [n for n in co.records("card-note") if n["body"]["card"] == card["id"]]
        verdict = "no data" if not its else judged(number(co, "card_effect_min_n"), min(len(its), len(rest)), low, high)
        out.append([card["rival"], card["id"], verdict, len(its), len(mine), share(len(its), len(mine)), sum(its),
                    share(sum(its), len(its)), sum(rest), len(rest), share(sum(rest), len(rest)), difference, low, high,
                    sum(n["body"]["verdict"] == "helped" for n in notes), sum(n["body"]["verdict"] == "did not help" for n in notes),
                    sum(n["state"] == "open" and n["body"]["verdict"] in ASKS for n in notes), cites.count(card["id"])])
    yield from sorted(out, key=lambda r: (-r[4], r[0], r[1]))


# ---- freshness ----------------------------------------------------------------------------------


def standing(co):
    """Every card, and every competitor that lacks one: tier, due day and state."""
    tiers = {co.rival(k): r.get("tier") for k, r in co.rivals.items()}
    asking = [t for t in triggers(co) if t["trigger"] != "expiry"]
    cards = [(c["rival"], c) for c in kept(co)]
    lost = {n for n, deals in against(co).items() if any(not won for _, won in deals)}
    lacking = lost | {t["rival"] for t in asking if t["card"] is None}
    out = []
    for rival, card in cards + [(n, None) for n in lacking - {c[0] for c in cards}]:
        tier = (card and card["body"].get("tier")) or tiers.get(rival)
        mine = [t for t in asking if t["rival"] == rival and (t["card"] or {}).get("id") == (card or {}).get("id") and not t["answered"]]
        due = [t["due"] for t in mine if t["due"]]
        if card and card["reviewed"]:
            own = co.in_force("card_sla_days", tier, co.as_of) or co.in_force("card_sla_days", "3", co.as_of)
            due.append(card["reviewed"] + timedelta(int(own["value"])))
        if card and card["expires"]:
            due.append(card["expires"])
        due = min(due) if due else None
        late = due is not None and co.as_of > due
        if card is None:
            state = "missing"
        elif card["state"] not in ("published", "stale"):
            state = "draft"
        elif card["state"] == "stale" or late:
            state = "stale"
        else:
            state = "due soon" if due and (due - co.as_of).days <= number(co, "card_due_soon_days") else "fresh"
        out.append({"rival": rival, "card": card, "tier": tier, "due": due, "late": late, "state": state,
                    "newest": max(((t["since"], t["what"]) for t in mine), default=(None, None))[1], "asking": len(mine)})
    return out


def battle_cards(co):
    record, out = record_of_rivals(co), []
    for s in standing(co):
        card = s["card"] or {"body": {}}
        old = sum(not p.get("seen_on") or co.as_of - day(p["seen_on"]) > co.days("card_pricing_sla_days")
                  for p in card["body"].get("pricing", []))
        r = record.get(s["rival"], {"won": 0, "n": 0, "lost_amount": []})
        known = [v for v in r["lost_amount"] if v is not None]
        out.append([s["rival"], card["body"].get("segment"), int(s["tier"]) if s["tier"] else None, s["state"], s["due"],
                    (co.as_of - s["due"]).days if s["late"] else None, card.get("owner"), card.get("reviewed"), s["newest"],
                    s["asking"], old, r["won"], r["n"], share(r["won"], r["n"]), sum(known) if known else None, card.get("id"),
                    card.get("state"), co.window, co.as_of])
    order = ["missing", "stale", "draft", "due soon", "fresh"]
    yield from sorted(out, key=lambda r: (order.index(r[3]), -(r[5] or -1), r[0], r[15] or ""))


def card_health(co):
    every = standing(co)
    lost = {n for n, deals in against(co).items() if any(not won for _, won in deals)}
    late = [t for t in triggers(co) if not t["answered"] and t["due"] and co.as_of > t["due"]]
    wrong = {c for row in conflicts(co) for c in row[10]}
    all_lines = list(lines(co))
    names = sorted({s["tier"] or "unranked" for s in every})
    for tier in (["all"] if every else []) + names:
        mine = [s for s in every if tier in ("all", s["tier"] or "unranked")]
        use = [s for s in mine if s["card"] and s["card"]["state"] in ("published", "stale")]
        good = [s for s in use if s["state"] in ("fresh", "due soon")]
        rivals = {s["rival"] for s in mine} & lost
        covered = {s["rival"] for s in mine if s["state"] in ("fresh", "due soon")} & lost
        ids = {s["card"]["id"] for s in mine if s["card"]}
        own = [x for x in all_lines if x["card"]["id"] in ids]
        worst = min(((s["due"], s["rival"]) for s in mine if s["card"] and s["late"]), default=(None, None))[1]
        yield [tier, len(good), len(use), share(len(good), len(use)), len(covered), len(rivals), share(len(covered), len(rivals)),
               sum(not s["card"]["owner"] for s in mine if s["card"]), sum(s["state"] == "draft" for s in mine),
               sum((t["card"] or {}).get("id") in ids for t in late), sum(line_state(co, x) != "good" for x in own), len(own),
               sum(i in wrong for i in ids), worst]
