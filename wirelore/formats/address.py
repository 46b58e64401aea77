"""Parsing of a recorded URL into the address of a request."""

import re
from typing import NamedTuple

from wirelore.formats.draft import EntryError, quoted
from wirelore.model.codec import octets

_URL = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<authority>[^/?#]*)(?P<target>[^#]*)", re.DOTALL)
_HOST = re.compile(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>\d{1,5}))?\Z", re.DOTALL)
_PORTS = {"https": 443, "http": 80}
_SCHEMES = {"wss": "https", "ws": "http"}


class Address(NamedTuple):
    """The address of a request: scheme, host, port, and the target in origin form."""

    scheme: str
    host: str
    port: int
    target: str


def address(url: object) -> Address:
    """Return the address of an absolute URL, without user names. Raises EntryError."""
    match = _URL.match(url) if isinstance(url, str) else None
    if match is None:
        raise EntryError(f"URL {quoted(url)}", "expected an absolute URL such as https://host/path")
    scheme = _SCHEMES.get(match["scheme"].lower(), match["scheme"].lower())
    authority = match["authority"].rpartition("@")[2]
    host_and_port = _HOST.match(authority)
    port = int(host_and_port["port"]) if host_and_port and host_and_port["port"] else _PORTS.get(scheme, 0)
    host = host_and_port["host"].strip("[]") if host_and_port else authority
    target = octets(match["target"]).decode("latin-1")
    return Address(scheme, host, port, target if target.startswith("/") else "/" + target)
