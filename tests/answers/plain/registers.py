"""Plays, decisions and actions, exports and assumptions."""

from collections import Counter
from datetime import timedelta

from .facts import day, rows, share


def plays(co):
    feedback = [r for r in co.records("feedback")
                if r["state"] in ("accepted", "shipped", "told-back") and not r["body"].get("decline_reason")]
    steps = {"proposed": "sending to review", "in-review": "review", "pilot": "end of pilot", "approved": "publication",
             "rolled-back": "change"}
    out = []
    for r in co.records("play"):
        if r["state"] == "retired" and r["since"] < co.start:
            continue
        b, waiting = r["body"], steps.get(r["state"])
        if r["state"] == "published" and b.get("review_on") and day(b["review_on"]) <= co.as_of:
            waiting = "review of its effect"
        mine = [f for f in feedback if f["body"].get("play") == r["record"]]
        told = sum(f["state"] == "told-back" for f in mine)
        pilot = r["since"] + timedelta(7 * int(b["pilot_weeks"])) if r["state"] == "pilot" and b.get("pilot_weeks") else None
        clauses = b.get("steps", [])
        reasoned = sum(bool(c.get("because")) for c in clauses)
        out.append([r["record"], b.get("title"), r["state"], waiting, (co.as_of - r["since"]).days if waiting else None,
                    b.get("owner"), b.get("playbook"), b.get("segment"), b.get("version"), r["since"], pilot,
                    len({e["record"] for e in b.get("evidence", [])}), len(clauses), reasoned, share(reasoned, len(clauses)),
                    len(mine), told, share(told, len(mine)), b.get("change"), day(b.get("effective_from")), day(b.get("review_on"))])
    order = ["in-review", "pilot", "rolled-back", "proposed", "approved", "published", "retired"]
    yield from sorted(out, key=lambda r: (order.index(r[2]), r[9], r[0]))


def number(text):
    return f"{float(text):g}"


def decisions(co):
    out = []
    for r in co.records("decision") + co.records("action"):
        b, finished, metric, expected, measured, reached = r["body"], None, None, None, None, None
        if r["kind"] == "action":
            read = isinstance(b.get("metric"), dict) and "figure" in b["metric"]
            looked_at = not read or not b.get("review_on") or "reading" in b
            if r["state"] == "dropped" or r["state"] == "done" and looked_at:
                finished = r["state"]
            due, about, result = day(b.get("due_on")), b.get("about"), b.get("result")
            if r["state"] == "done" and read and b.get("review_on"):
                due = day(b["review_on"])
        else:
            if r["state"] == "superseded":
                finished = "dropped"
            elif r["state"] == "decided" and b.get("outcome"):
                finished = "done"
            due = day(b.get("effective_on" if r["state"] == "proposed" else "review_on"))
            about, result = b.get("link"), b.get("outcome")
        if b.get("metric"):
            metric = b["metric"] if isinstance(b["metric"], str) else b["metric"]["says"]
            first, last = b.get("expected_from"), b.get("expected_to")
            expected = " ".join(([number(first)] if first else []) + ([f"to {number(last)}"] if last else [])) or None
        if "reading" in b:
            measured = float(b["reading"]["value"])
            way = float(b.get("expected_to", "nan")) - float(b.get("expected_from", "nan"))
            if way > 0 or way < 0:
                reached = (measured - float(b["expected_to"])) * way >= -1e-12
        if finished and r["updated_at"].date() < co.start:
            continue
        status = finished or ("overdue" if due and co.as_of > due else "open")
        out.append([r["record"], b.get("title"), status, due, b.get("owner"), expected, measured, reached,
                    (co.as_of - due).days if status == "overdue" else None, r["kind"], r["state"], metric, day(b.get("expected_by")), about,
                    b.get("artefact"), b.get("quarter") if r["kind"] == "decision" else None, result, r["since"]])
    order = ["overdue", "open", "done", "dropped"]
    yield from sorted(out, key=lambda r: (order.index(r[2]), r[3] is None, r[3] or co.as_of, r[0]))


def snapshots(co):
    imports = {r["import_id"]: r for r in rows(co.folder, "import")}
    first, last = co.pair() or (None, None)
    for r in sorted(rows(co.folder, "snapshot"), key=lambda r: r["taken_on"], reverse=True):
        taken, source = day(r["taken_on"]), imports.get(r["import_id"], {})
        if taken > co.as_of:
            continue
        use = "start of the period" if taken == first else "end of the period" if taken == last else None
        at = source.get("imported_at")
        yield [taken, use, r["origin"], int(r["row_count"]), source.get("file_name"), at and at.replace(" ", "T") + "Z",
               source.get("imported_by")]


def assumptions(co):
    seen = Counter((a["name"], a["scope"]) for a in co.assumptions)
    for name, scope in sorted(seen):
        now = co.in_force(name, scope, co.as_of)
        later = sorted({a["effective_from"] for a in co.assumptions
                        if (a["name"], a["scope"]) == (name, scope) and a["effective_from"] > co.as_of})
        following = co.in_force(name, scope, later[0]) if later else None
        if now:
            yield [name, scope, float(now["value"]), now["effective_from"], following and float(following["value"]),
                   following and following["effective_from"], now["version"], now["author"], now["at"], now["reason"]]


def criteria(co):
    plays_of = [{e["record"] for e in r["body"].get("evidence", [])} | {s.get("because") for s in r["body"].get("steps", [])}
                for r in co.records("play")]
    out = []
    for r in co.records("criterion"):
        if r["state"] == "retired" and r["since"] < co.start:
            continue
        b = r["body"]
        cases = {c["record"] for c in b.get("cases", [])}
        review = day(b.get("review_on"))
        versions, agreed, before, approvers = 0, set(), None, []
        for step in co.history("criterion"):
            if step["record"] != r["record"]:
                continue
            if step["state"] == "in-review" and before != "in-review":
                agreed = set()
            if step["action"] == "approve" and step["toward"] == "in-force":
                agreed.add(step["author"])
            if step["state"] == "in-force" and before != "in-force":
                versions, approvers = versions + 1, sorted(agreed | {step["author"]})
            before = step["state"]
        out.append([r["record"], b["kind"], b["title"], r["state"], b.get("segment"), b.get("stage"),
                    day(b.get("effective_on")), review, r["state"] == "in-force" and review is not None and review < co.as_of,
                    len(cases), sum(c.startswith("PM-") for c in cases), sum(r["record"] in p for p in plays_of),
                    versions, ", ".join(approvers) or None, ", ".join(sorted(cases)) or None, b.get("rule"), b.get("owner"),
                    (co.as_of - r["since"]).days])
    order = ["in-review", "in-force", "draft", "retired"]
    yield from sorted(out, key=lambda r: (not r[8], order.index(r[3]), r[0]))


def assumption_changes(co):
    old = day(co.case.get("before")) or co.start - timedelta(1)
    for name, scope in sorted({(a["name"], a["scope"]) for a in co.assumptions}):
        now, own, general = co.in_force(name, scope, co.as_of), co.in_force(name, scope, old), co.in_force(name, "*", old)
        if not now or own and own["effective_from"] == now["effective_from"]:
            continue
        was = own or general
        if was is None:
            change = "new"
        elif was["value"] == now["value"]:
            change = "the same"
        else:
            change = "changed" if own else "inherited"
        yield [name, scope, change, was and float(was["value"]), float(now["value"]),
               was and float(now["value"] - was["value"]), now["effective_from"], now["author"], now["at"], now["reason"],
               was and was["reason"], was and was["author"], old, co.as_of]
