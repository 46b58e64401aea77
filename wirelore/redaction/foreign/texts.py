"""The interface between the formats and the processing of their texts."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol


class Texts(Protocol):
    """The redaction of texts, or the scan of redacted ones."""

    def text(self, again: Callable[[], BinaryIO], *, lines: bool) -> Iterator[bytes]:
        """Process a text of any length, which can be opened repeatedly; with `lines` it may have header lines."""
        ...

    def headers(self, lines: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Process header lines."""
        ...
