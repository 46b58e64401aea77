"""The page on coverage: what of the traffic the document does not describe, and what of it no exchange touched."""

from collections.abc import Iterable, Mapping

from wirelore.analysis.markdown import cell, code, codes, link, share, short, table
from wirelore.spec.coverage import PARTS, Coverage, Kept
from wirelore.spec.verdict import KINDS, UNJUDGED

_HEADS = ["kind", "operation", "where", "what", "times", "exchanges", "for example"]
_MOST = 40


def coverage(found: Coverage) -> str:
    """The page coverage.md."""
    figures: list[tuple[str, str]] = [("Exchanges described", share(found.described, found.exchanges))]
    figures += [("Of those, by an open branch or list only", f"{found.open:,}")]
    figures += [(f"{plural.capitalize()} touched", _touched(found, kind)) for kind, plural in PARTS.items()]
    lines = ["# Coverage", "", f"Back to the {link('overview', 'README.md')}.", ""]
    lines += [
        f"Every exchange was held against {link('openapi.yaml', 'openapi.yaml')} itself, as its reader would.",
        "",
    ]
    lines += table(["", ""], figures)
    lines += ["## Not described", ""]
    lines += table(_HEADS, _rows(found.reasons.values()), "The document describes every exchange.")
    lines += _legend({kept.first.kind for kept in found.reasons.values()})
    lines += ["## Described by an open branch or list only", ""]
    lines += table(_HEADS, _rows(found.news.values()))
    lines += ["## Not judged", ""]
    rows = [(code(part), UNJUDGED[part], count) for part, count in sorted(found.unjudged.items())]
    lines += table(["part", "why", "exchanges"], rows, "Every part of every exchange was judged.")
    return "\n".join(lines + _untouched(found))


def _untouched(found: Coverage) -> list[str]:
    lines = ["## Operations that no exchange touched", ""]
    lines += table(["operation"], [(code(name),) for name in _names(found.parts["operation"])])
    lines += ["## Statuses, media types and events that no exchange touched", ""]
    lines += ["Those of untouched operations are left out.", ""]
    rows = [
        (kind, code(name))
        for kind in ("status", "media type", "event")
        for name in _names(found.parts[kind])
        if found.parts["operation"][_operation(name)]
    ]
    lines += table(["kind", "name"], rows)
    lines += ["## Component schemas that no exchange touched", ""]
    gone = _names(found.parts["component"])
    lines += [codes(gone, len(gone)) or "None.", ""]
    lines += ["## Properties that no exchange touched", "", "Those of untouched components are left out.", ""]
    return lines + table(["component", "properties", "untouched"], _properties(found))


def _properties(found: Coverage) -> list[tuple[str | int, ...]]:
    every: dict[str, list[str]] = {}
    for name in _names(found.parts["property"]):
        component, _, path = name.partition(" ")
        if found.parts["component"].get(component):
            every.setdefault(component, []).append(path)
    return [(code(name), codes(paths, _MOST), len(paths)) for name, paths in sorted(every.items())]


def _rows(kept: Iterable[Kept]) -> list[tuple[str | int, ...]]:
    ranked = sorted(kept, key=lambda one: (-one.count, one.first))
    return [
        (
            one.first.kind,
            code(one.first.operation),
            code(short(one.first.pointer)),
            cell(one.first.message),
            one.count,
            one.exchanges,
            codes(one.places[:2]),
        )
        for one in ranked
    ]


def _legend(kinds: Iterable[str]) -> list[str]:
    lines = [f"- {kind}: {KINDS[kind]}" for kind in sorted(kinds)]
    return [*lines, ""] if lines else []


def _touched(found: Coverage, kind: str) -> str:
    return share(found.touched(kind), len(found.parts[kind]))


def _names(parts: Mapping[str, bool]) -> list[str]:
    return sorted(name for name, touched in parts.items() if not touched)


def _operation(name: str) -> str:
    return " ".join(name.split(" ")[:2])
