"""Generalisation: the findings in a repository that was not learned, with their reasons."""

from collections import Counter

from benchmarks.inference.census import Census, Spot, root, spots
from benchmarks.inference.teaching import Observed
from benchmarks.inference.verdicts import Judged, most
from wirelore.analysis.check import Finding, json_type
from wirelore.model.json_pointer import escape

COLUMNS = ("request-bodies", "response-bodies", "event-payloads", "event-sequence", "error-bodies")
"""The analyzers in the table."""
_SHOWN = 60


def failures(judged: Judged, census: Census, severity: str) -> Counter[tuple[str, ...]]:
    """Count findings of a severity by (analyzer, kind of observation, rule, general pointer, found, reason)."""
    counted: Counter[tuple[str, ...]] = Counter()
    for finding, lesson in judged.findings:
        if finding.severity == severity:
            counted[_described(finding, lesson, census)] += 1
    return counted


def _described(finding: Finding, lesson: Observed, census: Census) -> tuple[str, ...]:
    analyzer, _, rule = finding.rule.partition("/")
    steps = finding.pointer.split("/")[1:]
    spot, around = _nearest(lesson, steps)
    found = json_type(spot.value) if spot else "nothing"
    if spot and isinstance(spot.value, str | bool | int | float) and rule.startswith("new-"):
        found = repr(spot.value)[:_SHOWN]
    kind = root(analyzer, lesson.observation)[1]
    return (analyzer, kind, rule, _pointer(spot, around, steps), found, _reason(spot, around, steps, census))


def _pointer(spot: Spot | None, around: Spot | None, steps: list[str]) -> str:
    """Return the finding's pointer with `*` for indices and `<text>` for objects with the `type` `text`."""
    place = spot.place if spot else (*around.shape, steps[-1]) if around else ("", "", *steps)
    return "".join(step if step.startswith("<") else f"/{step}" for step in place[2:])


def _nearest(lesson: Observed, steps: list[str]) -> tuple[Spot | None, Spot | None]:
    """Return the value at the pointer, None if it is missing, and the enclosing one."""
    spot = around = None
    for each in spots(lesson):
        path = list(map(escape, each.path))
        if path == steps:
            spot = each
        elif path == steps[:-1]:
            around = each
    return spot, around


def _reason(spot: Spot | None, around: Spot | None, steps: list[str], census: Census) -> str:
    """Return the reason of a finding from the census."""
    if around is not None and isinstance(around.value, dict) and not around.is_free:
        members = census.members(around.shape)
        if not members.objects:
            return "training has no such object"
        if spot is None:
            return f"{members.names[steps[-1]]} of {members.objects} training samples had it"
        if not members.names[steps[-1]]:
            return f"none of {members.objects} training samples had it"
    if spot is None:
        return "-"
    count = census.at(spot.place)
    if not count.samples:
        return "training has no sample here"
    types = ", ".join(f"{kind} {number}" for kind, number in sorted(count.types.items()))
    if count.types[json_type(spot.value)]:
        return f"not among {len(count.texts)} distinct training values" if isinstance(spot.value, str) else types
    return f"training had only {types}"


def rows(counted: Counter[tuple[str, ...]]) -> list[tuple[object, ...]]:
    """Return the failures as rows, the most frequent first."""
    return [
        (number, *(f"`{text}`" if text else "" for text in key[:4]), key[4], key[5]) for key, number in most(counted)
    ]
