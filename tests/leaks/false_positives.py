"""False positives: what redaction replaces in recordings whose secrets their authors masked, to be read by a person.

`python -m tests.leaks.false_positives FOLDER` imports every recording below a folder, and prints each distinct thing
that was replaced: the rule, how often, what stood around it and the value itself with all but its ends masked.
"""

import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from wirelore.formats.importing import bring
from wirelore.redaction.redactor import Redactor, Scrub
from wirelore.redaction.secret_scan import Span

_AROUND = 40
_SHOWN = 6
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"|[^\s"]+')


class Replacement(NamedTuple):
    """Something that was replaced."""

    rule: str
    name: str
    """The field's or the header's."""
    before: str
    value: str
    """Masked."""
    after: str


class _Noting(Scrub):
    """Redacts, and notes what it replaces."""

    replacements: ClassVar[Counter[Replacement]] = Counter()

    def _between(self, block: bytes, start: int, end: int, spans: Iterable[Span], side: str) -> bytes:
        spans, cursor = list(spans), start
        for span in spans:
            if span.end > cursor and span.rule.action == "replace" and not span.inside:
                self._note(span, block)
                cursor = span.end
        return super()._between(block, start, end, spans, side)

    def _header(self, name: str, value: str) -> str:
        done = super()._header(name, value)
        rule = self._redactor.rules.header(name)
        if rule and done != value:
            self.replacements[Replacement(rule.id, name.lower(), "", masked(value.encode()), "")] += 1
        return done

    def _note(self, span: Span, block: bytes) -> None:
        before, after = block[max(0, span.start - _AROUND) : span.start], block[span.end : span.end + _AROUND // 4]
        value = masked(block[span.start : span.end])
        self.replacements[Replacement(span.rule.id, span.name, _shown(before), value, _shown(after))] += 1


def masked(value: bytes) -> str:
    """A value with its ends and its length, enough to know what it was."""
    text = _shown(value)
    kept = _SHOWN if len(text) > 4 * _SHOWN else 2
    return f"{text[:kept]}*{len(text)}*{text[-kept:]}"


def _shown(raw: bytes) -> str:
    return raw.decode("utf-8", "replace").replace("\n", "\\n").replace("\r", "\\r")


def noted(folder: Path) -> tuple[Counter[Replacement], int]:
    """What is replaced below a folder, and how many strings there are."""
    _Noting.replacements = Counter()
    redactor = Redactor(b"\0" * 32)
    redactor.exchange = lambda: _Noting(redactor)  # type: ignore[method-assign]  # it is what notes
    with tempfile.TemporaryDirectory() as made:
        bring([folder], Path(made) / "capture", redactor)
        strings = sum(len(_STRING.findall(path.read_bytes())) for path in Path(made).rglob("*") if path.is_file())
    return _Noting.replacements, strings


def lines(replacements: Counter[Replacement], strings: int) -> Iterable[str]:
    """The report: by rule, then by how often."""
    total = sum(replacements.values())
    yield f"{total} of {strings} strings replaced ({100 * total / max(1, strings):.3f} %), {len(replacements)} distinct"
    by_rule: dict[str, list[tuple[Replacement, int]]] = {}
    for one, count in replacements.most_common():
        by_rule.setdefault(one.rule, []).append((one, count))
    for rule, ones in sorted(by_rule.items()):
        yield f"\n{rule}: {sum(count for _, count in ones)} replaced, {len(ones)} distinct"
        yield from (f"  {count:5} {one.name or '-':24} {one.before}[{one.value}]{one.after}" for one, count in ones)


def main(arguments: Any = None) -> int:
    """Prints the report of one folder."""
    (folder,) = arguments or sys.argv[1:]
    print("\n".join(lines(*noted(Path(folder)))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
