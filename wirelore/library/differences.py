"""Comparing two sides, with the result as data."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from wirelore.compare.captures import compare
from wirelore.compare.change import Comparison
from wirelore.compare.comparison import compare_sides
from wirelore.library.captures import Capture, Source, open_all

if TYPE_CHECKING:
    from wirelore.store.reader import Capture as Recorded


def diff(
    before: Source,
    after: Source,
    *,
    noise: Source = (),
    content: bool = False,
    captures: str | os.PathLike[str] | None = None,
    schemas: str | os.PathLike[str] | None = None,
) -> Comparison:
    """Compare two sides: captures with captures, or a folder of schemas with another.

    `noise` selects repeated recordings of `before`; differences between them and `before` are ignored as noise. With
    `content` the messages contain system prompts and tool texts instead of their sizes and hashes. The differences are
    sorted by severity, the most severe first; `Comparison.problems` lists parts that could not be read. Raise
    Unreadable, and NotComparable if one side is captures and the other schemas.

    >>> import wirelore
    >>> wirelore.diff("captures/samples/messages", "captures/samples/messages").differences
    ()
    """

    def opened(names: Iterable[str]) -> "list[Recorded]":
        return [capture for name in names for capture in open_all(name, captures=captures, schemas=schemas)]

    repetitions = open_all(noise, captures=captures, schemas=schemas)
    if isinstance(before, str | os.PathLike) and isinstance(after, str | os.PathLike) and not repetitions:
        return compare_sides((os.fspath(before), os.fspath(after)), opened, content=content)
    sides = [open_all(side, captures=captures, schemas=schemas) for side in (before, after)]
    names = (_name(sides[0]), _name(sides[1]))
    return compare(sides[0], sides[1], names=names, noise=repetitions, content=content)


def _name(side: list[Capture]) -> str:
    return ", ".join(capture.name for capture in side) or "nothing"
