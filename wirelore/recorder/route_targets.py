"""Parsing of the routes from recorded hosts to servers on loopback."""

from typing import NamedTuple

from wirelore.recorder.loopback import is_loopback


class Target(NamedTuple):
    """The server to which a host is routed."""

    host: str
    port: int
    tls: bool


def targets(text: str) -> dict[str, Target]:
    """Return the targets by lower-case host name; the name `""` matches every host.

    `text` is `[NAME=][http://|https://]HOST:PORT`, several separated by commas. Raises ValueError for any other form,
    and for a HOST beyond loopback: credentials must not go to a machine that the client does not intend.
    """
    targets_by_name: dict[str, Target] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, separator, place = part.rpartition("=")
        scheme, _, authority = place.rpartition("://")
        host, _, port = authority.rpartition(":")
        if scheme not in ("", "http", "https") or not host or not port.isdigit() or (separator and not name):
            raise ValueError(f"{part!r} is not [NAME=][http://|https://]HOST:PORT")
        host = host.strip("[]")
        if not is_loopback(host):
            raise ValueError(f"{part!r}: {host} is not on this machine; expected a loopback address such as 127.0.0.1")
        targets_by_name[name.strip().lower()] = Target(host, int(port), scheme == "https")
    return targets_by_name
