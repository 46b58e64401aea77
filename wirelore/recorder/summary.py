"""The summary at the end of a recording."""

from collections.abc import Mapping

from wirelore.model.wording import quantity
from wirelore.recorder.recording import Recording

_NO_TRAFFIC = "empty      no request reached the proxy; the program may have sent none, or it ignores HTTPS_PROXY"


def summary(recording: Recording) -> str:
    """Return a few lines for a terminal."""
    lines = [
        f"recorded   {quantity(sum(recording.categories.values()), 'exchange')}: {_counts_text(recording.categories)}",
        f"aborted    {recording.aborted}"
        + (f" ({_counts_text(_incomplete_ends(recording.ends))})" if recording.aborted else ""),
        f"bypassed   {quantity(recording.not_decrypted, 'connection')} to other hosts, not decrypted",
        f"redacted   {_counts_text(recording.redacted)}",
        f"capture    {recording.folder}",
    ]
    if not sum(recording.categories.values()) and not recording.not_decrypted:
        lines.append(_NO_TRAFFIC)
    if not recording.complete:
        lines.append(f"incomplete {recording.problem}")
    return "\n".join(lines)


def _incomplete_ends(ends: Mapping[str, int]) -> dict[str, int]:
    return {cause: number for cause, number in ends.items() if cause != "complete"}


def _counts_text(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items())) or "nothing"
