"""Completeness: what the counts of a recording say is missing from its capture."""

from collections.abc import Collection, Mapping

_COUNTED = ("failed_to_write", "exchanges_lost", "tee_faults", "proxy_lost", "recorder_lost", "not_saved")


def missing(completeness: Mapping[str, int], ends: Mapping[str, int]) -> dict[str, int]:
    """What is missing by name, with its count; empty if nothing is.

    `completeness` and `ends` are the manifest's members of these names.
    """
    found = {name: completeness.get(name, 0) for name in _COUNTED}
    found["not-recorded"] = ends.get("not-recorded", 0)
    found["begun and not recorded"] = completeness.get("begun", 0) - sum(ends.values())
    return {name: count for name, count in found.items() if count > 0}


NAMES, OTHERS = 1000, "(others)"
"""So many names that others chose (clients, hosts) are kept of one kind; those beyond count under one name."""


def name_among(name: str, names: Collection[str]) -> str:
    """The name under which one more counts among those that are kept."""
    return name if name in names or len(names) < NAMES else OTHERS
