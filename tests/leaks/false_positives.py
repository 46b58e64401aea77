"""False positives: a report of the replacements in recordings whose secrets were already masked, for review.

`python -m tests.leaks.false_positives FOLDER` imports every recording below a folder and prints each distinct
replacement: the rule, the count, the adjacent text, and the value with all but its ends masked.
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from wirelore.formats.importing import import_recordings
from wirelore.redaction.redactor import Redactor, Scrub
from wirelore.redaction.secret_scan import Span

_AROUND = 40
_SHOWN = 6
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"|[^\s"]+')


class Replacement(NamedTuple):
    """A replacement by redaction."""

    rule: str
    name: str
    """The name of the field or header."""
    before: str
    value: str
    """The masked value."""
    after: str


class _RecordingScrub(Scrub):
    """A Scrub that records its replacements."""

    replacements: ClassVar[Counter[Replacement]] = Counter()

    def _between(self, block: bytes, start: int, end: int, spans: Iterable[Span], side: str) -> bytes:
        spans, cursor = list(spans), start
        for span in spans:
            if span.end > cursor and span.rule.action == "replace" and not span.inside:
                self._record(span, block)
                cursor = span.end
        return super()._between(block, start, end, spans, side)

    def _header(self, name: str, value: str) -> str:
        redacted = super()._header(name, value)
        rule = self._redactor.rules.header(name)
        if rule and redacted != value:
            self.replacements[Replacement(rule.id, name.lower(), "", masked(value.encode()), "")] += 1
        return redacted

    def _record(self, span: Span, block: bytes) -> None:
        before, after = block[max(0, span.start - _AROUND) : span.start], block[span.end : span.end + _AROUND // 4]
        value = masked(block[span.start : span.end])
        self.replacements[Replacement(span.rule.id, span.name, _printable(before), value, _printable(after))] += 1


def masked(value: bytes) -> str:
    """Return a value's ends and its length, enough to recognise its kind."""
    text = _printable(value)
    shown_size = _SHOWN if len(text) > 4 * _SHOWN else 2
    return f"{text[:shown_size]}*{len(text)}*{text[-shown_size:]}"


def _printable(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\n", "\\n").replace("\r", "\\r")


def replacements_below(folder: Path) -> tuple[Counter[Replacement], int]:
    """Return the replacements below a folder, and the number of strings."""
    _RecordingScrub.replacements = Counter()
    redactor = Redactor(b"\0" * 32)
    redactor.exchange = lambda: _RecordingScrub(redactor)  # type: ignore[method-assign]  # to record replacements
    with tempfile.TemporaryDirectory() as folder_name:
        import_recordings([folder], Path(folder_name) / "capture", redactor)
        strings = sum(
            len(_STRING.findall(path.read_bytes())) for path in Path(folder_name).rglob("*") if path.is_file()
        )
    return _RecordingScrub.replacements, strings


def lines(replacements: Counter[Replacement], strings: int) -> Iterable[str]:
    """Yield the report by rule, then by count."""
    total = sum(replacements.values())
    yield f"{total} of {strings} strings replaced ({100 * total / max(1, strings):.3f} %), {len(replacements)} distinct"
    by_rule: dict[str, list[tuple[Replacement, int]]] = {}
    for replacement, count in replacements.most_common():
        by_rule.setdefault(replacement.rule, []).append((replacement, count))
    for rule, counts in sorted(by_rule.items()):
        yield f"\n{rule}: {sum(count for _, count in counts)} replaced, {len(counts)} distinct"
        yield from (
            f"  {count:5} {replacement.name or '-':24} {replacement.before}[{replacement.value}]{replacement.after}"
            for replacement, count in counts
        )


def main(arguments: Any = None) -> int:
    """Print the report of one folder."""
    (folder,) = arguments or sys.argv[1:]
    print("\n".join(lines(*replacements_below(Path(folder)))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
