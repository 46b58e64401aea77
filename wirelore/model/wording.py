"""Wording: numbers with their nouns, as every text and page writes them."""


def quantity(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun: `1 exchange`, `1,234 exchanges`; the plural is the noun with an s if none is given."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
