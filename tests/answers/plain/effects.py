"""What was before and after a criterion or a play: versions, stages, what else changed."""

from collections import defaultdict
from datetime import timedelta

from .cards import compared, judged, listed, number
from .cases import in_scope, told
from .facts import day, share


def alike(one, other):
    return not one or not other or one.strip().lower() == other.strip().lower()


def criterion_versions(co):
    """(record, version, since, until, body, who) of each time that one was put in force."""
    steps = defaultdict(list)
    for r in co.history("criterion"):
        steps[r["record"]].append(r)
    for record, history in steps.items():
        marks, before = [], None
        for r in history:
            if r["state"] in ("in-force", "retired") and r["state"] != before:
                on = r["updated_at"].date()
                if r["state"] == "in-force":
                    on = max(on, day(r["body"].get("effective_on")) or on)
                marks.append((on, r))
            before = r["state"]
        version = 0
        for place, (since, r) in enumerate(marks):
            if r["state"] == "retired":
                continue
            version += 1
            until = marks[place + 1][0] if place + 1 < len(marks) else None
            if since <= co.as_of and (until is None or until > since):
                yield record, version, since, until, r["body"], r["author"]


def other_changes(co):
    """(record, day, segment) of what changed the way deals are sold."""
    for record, _, since, _, body, _ in criterion_versions(co):
        yield record, since, body.get("segment")
    for r in co.records("play"):
        since = day(r["body"].get("effective_from"))
        if r["state"] in ("approved", "published", "rolled-back") and since and since <= co.as_of:
            yield r["record"], since, r["body"].get("segment")
    before = {}
    for r in co.history("battle-card"):
        on = r["updated_at"].date()
        if r["state"] == "published" and before.get(r["record"]) != "published" and on <= co.as_of:
            yield r["record"], on, r["body"].get("segment")
        before[r["record"]] = r["state"]


def stays(co):
    """(deal, stage, first day in it, whether it went on; None: nobody knows yet) from the exports."""
    worth = {}
    for a in sorted((a for a in co.assumptions if a["name"] == "stage_probability" and a["effective_from"] <= co.as_of),
                    key=lambda a: a["effective_from"]):
        worth[a["scope"]] = a["value"]
    for key, versions in told(co).items():
        ways = []
        for v in versions:
            place = v["state"], v.get("stage") if v["state"] == "open" else None
            if not ways or ways[-1][0] != place:
                ways.append((place, v["valid_from"]))
        for place, ((state, stage), on) in enumerate(ways):
            if state != "open" or not stage:
                continue
            went_on = None
            if place + 1 < len(ways):
                after, following = ways[place + 1][0]
                if after in ("won", "lost"):
                    went_on = after == "won"
                elif after == "open":
                    a, b = worth.get(stage), worth.get(following)
                    went_on = True if a is None or b is None else b > a
            yield key, stage, on, went_on


def entered(co, stage):
    first = {}
    for key, name, on, _ in stays(co):
        if name.strip().lower() == stage.strip().lower():
            first[key] = min(first.get(key, on), on)
    return first


def closed_deals(co):
    return [(d, d["state"] == "won") for d in co.deals(co.as_of).values()
            if d["state"] in ("won", "lost") and d["close"] and d["close"] <= co.as_of and in_scope(co, d)]


def criterion_effect(co):
    out, closed, changes = [], closed_deals(co), list(other_changes(co))
    for record, version, since, until, b, who in criterion_versions(co):
        days = min([int(number(co, "criterion_effect_days")), (co.as_of - since).days + 1] + ([(until - since).days] if until else []))
        span, segment, stage = timedelta(days), b.get("segment"), b.get("stage")
        first = entered(co, stage) if stage else {}
        mine = [(d, won) for d, won in closed if (not segment or d["segment"] and alike(segment, d["segment"])) and (not stage or d["id"] in first)]
        then = [won for d, won in mine if since - span <= d["close"] < since]
        now = [(d, won) for d, won in mine if since <= d["close"] < since + span]
        met = sum(bool(on and on >= since) for on in ((first.get(d["id"]) if stage else d["created"]) for d, _ in now))
        won = sum(w for _, w in now)
        difference, low, high = compared(won, len(now), sum(then), len(then))
        verdict = judged(number(co, "criterion_effect_min_n"), min(len(then), len(now)), low, high)
        meanwhile = sorted((on, other) for other, on, who_for in changes
                           if other != record and since - span <= on < since + span and alike(segment, who_for))
        out.append([b.get("title"), version, since, days, sum(then), len(then), share(sum(then), len(then)), won, len(now), share(won, len(now)),
                    difference, low, high, verdict, met, listed([f"{other} {on}" for on, other in meanwhile]), b.get("kind"), segment, stage,
                    who, record, since - span, since + span - timedelta(1)])
    yield from sorted(out, key=lambda r: (-r[2].toordinal(), r[20], r[1]))


def conversion(co, stage, segment, since, days):
    """((went on, known) before, the same after) of stays that began in the windows."""
    span, deals = timedelta(days), co.deals(co.as_of)
    before, after = [], []
    for key, name, on, went_on in stays(co):
        d = deals.get(key)
        if went_on is None or name.strip().lower() != stage.strip().lower() or d is None or not in_scope(co, d):
            continue
        if segment and not (d["segment"] and alike(segment, d["segment"])):
            continue
        if since - span <= on < since:
            before.append(went_on)
        elif since <= on < since + span:
            after.append(went_on)
    return (sum(before), len(before)), (sum(after), len(after))
