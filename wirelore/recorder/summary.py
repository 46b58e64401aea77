"""The summary at the end of a recording: what was recorded, what was not, and where it is."""

from collections.abc import Mapping

from wirelore.recorder.recording import Recording


def summary(recording: Recording) -> str:
    """A few lines for a terminal."""
    lines = [
        f"recorded   {sum(recording.categories.values())} exchanges: {_listed(recording.categories)}",
        f"aborted    {recording.aborted}" + (f" ({_listed(_early(recording.ends))})" if recording.aborted else ""),
        f"passed by  {recording.not_decrypted} connections to other hosts, not decrypted",
        f"redacted   {_listed(recording.redacted)}",
        f"capture    {recording.folder}",
    ]
    if not recording.complete:
        lines.append(f"incomplete {recording.problem}")
    return "\n".join(lines)


def _early(ends: Mapping[str, int]) -> dict[str, int]:
    return {cause: number for cause, number in ends.items() if cause != "complete"}


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(counts.items())) or "nothing"
