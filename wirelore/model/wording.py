"""Wording that every text and page shares: numbers with their nouns, and the nearest name for one that is wrong."""

from collections.abc import Iterable
from difflib import get_close_matches


def quantity(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 exchange`, `1,234 exchanges`; the plural is the noun with an s if none is given."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """`did you mean 'sizes'? ` with the nearest of the names, for a message to go on after; empty if none is near."""
    near = get_close_matches(name, list(names), 1)
    return f"did you mean {near[0]!r}? " if near else ""
