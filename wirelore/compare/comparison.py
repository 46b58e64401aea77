"""The comparison of two sides that a user names: captures, or folders of schemas."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from wirelore.compare import difference_json, difference_junit, difference_markdown, difference_sarif, difference_text
from wirelore.compare.captures import compare
from wirelore.compare.change import Comparison
from wirelore.compare.change_rules import change_rules
from wirelore.compare.presentation import Changes
from wirelore.schema.library import Library
from wirelore.schema.routing import TABLE
from wirelore.store.writer import Capture


class NotComparable(Exception):
    """The named sides cannot be compared. The message says what they are and what to name."""


def compare_sides(
    names: tuple[str, str],
    find: Callable[[Iterable[str]], Sequence[Capture]],
    *,
    noise: Sequence[str] = (),
    content: bool = False,
) -> Comparison:
    """Compare two sides; `find` returns the captures with these names. Raises NotComparable."""
    folders = [name for name in names if (Path(name) / TABLE).is_file()]
    if len(folders) == 1:
        captures = next(name for name in names if name not in folders)
        raise NotComparable(
            f"{folders[0]} is a folder of schemas, {captures} is not; name two captures or two folders of schemas"
        )
    if folders and noise:
        raise NotComparable(f"--noise {noise[0]}: not supported for schemas; leave it out, or compare captures")
    if folders:
        from wirelore.compare.schemas import compare_schemas

        return compare_schemas(Library(Path(names[0])), Library(Path(names[1])), names=names)
    before, after = (find([name]) for name in names)
    return compare(before, after, names=names, noise=find(noise), content=content)


def render(changes: Changes, form: str, version: str, fail_on: str) -> str:
    """Return the changes in a format: `text`, `json`, `markdown`, `sarif` or `junit`."""
    if form == "json":
        return difference_json.write(changes)
    if form == "markdown":
        return difference_markdown.write(changes)
    if form == "sarif":
        return difference_sarif.write(changes, change_rules(), version)
    if form == "junit":
        return difference_junit.write(changes, fail_on)
    return difference_text.write(changes)
