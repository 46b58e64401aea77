"""Where recorded hosts are sent instead: servers on loopback, as the option for it has them."""

from typing import NamedTuple

from wirelore.recorder.loopback import is_loopback


class Target(NamedTuple):
    """Where a host is sent."""

    host: str
    port: int
    tls: bool


def targets(text: str) -> dict[str, Target]:
    """The targets by lower-case host name, `""` for every host.

    `text` is `[NAME=][http://|https://]HOST:PORT`, several separated by commas. Raises ValueError for anything
    else, and for a HOST beyond loopback: credentials go to no other machine than the client means.
    """
    found: dict[str, Target] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, separator, place = part.rpartition("=")
        scheme, _, authority = place.rpartition("://")
        host, _, port = authority.rpartition(":")
        if scheme not in ("", "http", "https") or not host or not port.isdigit() or (separator and not name):
            raise ValueError(f"{part!r} is not [NAME=][http://|https://]HOST:PORT")
        host = host.strip("[]")
        if not is_loopback(host):
            raise ValueError(f"{part!r}: {host} is not on this machine; expected a loopback address such as 127.0.0.1")
        found[name.strip().lower()] = Target(host, int(port), scheme == "https")
    return found
