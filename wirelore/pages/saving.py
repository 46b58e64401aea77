"""Writing pages as files in a folder."""

from collections.abc import Mapping
from pathlib import Path


def saved(texts: Mapping[str, str], folder: Path) -> list[Path]:
    """Write each text to the file of its name, with the same bytes on every system; return the paths, sorted."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8", newline="\n")
    return sorted(folder / name for name in texts)
