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
"""Versions beside each other in one table."""
_NAMES = 8
_RELATIONS = {
    EXACTLY: "exactly when the flag is",
    INSTEAD: "exactly when the flag is not",
    ONLY: "never without the flag",
    ALWAYS: "whenever the flag is",
}
_NO_EVIDENCE = (
    "Answers of a stand-in are no evidence on the service: they tell what the client was told, not which flags the "
    "service takes."
)

Lines = list[str]
_T = TypeVar("_T")


def markdown(made: FlagTable, back: str = "") -> str:
    """The page; `back` is a line of markdown under its title."""
    lines = ["# Beta flags", "", *([back, ""] if back else []), *_summary(made)]
    lines += ["## Seen", "", *_seen(made)]
    lines += ["## Over versions", "", *_versions(made)]
    lines += ["## Models, authentication, scenarios", "", *_facets(made)]
    lines += ["## What goes along", "", *_company(made)]
    lines += ["## New in the same version", "", *_arrivals(made)]
    lines += ["## Answers", "", *_answers(made)]
    lines += ["## Refused with 400", "", *_refused(made)]
    lines += ["## Claimed, and not seen", "", *_claimed(made)]
    lines += ["## Known to the schemas, and not seen", "", f"{codes(made.unseen, len(made.unseen)) or 'None'}.", ""]
    if made.problems:
        lines += ["## Not read", "", *(f"- {cell(problem)}" for problem in made.problems), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _summary(made: FlagTable) -> Lines:
    kinds = ", ".join(f"{kind}: {count:,}" for kind, count in made.kinds.items())
    text = (
        f"{quantity(len(made.flags), 'flag')} in {made.carrying:,} of {quantity(made.requests, 'request')} whose "
        f"headers are known, of {quantity(made.captures, 'capture')}."
    )
    return [f"{text} Requests by who answered them: {kinds}." if kinds else text, ""]


def _seen(made: FlagTable) -> Lines:
    rows = [
        (
            code(short(flag.name)),
            flag.requests,
            flag.captures,
            flag.first if flag.first == flag.last else f"{flag.first} to {flag.last}" if flag.first else "not told",
            ", ".join(map(_span, flag.spans)),
            codes(flag.agents) or "not named",
            ", ".join(flag.claims) or "none",
        )
        for flag in made.flags
    ]
    heads = ["flag", "requests", "captures", "first and last", "clients", "named in user agents", "claims"]
    lines = table(heads, rows, "No request carried a flag.")
    changes = [*_changes(made)]
    if changes:
        lines += ["Came or went, as far as the same operations and scenarios were recorded:", "", *changes, ""]
    return lines


def _span(one: Span) -> str:
    first, last = one.first or "version not told", one.last or "version not told"
    return f"{code(one.client or 'not named')} {cell(first)}" + ("" if first == last else f" to {cell(last)}")


def _changes(made: FlagTable) -> Iterator[str]:
    for flag in made.flags:
        for one in flag.spans:
            name = code(one.client or "not named")
            if one.before.versions:
                yield f"- {code(short(flag.name))}: new in {name} {cell(one.first)}; {_lack(one.before)}"
            if one.after.versions:
                text = f"gone since {name} {cell(one.after.nearest)}; {_lack(one.after)}, last sent by {cell(one.last)}"
                yield f"- {code(short(flag.name))}: {text}"


def _lack(one: Lack) -> str:
    other = "" if one.same_models else ", none with a model that the flag was sent with"
    versions = ", ".join(map(cell, sorted(one.versions, key=version_key)))
    return f"{quantity(one.requests, 'request')} of {versions} without it{other}"


def _versions(made: FlagTable) -> Lines:
    lines = ["Requests of the operation that carried the flag, of all that were recorded.", ""] if made.uses else []
    for client, uses in groupby(sorted(made.uses, key=lambda use: use.client), key=lambda use: use.client):
        every, versions = list(uses), made.versions[client]
        lines += [f"### {cell(client or 'Client not named')}", ""]
        for start in range(0, len(versions), _COLUMNS):
            shown = versions[start : start + _COLUMNS]
            rows = [
                (code(short(use.flag)), code(use.operation), *(_share(use.shares.get(one)) for one in shown))
                for use in every
            ]
            lines += table(["flag", "operation", *(cell(one) or "version not told" for one in shown)], rows)
    return lines or ["No request carried a flag.", ""]


def _share(counts: tuple[int, int] | None) -> str:
    if counts is None:
        return "not recorded"
    return share(*counts) if counts[0] else f"none of {counts[1]:,}"


def _facets(made: FlagTable) -> Lines:
    intro = "Shares are of the requests of the operations, and of the client versions, that the flag was seen with."
    heads = ["flag", "models", "authentication", "scenarios"]
    rows = [
        (code(short(flag.name)), *map(_shares, (flag.models, flag.authentication, flag.scenarios)))
        for flag in made.flags
    ]
    return [intro, "", *table(heads, rows, "No request carried a flag.")]


def _shares(facets: Sequence[Facet]) -> str:
    if not any(one.name for one in facets):
        return "not told"
    full = [one for one in facets if one.count == one.of]
    some = [one for one in facets if 0 < one.count < one.of]
    none = [one for one in facets if not one.count]
    parts = [_listed([f"{_name(one)} {share(one.count, one.of)}" for one in full])] if len(full) <= _NAMES else []
    parts += [f"all requests of {len(full)}"] if len(full) > _NAMES else []
    parts.append(_listed([f"{_name(one)} {share(one.count, one.of)}" for one in some]))
    parts += [f"none with {_listed([_name(one) for one in none])}"] if none else []
    return "; ".join(part for part in parts if part)


def _listed(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _NAMES} more" if len(texts) > _NAMES else ""
    return ", ".join(texts[:_NAMES]) + more


def _name(one: Facet) -> str:
    return code(short(one.name)) if one.name else "not told"


def _company(made: FlagTable) -> Lines:
    lines = [
        "What of a request is there when the flag is, among distinct requests of one client, version and operation "
        "some of which carry the flag and some do not. What is in all of them, or in none, says nothing; a version in "
        f"which that is so is not counted. At most {MOST} for each flag; `so far` where fewer than {ENOUGH} are with "
        "it or without. What holds in one direction only is told if chance would bring it less than once in a "
        "thousand times.",
        "",
    ]
    told = [flag for flag in made.flags if flag.company]
    for like in _alike(told, lambda flag: repr([replace(one, flag="") for one in flag.company])):
        lines.append(f"- {codes((flag.name for flag in like), len(like))}")
        lines += [f"  - {_companion(one)}" for one in like[0].company]
    lines += [""] if told else []
    vary = {use.flag for use in made.uses for n, of in use.shares.values() if n < of and n}
    alone = [flag.name for flag in made.flags if flag.name in vary and not flag.company]
    always = [flag.name for flag in made.flags if flag.name not in vary]
    if alone:
        lines += [f"Nothing was found that goes along with {codes(alone, len(alone))}.", ""]
    if always:
        text = "Nothing to compare: in all requests of an operation and version, or in none, were"
        lines += [f"{text} {codes(always, len(always))}.", ""]
    lines += [f"- {_part(one)}: {SAMPLE:,} distinct ones were looked at, chosen by hash." for one in made.sampled]
    lines += [f"- {_part(one)}: left out, the body was lost or is too large." for one in made.unwalked]
    return [*lines, ""] if made.sampled or made.unwalked else lines


def _companion(one: CoOccurrence) -> str:
    so_far = "" if one.firm else "so far "
    counts = f"{one.having:,} of {one.with_flag:,} with, {one.lacking:,} of {one.without_flag:,} without"
    versions = " ".join([code(one.client or "not named"), ", ".join(map(cell, one.versions))]).rstrip()
    other = f"; not so in {', '.join(map(cell, one.not_in))}" if one.not_in else ""
    return (
        f"{_place(one.place)} {so_far}{_RELATIONS[one.relation]}: {counts} ({code(one.operation)}, {versions}{other})"
    )


def _place(place: Place) -> str:
    return f"{place.side} {code(short(str(place)))}"


def _alike(things: Iterable[_T], key: Callable[[_T], str]) -> list[list[_T]]:
    """The things in groups of those with the same key, in the order of their first."""
    groups: dict[str, list[_T]] = {}
    for each in things:
        groups.setdefault(key(each), []).append(each)
    return list(groups.values())


def _part(one: Part) -> str:
    group = one.group
    who = f"{group.client} {group.version}".strip()
    return f"{quantity(one.requests, 'request')} {code(group.operation)}" + (f" of {cell(who)}" if who else "")


def _arrivals(made: FlagTable) -> Lines:
    lines = [
        "What no earlier version of the client had in the same operation and scenarios, when the version that first "
        "sent the flag did: in so many distinct requests with the flag, and in so many without. That both came at once "
        "is no proof that they belong together.",
        "",
    ]
    for like in _alike(made.arrivals, lambda arrival: repr(replace(arrival, flag=""))):
        one = like[0]
        where = f"{code(one.client)} {cell(one.version)}, {code(one.operation)}"
        lines.append(f"- {codes((each.flag for each in like), len(like))}: new in {where}")
        lines += [f"  - {_newcomer(found)}" for found in one.found]
        lines += [f"  - and {one.more:,} more"] if one.more else []
    none = "No flag is new in a version that can be compared with an earlier one."
    return [*lines, ""] if made.arrivals else [*lines, none, ""]


def _newcomer(one: Arrival) -> str:
    without = f"{one.lacking:,} of {one.without_flag:,} without" if one.without_flag else "none was without"
    so_far = "" if one.with_flag >= ENOUGH else "so far "
    return f"{_place(one.place)}: {so_far}{one.having:,} of {one.with_flag:,} with, {without}"


def _answers(made: FlagTable) -> Lines:
    rows = [(code(short(flag.name)), kind, text) for flag in made.flags for kind, text in _statuses(flag)]
    lines = table(["flag", "answered by", "statuses"], rows, "No request carried a flag.")
    return [_NO_EVIDENCE, "", *lines] if STANDIN in made.kinds else lines


def _statuses(flag: Flag) -> Iterator[tuple[str, str]]:
    for kind, answers in groupby(flag.answers, key=lambda answer: answer.kind):
        yield kind, ", ".join(f"{one.status or 'no answer'} ({one.requests:,})" for one in answers)


def _refused(made: FlagTable) -> Lines:
    rows = [
        (cell(one.message), one.count, one.kind, codes(one.named) or "none", _carried(one), code(one.operation),
         code(short(one.place)))
        for one in made.refused
        if one.named or one.carried
    ]  # fmt: skip
    heads = ["message", "times", "answered by", "names", "carried", "operation", "first in"]
    lines = table(heads, rows, "No request with a flag was answered with 400, and no such answer names a flag.")
    if rows:
        text = "That a request carried a flag does not make the flag the reason; that the message names it does."
        lines = [text, "", *lines]
    return (
        lines if made.refused_all else [*lines, f"There were more kinds; these are the first {len(made.refused)}.", ""]
    )


def _carried(one: Refused) -> str:
    return codes(one.carried, 3) or "none"


def _claimed(made: FlagTable) -> Lines:
    rows = [(code(one.flag), ", ".join(one.claims), ", ".join(one.sources)) for one in made.claimed]
    return table(["flag", "claims", "sources"], rows)
