"""The names by which a machine and its user could be recognised."""

import getpass
import socket
from pathlib import Path


def machine_names() -> list[str]:
    """The home folder's name, the user's, and the machine's with and without its domain, sorted."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # the system has no name for this user id
        user = ""
    host = socket.gethostname()
    names = {
        Path.home().name,
        user,
        *(name for each in (host, host.lower()) for name in (each, each.partition(".")[0])),
    }
    return sorted(name for name in names if name)
