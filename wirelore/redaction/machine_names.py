"""Names that identify the machine and its user."""

import getpass
import socket
from pathlib import Path


def machine_names() -> list[str]:
    """Return the names of the home folder, the user, and the host with and without its domain, sorted."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # the system has no name for this user id
        user = ""
    host = socket.gethostname()
    names = {
        Path.home().name,
        user,
        *(name for form in (host, host.lower()) for name in (form, form.partition(".")[0])),
    }
    return sorted(name for name in names if name)
