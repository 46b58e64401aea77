"""The page on beta flags."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TypeVar

from wirelore.analysis.markdown import cell, code, codes, share, short, table
from wirelore.flags.co_occurrence import ALWAYS, ENOUGH, EXACTLY, INSTEAD, MOST, ONLY, CoOccurrence
from wirelore.flags.request_paths import Place
from wirelore.flags.table import Facet, Flag, FlagTable, Part, Refused
from wirelore.flags.tally import SAMPLE, STANDIN
from wirelore.flags.version_spans import Arrival, Lack, Span
from wirelore.model.versions import version_key
from wirelore.model.wording import quantity

_COLUMNS = 10
"""The maximum number of version columns in a table."""
_NAMES = 8
_RELATIONS = {
    EXACTLY: "present exactly with the flag",
    INSTEAD: "present exactly without the flag",
    ONLY: "never present without the flag",
    ALWAYS: "always present with the flag",
}
_NO_EVIDENCE = (
    "Responses of a stand-in show nothing about the service: they do not show which flags the service accepts."
)

Lines = list[str]
_T = TypeVar("_T")


def markdown(flag_table: FlagTable, back: str = "") -> str:
    """Return the page; `back` is a line of markdown below its title."""
    lines = ["# Beta flags", "", *([back, ""] if back else []), *_summary(flag_table)]
    lines += ["## Observed flags", "", *_observed(flag_table)]
    lines += ["## Flags by version", "", *_versions(flag_table)]
    lines += ["## Models, authentication, scenarios", "", *_facets(flag_table)]
    lines += ["## Co-occurring request parts", "", *_co_occurrences(flag_table)]
    lines += ["## New in the same version", "", *_arrivals(flag_table)]
    lines += ["## Responses", "", *_responses(flag_table)]
    lines += ["## Rejected with 400", "", *_rejected(flag_table)]
    lines += ["## Claimed, but not observed", "", *_claimed(flag_table)]
    lines += [
        "## In the schemas, but not observed",
        "",
        f"{codes(flag_table.unseen, len(flag_table.unseen)) or 'None'}.",
        "",
    ]
    if flag_table.problems:
        lines += ["## Unreadable", "", *(f"- {cell(problem)}" for problem in flag_table.problems), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _summary(flag_table: FlagTable) -> Lines:
    kinds = ", ".join(f"{kind}: {count:,}" for kind, count in flag_table.kinds.items())
    requests = f"{flag_table.carrying:,} of {quantity(flag_table.requests, 'request')}"
    text = (
        f"{quantity(len(flag_table.flags), 'flag')} in {requests} with recorded headers, "
        f"in {quantity(flag_table.captures, 'capture')}."
    )
    return [f"{text} Requests by source of the response: {kinds}." if kinds else text, ""]


def _observed(flag_table: FlagTable) -> Lines:
    rows = [
        (
            code(short(flag.name)),
            flag.requests,
            flag.captures,
            flag.first if flag.first == flag.last else f"{flag.first} to {flag.last}" if flag.first else "unknown",
            ", ".join(map(_span, flag.spans)),
            codes(flag.agents) or "unknown",
            ", ".join(flag.claims) or "none",
        )
        for flag in flag_table.flags
    ]
    heads = ["flag", "requests", "captures", "first and last", "clients", "user agents", "claims"]
    lines = table(heads, rows, "No request had a flag.")
    changes = [*_changes(flag_table)]
    if changes:
        lines += ["New and removed flags, among versions with the same operations and scenarios:", "", *changes, ""]
    return lines


def _span(span: Span) -> str:
    first, last = span.first or "unknown version", span.last or "unknown version"
    return f"{code(span.client or 'unknown client')} {cell(first)}" + ("" if first == last else f" to {cell(last)}")


def _changes(flag_table: FlagTable) -> Iterator[str]:
    for flag in flag_table.flags:
        for span in flag.spans:
            name = code(span.client or "unknown client")
            if span.before.versions:
                yield f"- {code(short(flag.name))}: new in {name} {cell(span.first)}; {_lack(span.before)}"
            if span.after.versions:
                nearest, last = cell(span.after.nearest), cell(span.last)
                text = f"removed in {name} {nearest}; {_lack(span.after)}, last sent by {last}"
                yield f"- {code(short(flag.name))}: {text}"


def _lack(lack: Lack) -> str:
    models = "" if lack.same_models else ", none of them for a model that was requested with the flag"
    versions = ", ".join(map(cell, sorted(lack.versions, key=version_key)))
    return f"{quantity(lack.requests, 'request')} of {versions} without it{models}"


def _versions(flag_table: FlagTable) -> Lines:
    lines = ["Requests with the flag, of all recorded requests of the operation.", ""] if flag_table.uses else []
    for client, uses in groupby(sorted(flag_table.uses, key=lambda use: use.client), key=lambda use: use.client):
        client_uses, versions = list(uses), flag_table.versions[client]
        lines += [f"### {cell(client or 'Unknown client')}", ""]
        for start in range(0, len(versions), _COLUMNS):
            shown = versions[start : start + _COLUMNS]
            rows = [
                (code(short(use.flag)), code(use.operation), *(_share(use.shares.get(version)) for version in shown))
                for use in client_uses
            ]
            lines += table(["flag", "operation", *(cell(version) or "unknown version" for version in shown)], rows)
    return lines or ["No request had a flag.", ""]


def _share(counts: tuple[int, int] | None) -> str:
    if counts is None:
        return "not recorded"
    return share(*counts) if counts[0] else f"none of {counts[1]:,}"


def _facets(flag_table: FlagTable) -> Lines:
    intro = "Shares are of the requests of those operations and client versions that have the flag."
    heads = ["flag", "models", "authentication", "scenarios"]
    rows = [
        (code(short(flag.name)), *map(_shares, (flag.models, flag.authentication, flag.scenarios)))
        for flag in flag_table.flags
    ]
    return [intro, "", *table(heads, rows, "No request had a flag.")]


def _shares(facets: Sequence[Facet]) -> str:
    if not any(facet.name for facet in facets):
        return "unknown"
    full = [facet for facet in facets if facet.count == facet.of]
    some = [facet for facet in facets if 0 < facet.count < facet.of]
    none = [facet for facet in facets if not facet.count]
    parts = [_listed(map(_facet, full))] if len(full) <= _NAMES else []
    parts += [f"all requests of {len(full)}"] if len(full) > _NAMES else []
    parts.append(_listed(map(_facet, some)))
    parts += [f"none with {_listed(map(_name, none))}"] if none else []
    return "; ".join(part for part in parts if part)


def _listed(texts: Iterable[str]) -> str:
    items = list(texts)
    more = f" and {len(items) - _NAMES} more" if len(items) > _NAMES else ""
    return ", ".join(items[:_NAMES]) + more


def _facet(facet: Facet) -> str:
    return f"{_name(facet)} {share(facet.count, facet.of)}"


def _name(facet: Facet) -> str:
    return code(short(facet.name)) if facet.name else "unknown"


def _co_occurrences(flag_table: FlagTable) -> Lines:
    lines = [
        "Parts of requests whose presence depends on the flag, found by comparing distinct requests of the same "
        "client, version and operation with and without it. Versions in which all or no requests have the part are "
        f"not counted. At most {MOST} parts are listed for each flag. `So far` marks those with fewer than {ENOUGH} "
        "requests with the flag or without it. A relation in one direction only is listed if the probability that "
        "it is due to chance is below one in a thousand.",
        "",
    ]
    related = [flag for flag in flag_table.flags if flag.company]
    for group in _grouped(related, lambda flag: repr([replace(item, flag="") for item in flag.company])):
        lines.append(f"- {codes((flag.name for flag in group), len(group))}")
        lines += [f"  - {_co_occurrence(item)}" for item in group[0].company]
    lines += [""] if related else []
    vary = {use.flag for use in flag_table.uses for count, total in use.shares.values() if count < total and count}
    unrelated = [flag.name for flag in flag_table.flags if flag.name in vary and not flag.company]
    always = [flag.name for flag in flag_table.flags if flag.name not in vary]
    if unrelated:
        lines += [f"No co-occurring parts: {codes(unrelated, len(unrelated))}.", ""]
    if always:
        text = "Not comparable, because all or no requests of an operation and version have the flag:"
        lines += [f"{text} {codes(always, len(always))}.", ""]
    lines += [f"- {_part(part)}: a sample of {SAMPLE:,} distinct ones, chosen by hash." for part in flag_table.sampled]
    lines += [f"- {_part(part)}: skipped because the body was lost or is too large." for part in flag_table.unwalked]
    return [*lines, ""] if flag_table.sampled or flag_table.unwalked else lines


def _co_occurrence(item: CoOccurrence) -> str:
    so_far = "" if item.firm else "so far "
    counts = f"{item.having:,} of {item.with_flag:,} with, {item.lacking:,} of {item.without_flag:,} without"
    versions = " ".join([code(item.client or "unknown client"), ", ".join(map(cell, item.versions))]).rstrip()
    exceptions = f"; not in {', '.join(map(cell, item.not_in))}" if item.not_in else ""
    relation = f"{so_far}{_RELATIONS[item.relation]}"
    return f"{_place(item.place)} {relation}: {counts} ({code(item.operation)}, {versions}{exceptions})"


def _place(place: Place) -> str:
    return f"{place.side} {code(short(str(place)))}"


def _grouped(items: Iterable[_T], key: Callable[[_T], str]) -> list[list[_T]]:
    """Group items with equal keys, in the order of their first items."""
    groups: dict[str, list[_T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())


def _part(part: Part) -> str:
    group = part.group
    client = f"{group.client} {group.version}".strip()
    return f"{quantity(part.requests, 'request')} {code(group.operation)}" + (f" of {cell(client)}" if client else "")


def _arrivals(flag_table: FlagTable) -> Lines:
    lines = [
        "Parts of requests that are new in the version that first sent the flag, compared with earlier versions in the "
        "same operation and scenarios, with the numbers of distinct requests with and without the flag. A flag "
        "and a part that are new in the same version do not necessarily belong together.",
        "",
    ]
    for group in _grouped(flag_table.arrivals, lambda arrival: repr(replace(arrival, flag=""))):
        first = group[0]
        location = f"{code(first.client)} {cell(first.version)}, {code(first.operation)}"
        lines.append(f"- {codes((arrivals.flag for arrivals in group), len(group))}: new in {location}")
        lines += [f"  - {_arrival(arrival)}" for arrival in first.found]
        lines += [f"  - and {first.more:,} more"] if first.more else []
    none = "No flag is new in a version that is comparable with an earlier one."
    return [*lines, ""] if flag_table.arrivals else [*lines, none, ""]


def _arrival(arrival: Arrival) -> str:
    without = f"{arrival.lacking:,} of {arrival.without_flag:,} without" if arrival.without_flag else "none without"
    so_far = "" if arrival.with_flag >= ENOUGH else "so far "
    return f"{_place(arrival.place)}: {so_far}{arrival.having:,} of {arrival.with_flag:,} with, {without}"


def _responses(flag_table: FlagTable) -> Lines:
    rows = [(code(short(flag.name)), kind, text) for flag in flag_table.flags for kind, text in _statuses(flag)]
    lines = table(["flag", "answered by", "statuses"], rows, "No request had a flag.")
    return [_NO_EVIDENCE, "", *lines] if STANDIN in flag_table.kinds else lines


def _statuses(flag: Flag) -> Iterator[tuple[str, str]]:
    for kind, answers in groupby(flag.answers, key=lambda answer: answer.kind):
        yield kind, ", ".join(f"{answer.status or 'no response'} ({answer.requests:,})" for answer in answers)


def _rejected(flag_table: FlagTable) -> Lines:
    rows = [
        (cell(refusal.message), refusal.count, refusal.kind, codes(refusal.named) or "none", _carried(refusal),
         code(refusal.operation), code(short(refusal.place)))
        for refusal in flag_table.refused
        if refusal.named or refusal.carried
    ]  # fmt: skip
    heads = ["message", "count", "answered by", "flags named", "flags sent", "operation", "first exchange"]
    lines = table(heads, rows, "No request with a flag was answered with 400, and no 400 response names a flag.")
    if rows:
        text = "A flag named in the message is the reason for the rejection; other flags in the request need not be."
        lines = [text, "", *lines]
    return (
        lines if flag_table.refused_all else [*lines, f"Only the first {len(flag_table.refused)} kinds are listed.", ""]
    )


def _carried(refusal: Refused) -> str:
    return codes(refusal.carried, 3) or "none"


def _claimed(flag_table: FlagTable) -> Lines:
    rows = [
        (code(claimed.flag), ", ".join(claimed.claims), ", ".join(claimed.sources)) for claimed in flag_table.claimed
    ]
    return table(["flag", "claims", "sources"], rows)
