"""The key for pseudonyms: the user's own, created on first use, a shared one in a file, or a temporary one."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import NamedTuple

SIZE = 32
"""The length of a key in bytes."""

ONCE = "once"
"""The id of a key that was not saved."""


class Key(NamedTuple):
    """A key, with its id in manifests."""

    secret: bytes
    id: str


def select(path: Path | None = None, *, once: bool = False) -> Key:
    """Return the key in the file, the user's own without a path, or with `once` a new key that is not saved.

    Raises the errors of `load`.
    """
    if once:
        return Key(secrets.token_bytes(SIZE), ONCE)
    secret = load(path)
    return Key(secret, id_of(secret))


def id_of(secret: bytes) -> str:
    """Return eight hex digits that identify a key and reveal nothing about it."""
    return hmac.new(secret, b"key id", hashlib.sha256).hexdigest()[:8]


def default_path() -> Path:
    """Return the path of the user's key: in XDG_DATA_HOME, or ~/.local/share (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_DATA_HOME", "")
    folder = Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "share"
    return folder / "wirelore" / "redaction.key"


def load(path: Path | None = None) -> bytes:
    """Return the key in `path`, created if it is missing. Processes that create it at the same time get the same key.

    Raises PermissionError if others can read the file, ValueError if it does not contain a key.
    """
    path = path or default_path()
    if not path.exists():
        _create(path)
    mode = path.stat().st_mode
    if os.name == "posix" and mode & 0o077:
        raise PermissionError(
            f"{path}: mode {mode & 0o777:04o} lets others read the key, expected 0600; run: chmod 600 {path}"
        )
    key = path.read_bytes()
    if len(key) != SIZE:
        raise ValueError(f"{path}: {len(key)} bytes, expected {SIZE}; move the file away to create a new key")
    return key


def _create(path: Path) -> None:
    """Write a new key to a temporary file and link it into place, so that it appears complete, and only if missing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(8)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(SIZE))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return  # another process was first, and its key is used
    finally:
        temporary.unlink()
