"""Ordering of client versions: 2.0.56 before 2.1.112, 2.2.0-beta.1 before 2.2.0."""

import re

VersionKey = tuple[tuple[int, ...], bool, tuple[tuple[bool, int, str], ...], str]

_NUMBER = re.compile(r"[0-9]{1,18}")


def version_key(version: str) -> VersionKey:
    """Return the sort key of a version: its numbers, with a pre-release before its release (semver.org)."""
    release, _, rest = version.partition("+")[0].partition("-")
    numbers = tuple(int(part) for part in _NUMBER.findall(release))
    parts = tuple(_identifier(part) for part in rest.split(".") if part)
    return numbers, not parts, parts, version


def _identifier(part: str) -> tuple[bool, int, str]:
    """Return the sort key of one identifier; numbers are before words."""
    numeric = _NUMBER.fullmatch(part) is not None
    return not numeric, int(part) if numeric else 0, part
