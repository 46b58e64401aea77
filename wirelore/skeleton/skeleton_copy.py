"""Skeleton copies: the receipt of a capture, with its structure, names, sizes, steps and times, but without content.

Names and values that the schemas know stay (`known_names`); all others become keyed hashes of the same length
(`substitutes`). Header names, numbers of known members and all times stay. A receipt is a capture in the usual format.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from wirelore.model import codec
from wirelore.model.exchange import Exchange, Message, Response
from wirelore.redaction.pseudonym_digests import digests
from wirelore.skeleton.bodies import Bodies
from wirelore.skeleton.heads import Heads
from wirelore.skeleton.known_names import known
from wirelore.skeleton.substitutes import Substitutes
from wirelore.store.files import create
from wirelore.store.index import entry_of
from wirelore.store.reader import INDEX, MANIFEST, Capture
from wirelore.store.rendering import rendered

_OWN = re.compile(r"[a-z][a-z0-9_-]{0,40}")
"""Names that the recorder assigns, of counts, kinds and members."""
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+-]{0,30}")
_FACT = re.compile(r"[a-z]{2,10}[0-9]{2}|jwt|opaque|Bearer|Basic|S256")
_PROTOCOL = re.compile(r"(?:HTTP/|h|TLSv|QUIC)?[0-9.c]{0,4}|http/[0-9.]{1,4}|")
_CLIENT = re.compile(r"[A-Za-z][A-Za-z0-9._-]*(?:/[A-Za-z]+)?(?:/[0-9][0-9A-Za-z.+-]*)?")
_ORIGINS = ("recorded", "stand-in", "har", "vcr", "mitmproxy", "claude-trace", "sse", "json")
_ENCODINGS = re.compile(r"(?:(?:gzip|x-gzip|deflate|br|zstd|identity)(?:, )?)+")
_METHOD, _SCHEME = re.compile("[A-Z]{1,10}"), re.compile("https?|wss?")
_REASON = re.compile("[A-Z][A-Za-z -]{0,30}|")
_UNDECODED = "its content-encoding could not be decoded"
_UNCHANGED = ("format", "id", "sequence", "started_us", "started", "category")
"""Members of an exchange that are copied unchanged."""
_KNOWN_MEMBERS = frozenset(
    {
        *_UNCHANGED,
        "absent",
        "redactions",
        "tags",
        "operation",
        "origin",
        "source",
        "connection",
        "request",
        "response",
        "end",
        "facts",
    }
)


def write(capture: Capture, folder: Path, key: bytes, key_id: str) -> int:
    """Write the receipt of a capture to a new or empty folder, and return the number of exchanges.

    Raise FileExistsError if the folder is not empty, and Unreadable if a part of the source cannot be read.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise FileExistsError(f"{folder}: folder is not empty; choose another folder, or empty it")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    receipt, lines, index = _Receipt(key), 0, hashlib.sha256()
    with create(folder / INDEX) as stream:
        for entry in capture.index():
            document = receipt.exchange(capture, entry["id"], folder)
            line = codec.line(entry_of(document)) + b"\n"
            stream.write(line)
            index.update(line)
            lines += 1
    with create(folder / MANIFEST) as stream:
        stream.write(codec.pretty(receipt.manifest(capture.manifest, index.hexdigest(), key_id)))
    return lines


class _Receipt:
    """The state that the exchanges of a receipt share."""

    def __init__(self, key: bytes) -> None:
        self._substitutes = Substitutes(key)
        self._heads = Heads(known(), self._substitutes)
        self._bodies = Bodies(known(), self._substitutes)

    def exchange(self, capture: Capture, name: str, folder: Path) -> dict[str, Any]:
        """Write an exchange and return its document."""
        self._substitutes.issued = set()
        exchange = capture.exchange(name)
        original = codec.loads((capture.folder / name / "exchange.json").read_bytes())
        exchange_folder = folder / name
        exchange_folder.mkdir(mode=0o700, parents=True)
        exchange_folder.parent.chmod(0o700)
        document = self._document(original, exchange)
        for side, mask in (("request", self._bodies.request), ("response", self._bodies.response)):
            message = document[side]
            if message and message["body"]:
                content = mask(exchange)
                message["body"]["sha256"] = hashlib.sha256(content).hexdigest()
                with create(exchange_folder / f"{side}.body") as stream:
                    stream.write(content)
        pseudonyms = [digest for digest in original.get("pseudonyms", ()) if re.fullmatch("[0-9a-f]{8}", str(digest))]
        document["pseudonyms"] = sorted({*digests(self._substitutes.issued), *pseudonyms})
        with create(exchange_folder / "exchange.json") as stream:
            stream.write(rendered(document))
        return document

    def manifest(self, original: Mapping[str, Any], index: str, key_id: str) -> dict[str, Any]:
        """Return the manifest of the receipt, made from that of the source."""
        self._substitutes.issued = set()
        redaction = original.get("redaction", {})
        unchanged = ("format", "status", "started", "ended")
        own = {"redaction", "clients", "tool", "options", "index_sha256", "receipt", "receipt_key"}
        tool = original.get("tool", {})
        return {
            **{name: self._any(value) for name, value in original.items() if name not in (*unchanged, *own)},
            **{name: original[name] for name in unchanged if name in original},
            "clients": [self._masked_unless(_CLIENT, client) for client in original.get("clients", ())],
            "tool": {
                name: self._masked_unless(_VERSION, version) for name, version in tool.items() if _OWN.fullmatch(name)
            },
            "options": self._options(original.get("options", {})),
            "redaction": {
                "policy": self._masked_unless(_VERSION, redaction.get("policy", "")),
                "replaced": self._any(redaction.get("replaced", {})),
                "pseudonyms": digests(self._substitutes.issued),
                **({"key": redaction["key"]} if re.fullmatch("[0-9a-f]{8}|once", str(redaction.get("key"))) else {}),
            },
            "index_sha256": index,
            "receipt": True,
            "receipt_key": key_id,
        }

    def _options(self, original: Mapping[str, Any]) -> dict[str, Any]:
        """Return the options that describe the recording, with unknown hosts masked."""
        options: dict[str, Any] = {}
        if isinstance(original.get("backlog"), int):
            options["backlog"] = original["backlog"]
        for name, choices in (("answered_by", ("service", "stand-in")), ("command", ("import",)), ("format", _ORIGINS)):
            options |= {name: original[name]} if original.get(name) in choices else {}
        if isinstance(labels := original.get("labels"), dict):
            options["labels"] = self._labels(labels)
        hosts = original.get("hosts")
        return options | ({"hosts": list(map(self._heads.host, hosts))} if isinstance(hosts, list) else {})

    def _labels(self, original: Mapping[str, Any]) -> dict[str, str]:
        """Return the labels with masked names; equal scenarios have equal labels, so recordings can be grouped."""
        names = ("client", "version", "scenario", "repeat")
        return {name: self._masked_unless(_VERSION, value) for name, value in original.items() if name in names}

    def _document(self, original: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        others = (name for name in original if name not in (*_KNOWN_MEMBERS, "pseudonyms"))
        return {
            **{name: self._any(original[name]) for name in others},
            **{name: original[name] for name in _UNCHANGED},
            "absent": [part for part in original["absent"] if _OWN.fullmatch(part)],
            "redactions": self._any(original["redactions"]),
            "tags": [tag for tag in original["tags"] if _OWN.fullmatch(tag)],
            "operation": original["operation"] if original["operation"] in known().operations else "",
            "origin": original["origin"] if original["origin"] in _ORIGINS else "recorded",
            "source": self._source(exchange.source),
            "connection": {name: self._connection(name, value) for name, value in original["connection"].items()},
            "request": self._request(original["request"], exchange),
            "response": self._response(original["response"], exchange.response) if exchange.response else None,
            "end": {**original["end"], "cause": exchange.end.cause, "message": self._text(exchange.end.message)},
            "facts": self._facts(original["facts"]),
        }

    def _request(self, original: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        request = exchange.request
        return {
            "method": self._masked_unless(_METHOD, request.method),
            "scheme": self._masked_unless(_SCHEME, request.scheme),
            "host": self._heads.host(request.host),
            "port": request.port,
            "target": self._heads.target(exchange),
            **self._message(original, request),
        }

    def _response(self, original: Mapping[str, Any], response: Response) -> dict[str, Any]:
        return {
            "status": response.status,
            "reason": self._masked_unless(_REASON, response.reason),
            "head_us": original["head_us"],
            **self._message(original, response),
        }

    def _message(self, original: Mapping[str, Any], message: Message) -> dict[str, Any]:
        body = original["body"]
        if body:
            encoding, undecoded = body["encoding"], body["undecoded"]
            masked_encoding = None if encoding is None else self._masked_unless(_ENCODINGS, encoding)
            body = {**body, "encoding": masked_encoding, "undecoded": undecoded and _UNDECODED}
        return {
            "http_version": self._masked_unless(_PROTOCOL, message.http_version),
            "headers": self._heads.lines(message),
            "trailers": self._heads.lines(message, trailers=True),
            "body": body,
        }

    def _connection(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return self._heads.host(value) if name in ("sni", "server_name") else self._masked_unless(_PROTOCOL, value)

    def _facts(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._facts(fact) for name, fact in value.items()}
        return self._masked_unless(_FACT, value) if isinstance(value, str) else value

    def _source(self, source: str) -> str:
        """Mask the file name; the number of the entry stays, because headers are compared by it."""
        file, hash_sign, number = source.rpartition("#")
        return self._text(file) + hash_sign + number if number.isdigit() else self._text(source)

    def _any(self, value: Any) -> Any:
        """Mask the texts in a note of the writer; the names that the recorder assigns and all numbers stay."""
        if isinstance(value, dict):
            return {self._masked_unless(_OWN, name): self._any(member) for name, member in value.items()}
        if isinstance(value, list):
            return [self._any(element) for element in value]
        return self._text(value) if isinstance(value, str) else value

    def _masked_unless(self, harmless: re.Pattern[str], value: Any) -> str:
        """Return the value as text, masked unless it matches the pattern."""
        text = str(value)
        return text if harmless.fullmatch(text) else self._text(text)

    def _text(self, text: str) -> str:
        return self._substitutes.text(text.encode("utf-8", "surrogatepass"), len(text)).decode()
