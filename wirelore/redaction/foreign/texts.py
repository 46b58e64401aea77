"""What the rewriting of a file asks of whoever redacts its texts, or reads them again."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol


class Texts(Protocol):
    """Redacts texts, or reads them to find what is left."""

    def text(self, again: Callable[[], BinaryIO], *, lines: bool) -> Iterator[bytes]:
        """A text of any length, which can be opened again and again; `lines` says that it may have header lines."""
        ...

    def headers(self, lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Header lines."""
        ...
