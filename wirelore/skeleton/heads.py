"""Masking of header lines and addresses: names stay, and values that belong to the protocol."""

import re
from collections.abc import Callable

from wirelore.model.exchange import Exchange, Message, Request
from wirelore.model.protocol import protocol
from wirelore.model.routes import path_values
from wirelore.redaction.secret_rules import packaged as secret_rules
from wirelore.skeleton.known_names import KnownNames, Node, is_known, known_form
from wirelore.skeleton.substitutes import Substitutes

_FLAG = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_PRODUCT = re.compile(r"[A-Za-z][A-Za-z0-9._-]*(?:/[A-Za-z]+)?(?:/[0-9][0-9A-Za-z.+-]*)?")
_HTTP_DATE = re.compile(r"[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2} GMT")
_NUMBERED = frozenset({"content-length", "retry-after", "age"})
"""Headers of HTTP whose numbers are not content (RFC 9110)."""
_NUMBER = re.compile(r"[0-9]+|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.][0-9]+)?Z")
_SCHEME = re.compile(r"(?i)(?:bearer|basic) +")
_LISTS = frozenset({"accept", "accept-encoding", "connection", "transfer-encoding", "content-encoding", "te", "vary"})
_WORDS = frozenset(
    {"*/*", "application/json", "text/event-stream", "text/html", "text/plain", "application/octet-stream"}
    | {"multipart/form-data", "application/x-www-form-urlencoded", "application/x-jsonl", "charset=utf-8"}
    | {"gzip", "deflate", "br", "zstd", "identity", "*", "keep-alive", "close", "chunked", "trailers", "upgrade"}
    | {"accept-encoding", "origin", "Linux", "MacOS", "Windows", "x64", "arm64", "node", "bun", "deno", "CPython"}
)
"""Words of HTTP (RFC 9110, RFC 9112) and of the platforms that SDKs name."""


class Heads:
    """A masker of header lines, hosts and request targets."""

    def __init__(self, known: KnownNames, substitutes: Substitutes) -> None:
        self._known, self._substitutes = known, substitutes
        self._prefix = re.compile(secret_rules().prefix)

    def lines(self, message: Message, *, trailers: bool = False) -> list[list[str]]:
        """Return the masked header lines, or trailers."""
        side = "request" if isinstance(message, Request) else "response"
        headers = message.trailers if trailers else message.headers
        return [[name, self._value(side, name.lower(), value)] for name, value in headers]

    def host(self, host: str) -> str:
        """Return the masked host name or address; known hosts stay."""
        return host if host in self._known.hosts else self._text(host)

    def target(self, exchange: Exchange) -> str:
        """Return the masked request target."""
        target, request = exchange.request.target, exchange.request
        start = ""
        if request.absolute:
            scheme, _, rest = target.partition("://")
            authority = rest[: len(rest) - len(rest.lstrip("/?"))] or re.split(r"[/?#]", rest)[0]
            masked_scheme = scheme if scheme in ("http", "https") else self._word(scheme)
            start, target = f"{masked_scheme}://{self._authority(authority)}", rest[len(authority) :]
        address, mark, fragment = target.partition("#")
        path, question, query = address.partition("?")
        parameters = self._known.parameters(exchange.operation)
        pairs = (pair.partition("=") for pair in query.split("&"))
        masked_query = "&".join(self._pair(*pair, parameters) for pair in pairs) if question else ""
        return start + self._path(path, exchange, parameters) + question + masked_query + mark + self._text(fragment)

    def _path(self, path: str, exchange: Exchange, parameters: dict[str, list[Node]]) -> str:
        if exchange.operation not in self._known.operations:
            return "/".join(map(self._text, path.split("/")))
        template = exchange.operation.partition(" ")[2].split("/")
        values = path_values(exchange.operation.partition(" ")[2], path)
        parts = path.split("/")
        if len(parts) != len(template):
            return "/".join(map(self._text, parts))
        return "/".join(
            part
            if part == segment
            else self._formed(part, parameters.get(segment.strip("{}"), []))
            if values
            else self._text(part)
            for part, segment in zip(parts, template, strict=True)
        )

    def _pair(self, name: str, equals: str, value: str, parameters: dict[str, list[Node]]) -> str:
        if f"?{name}" not in parameters:
            return self._text(name) + equals + self._text(value)
        return name + equals + self._formed(value, parameters[f"?{name}"])

    def _formed(self, text: str, nodes: list[Node]) -> str:
        if is_known(nodes, text):
            return text
        form = known_form(nodes, text)
        return self._substitutes.formed(text, form) if form else self._text(text)

    def _value(self, side: str, name: str, value: str) -> str:
        nodes = list(self._known.header(side, name))
        if is_known(nodes, value) or self._known.is_version(side, name, value) or _HTTP_DATE.fullmatch(value):
            return value
        if (name in _NUMBERED or name.startswith(protocol().rate_limit_prefix)) and _NUMBER.fullmatch(value):
            return value
        if name == "host":
            return self._authority(value)
        if name == protocol().flags_header:
            return self._parts(
                value, protocol().flag_separator, lambda word: word if _FLAG.fullmatch(word) else self._text(word)
            )
        if name == "user-agent":
            return self._parts(value, " ", lambda word: word if _PRODUCT.fullmatch(word) else self._text(word))
        if name == "content-type":
            return self._content_type(value)
        if name in _LISTS:
            return self._parts(value, ",", self._word)
        form = known_form(nodes, value)
        return self._substitutes.formed(value, form) if form else self._credential(value)

    def _content_type(self, value: str) -> str:
        """Mask a media type; the boundary of a multipart body stays, because it is random and the body contains it."""
        essence, semicolon, rest = value.partition(";")
        if rest.strip().lower().startswith("boundary=") and essence.strip().lower().startswith("multipart/"):
            return self._word(essence) + semicolon + rest
        return self._word(essence) + semicolon + self._parts(rest, ";", self._word)

    def _credential(self, value: str) -> str:
        """Mask a credential; its scheme and its token prefix stay."""
        if value in _WORDS:
            return value
        scheme = _SCHEME.match(value)
        start = scheme.end() if scheme else 0
        secret = value[start:]
        prefix = self._prefix.match(secret)
        size = prefix.end() if prefix and prefix.end() else len(self._known.prefix(secret))
        if size:
            return value[:start] + self._substitutes.with_prefix(secret.encode("latin-1", "replace"), size).decode(
                "latin-1"
            )
        return value[:start] + self._text(secret)

    def _authority(self, value: str) -> str:
        host, colon, port = value.partition(":") if value.count(":") == 1 else (value, "", "")
        return self.host(host) + colon + (port if port.isdigit() else self._text(port))

    def _parts(self, value: str, separator: str, mask: Callable[[str], str]) -> str:
        words = []
        for part in value.split(separator):
            word = part.strip()
            words.append(part.replace(word, mask(word)) if word else part)
        return separator.join(words)

    def _word(self, word: str) -> str:
        bare = word.strip()
        return word if bare in _WORDS or bare.lower() in _WORDS or not bare else word.replace(bare, self._text(bare))

    def _text(self, text: str) -> str:
        return self._substitutes.text(text.encode("utf-8", "surrogateescape"), len(text)).decode()
