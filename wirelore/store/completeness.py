"""The losses of a recording, derived from the counts in its manifest."""

from collections.abc import Collection, Mapping

_COUNTED = ("failed_to_write", "exchanges_lost", "tee_faults", "proxy_lost", "recorder_lost", "not_saved")


def missing(completeness: Mapping[str, int], ends: Mapping[str, int]) -> dict[str, int]:
    """Return the count of each kind of loss; empty if nothing is missing.

    `completeness` and `ends` are the manifest's members of these names.
    """
    losses = {name: completeness.get(name, 0) for name in _COUNTED}
    losses["not-recorded"] = ends.get("not-recorded", 0)
    losses["begun and not recorded"] = completeness.get("begun", 0) - sum(ends.values())
    return {name: count for name, count in losses.items() if count > 0}


NAMES, OTHERS = 1000, "(others)"
"""The maximum number of different names of one kind that clients or hosts choose, and the name for the surplus ones."""


def name_among(name: str, names: Collection[str]) -> str:
    """Return the name itself if it is in `names` or fits, otherwise the name that stands for all others."""
    return name if name in names or len(names) < NAMES else OTHERS
