"""Wording for all texts and pages: numbers with nouns, and suggestions for misspelt names."""

from collections.abc import Iterable
from difflib import get_close_matches


def quantity(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: `1 exchange`, `1,234 exchanges`. The default plural is the noun with an s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def did_you_mean(name: str, names: Iterable[str]) -> str:
    """Return `did you mean 'sizes'? ` with the closest name, for the middle of a message; empty if none is close."""
    near = get_close_matches(name, list(names), 1)
    return f"did you mean {near[0]!r}? " if near else ""
