"""The hosts that are recorded: those of the route table and those that the user adds."""

import re
from collections.abc import Iterable

_PATTERN = re.compile(r"\*|(?:\*?\.)?[\w-]+(?:\.[\w-]+)*\.?|[0-9a-fA-F:]*:[0-9a-fA-F:.]*")


def is_pattern(text: str) -> bool:
    """Return True for a host name, an address, or a pattern of `Hosts`; false for a URL or a name with a port."""
    return _PATTERN.fullmatch(text.strip()) is not None


class Hosts:
    """A list of host names; `*.example.com` and `.example.com` match every subdomain, `*` matches every host."""

    def __init__(self, patterns: Iterable[str]) -> None:
        names = {pattern.strip().lower().rstrip(".") for pattern in patterns} - {""}
        self.patterns = tuple(sorted(names))
        self._all = "*" in names
        self._exact = frozenset(name for name in names if name[0] not in "*.")
        self._suffixes = tuple("." + name.lstrip("*.") for name in names if name[0] in "*." and name != "*")

    def __contains__(self, host: object) -> bool:
        """Return True if a pattern matches the host, ignoring case."""
        if not isinstance(host, str) or not host:
            return False
        name = host.lower().rstrip(".")
        return self._all or name in self._exact or name.endswith(self._suffixes or ("\0",))
