"""The page on coverage: exchanges that the document does not describe, and parts that no exchange touched."""

from collections.abc import Iterable, Mapping

from wirelore.analysis.markdown import cell, code, codes, link, share, short, table
from wirelore.spec.coverage import PARTS, Coverage, ReasonCount
from wirelore.spec.verdict import INCONCLUSIVE, KINDS

_HEADS = ["kind", "operation", "place", "problem", "occurrences", "exchanges", "for example"]
_MOST = 40


def coverage(result: Coverage) -> str:
    """Return the page coverage.md."""
    figures: list[tuple[str, str]] = [("Exchanges described", share(result.described, result.exchanges))]
    figures += [("Of those, only by an open branch or list", f"{result.open:,}")]
    figures += [(f"{plural.capitalize()} touched", _touched(result, kind)) for kind, plural in PARTS.items()]
    lines = ["# Coverage", "", f"Back to the {link('overview', 'README.md')}.", ""]
    lines += [
        f"Every exchange was checked against {link('openapi.yaml', 'openapi.yaml')}.",
        "",
    ]
    lines += table(["", ""], figures)
    lines += ["## Not described", ""]
    lines += table(_HEADS, _rows(result.reasons.values()), "The document describes every exchange.")
    lines += _legend({counts.first.kind for counts in result.reasons.values()})
    lines += ["## Described only by an open branch or list", ""]
    lines += table(_HEADS, _rows(result.open_reasons.values()))
    lines += ["## Inconclusive", ""]
    rows = [(code(part), INCONCLUSIVE[part], count) for part, count in sorted(result.inconclusive.items())]
    lines += table(["part", "reason", "exchanges"], rows, "Every part of every exchange was checked.")
    return "\n".join(lines + _untouched(result))


def _untouched(result: Coverage) -> list[str]:
    lines = ["## Operations that no exchange touched", ""]
    lines += table(["operation"], [(code(name),) for name in _names(result.parts["operation"])])
    lines += ["## Statuses, media types and events that no exchange touched", ""]
    lines += ["Those of untouched operations are omitted.", ""]
    rows = [
        (kind, code(name))
        for kind in ("status", "media type", "event")
        for name in _names(result.parts[kind])
        if result.parts["operation"][_operation(name)]
    ]
    lines += table(["kind", "name"], rows)
    lines += ["## Component schemas that no exchange touched", ""]
    untouched = _names(result.parts["component"])
    lines += [codes(untouched, len(untouched)) or "None.", ""]
    lines += ["## Properties that no exchange touched", "", "Those of untouched components are omitted.", ""]
    return lines + table(["component", "properties", "untouched"], _properties(result))


def _properties(result: Coverage) -> list[tuple[str | int, ...]]:
    by_component: dict[str, list[str]] = {}
    for name in _names(result.parts["property"]):
        component, _, path = name.partition(" ")
        if result.parts["component"].get(component):
            by_component.setdefault(component, []).append(path)
    return [(code(name), codes(paths, _MOST), len(paths)) for name, paths in sorted(by_component.items())]


def _rows(counts: Iterable[ReasonCount]) -> list[tuple[str | int, ...]]:
    ranked = sorted(counts, key=lambda entry: (-entry.count, entry.first))
    return [
        (
            entry.first.kind,
            code(entry.first.operation),
            code(short(entry.first.pointer)),
            cell(entry.first.message),
            entry.count,
            entry.exchanges,
            codes(entry.places[:2]),
        )
        for entry in ranked
    ]


def _legend(kinds: Iterable[str]) -> list[str]:
    lines = [f"- {kind}: {KINDS[kind]}" for kind in sorted(kinds)]
    return [*lines, ""] if lines else []


def _touched(result: Coverage, kind: str) -> str:
    return share(result.touched(kind), len(result.parts[kind]))


def _names(parts: Mapping[str, bool]) -> list[str]:
    return sorted(name for name, touched in parts.items() if not touched)


def _operation(name: str) -> str:
    return " ".join(name.split(" ")[:2])
