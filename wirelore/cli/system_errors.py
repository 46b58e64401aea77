"""One line for an error of the operating system: the file or address, the cause in words, and the remedy."""

import errno
from pathlib import Path

_TEXTS = {
    errno.EACCES: "permission denied; check the permissions of the file and its folder",
    errno.EADDRINUSE: "address already in use; stop the program that uses it, or choose another port",
    errno.EADDRNOTAVAIL: "not an address of this machine; use 127.0.0.1",
    errno.ECONNREFUSED: "connection refused; check that the server is running",
    errno.EDQUOT: "disk quota exceeded; free some space and repeat the command",
    errno.EEXIST: "already exists; choose another name",
    errno.EISDIR: "a folder, expected a file",
    errno.ELOOP: "too many symbolic links; check for a link that points to itself",
    errno.EMFILE: "too many open files; raise the limit (ulimit -n)",
    errno.ENAMETOOLONG: "name too long; most file systems allow 255 bytes",
    errno.ENOENT: "no such file or folder",
    errno.ENOSPC: "no space left on the disk; free some space and repeat the command",
    errno.ENOTDIR: "a file, expected a folder",
    errno.ENOTEMPTY: "folder is not empty; choose another one",
    errno.EPERM: "operation not permitted; check the owner and the permissions",
    errno.EROFS: "read-only file system; choose another folder",
}
_LONGEST = 80


def describe(error: OSError) -> str:
    """Return the message of an error: without its number, and with its path shortened to 80 characters.

    An error that has no number was raised with a message for the user, which is returned as it is.
    """
    if error.errno is None or error.strerror is None:
        return str(error)
    path = error.filename
    if error.errno == errno.EEXIST and path is not None and Path(path).is_file():
        text = _TEXTS[errno.ENOTDIR]
    else:
        text = _TEXTS.get(error.errno) or error.strerror[:1].lower() + error.strerror[1:]
    if path is None:
        return text if error.errno in _TEXTS else str(error.strerror)
    return f"{_shortened(str(path))}: {text}"


def _shortened(path: str) -> str:
    return path if len(path) <= _LONGEST else f"{path[: _LONGEST // 2]}…{path[-_LONGEST // 2 + 1 :]}"
