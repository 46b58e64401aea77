"""The corpus: recordings of the service that six public projects keep, imported repository by repository."""

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

from wirelore.formats.importing import bring
from wirelore.model.exchange import Exchange
from wirelore.model.routes import packaged
from wirelore.redaction.redactor import Redactor
from wirelore.store.writer import Capture

HOST = "api.anthropic.com"
"""Only what was said with this host counts: the recordings hold other services as well."""

Corpus = Mapping[str, list[Exchange]]
"""Exchanges by repository, in the order recorded."""

_KEY = b"wirelore-benchmarks".ljust(32, b"-")
"""A key that is no secret: the recordings are public, and pseudonyms must be the same in every run."""
_PARTS = 5


class NoCorpus(Exception):
    """The recordings are not there; the message says where they were looked for."""


def real_folder() -> Path:
    """The folder with a folder for each repository: `real` in WIRELORE_SHARED or beside the checkout, in `shared`."""
    root = Path(os.environ.get("WIRELORE_SHARED") or Path(__file__).resolve().parents[3] / "shared")
    if not (root / "real").is_dir():
        raise NoCorpus(f"{root / 'real'}: no recordings; name the folder that holds `real` with WIRELORE_SHARED")
    return root / "real"


def corpus(source: Path, into: Path) -> Corpus:
    """Imports every repository below `source` as a capture below `into`, and reads the service's exchanges back."""
    found = {}
    for repository in sorted(path for path in source.iterdir() if path.is_dir()):
        bring([repository], into / repository.name, Redactor(_KEY))
        capture = Capture(into / repository.name, packaged())
        found[repository.name] = [each for each in capture.exchanges() if each.request.host == HOST]
    return found


def is_held_back(exchange: Exchange) -> bool:
    """Whether the exchange is in the fifth that is held back, by a hash of the file and the entry that it was."""
    digest = sha256(f"{exchange.capture}/{exchange.source}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % _PARTS == 0


def short(repository: str) -> str:
    """The repository's name without its owner."""
    return repository.partition("__")[2]
