"""The corpus: recordings of the service in six public projects, imported by repository."""

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from wirelore.formats.importing import import_recordings
from wirelore.model.exchange import Exchange
from wirelore.model.routes import packaged
from wirelore.redaction.redactor import Redactor
from wirelore.store.writer import Capture

HOST = "api.anthropic.com"
"""Only exchanges with this host count; the recordings contain other services too."""

Corpus = Mapping[str, list[Exchange]]
"""Exchanges by repository, in recorded order."""

_KEY = b"wirelore-benchmarks".ljust(32, b"-")
"""A fixed key: the recordings are public, and pseudonyms must be the same in every run."""
_PARTS = 5


class NoCorpus(Exception):
    """The recordings are missing; the message names the expected folder."""


def real_folder() -> Path:
    """Return the folder of the repositories: `real` in WIRELORE_SHARED, or in `shared` beside the checkout."""
    root = Path(os.environ.get("WIRELORE_SHARED") or Path(__file__).resolve().parents[3] / "shared")
    if not (root / "real").is_dir():
        raise NoCorpus(f"{root / 'real'}: no recordings; name the folder that holds `real` with WIRELORE_SHARED")
    return root / "real"


def corpus(source: Path, into: Path) -> Corpus:
    """Import each repository in `source` as a capture in `into`, and return the exchanges with the service."""
    found = {}
    for repository in sorted(path for path in source.iterdir() if path.is_dir()):
        import_recordings([repository], into / repository.name, Redactor(_KEY))
        capture = Capture(into / repository.name, packaged())
        found[repository.name] = [each for each in capture.exchanges() if each.request.host == HOST]
    return found


def is_held_back(exchange: Exchange) -> bool:
    """Return True if the exchange is in the held-back fifth, chosen by a hash of its file and entry."""
    digest = sha256(f"{exchange.capture}/{exchange.source}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % _PARTS == 0


def short(repository: str) -> str:
    """Return the repository's name without its owner."""
    return repository.partition("__")[2]
