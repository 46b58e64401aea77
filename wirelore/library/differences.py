"""Two sides compared, as data."""

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

from wirelore.compare.captures import compare
from wirelore.compare.change import Comparison
from wirelore.compare.comparison import compared
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
    """Compares two sides: captures with captures, or a folder of schemas with another.

    `noise` are captures of `before` once more: what differs between them and `before` is ignored as noise. With
    `content` the messages show system prompts and tool texts, otherwise their sizes and hashes. The differences are
    sorted, the gravest first; parts that cannot be read are in `Comparison.problems`. Raises Unreadable, and
    NotComparable if captures are compared with schemas.

    >>> import wirelore
    >>> wirelore.diff("captures/samples/messages", "captures/samples/messages").differences
    ()
    """

    def opened(names: Iterable[str]) -> "list[Recorded]":
        return [one for name in names for one in open_all(name, captures=captures, schemas=schemas)]

    again = open_all(noise, captures=captures, schemas=schemas)
    if isinstance(before, str | os.PathLike) and isinstance(after, str | os.PathLike) and not again:
        return compared((os.fspath(before), os.fspath(after)), opened, content=content)
    sides = [open_all(side, captures=captures, schemas=schemas) for side in (before, after)]
    names = (_name(sides[0]), _name(sides[1]))
    return compare(sides[0], sides[1], names=names, noise=again, content=content)


def _name(side: list[Capture]) -> str:
    return ", ".join(one.name for one in side) or "nothing"
