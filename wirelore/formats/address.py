"""The address of a request, taken apart from the URL that a recording names."""

import re
from typing import NamedTuple

from wirelore.formats.draft import EntryError, quoted
from wirelore.model.codec import octets

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<target>[^#]*)", re.DOTALL)
_HOST = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>\d{1,5}))?\Z", re.DOTALL)
_PORTS = {"https": 443, "http": 80}
_SCHEMES = {"wss": "https", "ws": "http"}


class Address(NamedTuple):
    """Where a request went: scheme, host, port, and the target in origin form."""

    scheme: str
    host: str
    port: int
    target: str


def address(url: object) -> Address:
    """The address of an absolute URL; user names in it are dropped. Raises EntryError."""
    match = _URL.match(url) if isinstance(url, str) else None
    if match is None:
        raise EntryError(f"URL {quoted(url)}", "expected an absolute URL such as https://host/path")
    scheme = _SCHEMES.get(match["scheme"].lower(), match["scheme"].lower())
    authority = match["authority"].rpartition("@")[2]
    place = _HOST.match(authority)
    port = int(place["port"]) if place and place["port"] else _PORTS.get(scheme, 0)
    host = place["host"].strip("[]") if place else authority
    target = octets(match["target"]).decode("latin-1")
    return Address(scheme, host, port, target if target.startswith("/") else "/" + target)
