"""The key of the pseudonyms: the user's own, made on first use; a team's, in a file; or one for once, kept nowhere."""

import hashlib
import hmac
import os
import secrets
from pathlib import Path
from typing import NamedTuple

SIZE = 32
"""The length of a key in bytes."""

ONCE = "once"
"""The id of a key that nobody can have again."""


class Key(NamedTuple):
    """A key, and the id by which a manifest names it."""

    secret: bytes
    id: str


def chosen(path: Path | None = None, *, once: bool = False) -> Key:
    """The key for a capture: that of the file, the user's own without one, or with `once` a new one that is not kept.

    Raises what `load` raises.
    """
    if once:
        return Key(secrets.token_bytes(SIZE), ONCE)
    secret = load(path)
    return Key(secret, id_of(secret))


def id_of(secret: bytes) -> str:
    """Eight digits that tell one key from another, and nothing about it."""
    return hmac.new(secret, b"key id", hashlib.sha256).hexdigest()[:8]


def default_path() -> Path:
    """Where the user's key lies: in XDG_DATA_HOME, or ~/.local/share (XDG Base Directory Specification)."""
    base = os.environ.get("XDG_DATA_HOME", "")
    folder = Path(base) if Path(base).is_absolute() else Path.home() / ".local" / "share"
    return folder / "wirelore" / "redaction.key"


def load(path: Path | None = None) -> bytes:
    """The key in `path`, made if there is none; of several processes that make it at once, all get the same.

    Raises PermissionError if others may read the file, ValueError if it holds no key.
    """
    path = path or default_path()
    if not path.exists():
        _make(path)
    mode = path.stat().st_mode
    if os.name == "posix" and mode & 0o077:
        raise PermissionError(f"{path}: mode {mode & 0o777:04o}, others may read the key; run: chmod 600 {path}")
    key = path.read_bytes()
    if len(key) != SIZE:
        raise ValueError(f"{path}: {len(key)} bytes, a key has {SIZE}; move the file away to have a new key made")
    return key


def _make(path: Path) -> None:
    """Writes a new key aside and links it into place, so that the file appears whole, and only if there is none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(8)}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(secrets.token_bytes(SIZE))
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(aside, path)
        except FileExistsError:
            return  # another process was first: its key is the key
    finally:
        aside.unlink()
