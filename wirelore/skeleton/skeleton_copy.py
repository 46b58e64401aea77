"""The receipt of a capture: a copy with its structure, names, sizes, steps and times, and without any content.

What the schemas know stays (`_receipt_known`), everything else is a keyed hash of the same length (`_receipt_values`).
Header names, the numbers of known members and all times are kept as they are. A receipt is a capture like any other.
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
from wirelore.skeleton.substitutes import StandIns
from wirelore.store.files import create
from wirelore.store.index import entry_of
from wirelore.store.reader import INDEX, MANIFEST, Capture
from wirelore.store.rendering import rendered

_OWN = re.compile(r"[a-z][a-z0-9_-]{0,40}")
"""Names that the recorder gives: of counts, of kinds, of members."""
_VERSION = re.compile(r"[0-9][0-9A-Za-z.+-]{0,30}")
_FACT = re.compile(r"[a-z]{2,10}[0-9]{2}|jwt|opaque|Bearer|Basic|S256")
_PROTOCOL = re.compile(r"(?:HTTP/|h|TLSv|QUIC)?[0-9.c]{0,4}|http/[0-9.]{1,4}|")
_CLIENT = re.compile(r"[A-Za-z][A-Za-z0-9._-]*(?:/[A-Za-z]+)?(?:/[0-9][0-9A-Za-z.+-]*)?")
_ORIGINS = ("recorded", "stand-in", "har", "vcr", "mitmproxy", "claude-trace", "sse", "json")
_ENCODINGS = re.compile(r"(?:(?:gzip|x-gzip|deflate|br|zstd|identity)(?:, )?)+")
_METHOD, _SCHEME = re.compile("[A-Z]{1,10}"), re.compile("https?|wss?")
_REASON = re.compile("[A-Z][A-Za-z -]{0,30}|")
_UNDECODED = "its content-encoding could not be undone"
_KEPT = ("format", "id", "sequence", "started_us", "started", "category")
_SAID = frozenset(
    {
        *_KEPT,
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
    """Writes the receipt of a capture into a new or empty folder, and returns how many exchanges it has.

    Raises FileExistsError if anything is in the folder, and Unreadable if a part of the source cannot be read.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise FileExistsError(f"{folder}: is not empty; choose another name, or move away what is in it")
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
    """What is common to the exchanges of a receipt."""

    def __init__(self, key: bytes) -> None:
        self._stands = StandIns(key)
        self._heads = Heads(known(), self._stands)
        self._bodies = Bodies(known(), self._stands)

    def exchange(self, capture: Capture, name: str, folder: Path) -> dict[str, Any]:
        """Writes an exchange and returns its document."""
        self._stands.made = set()
        exchange = capture.exchange(name)
        said = codec.loads((capture.folder / name / "exchange.json").read_bytes())
        place = folder / name
        place.mkdir(mode=0o700, parents=True)
        place.parent.chmod(0o700)
        document = self._document(said, exchange)
        for side, masked in (("request", self._bodies.request), ("response", self._bodies.response)):
            message = document[side]
            if message and message["body"]:
                content = masked(exchange)
                message["body"]["sha256"] = hashlib.sha256(content).hexdigest()
                with create(place / f"{side}.body") as stream:
                    stream.write(content)
        kept = [one for one in said.get("pseudonyms", ()) if re.fullmatch("[0-9a-f]{8}", str(one))]
        document["pseudonyms"] = sorted({*digests(self._stands.made), *kept})
        with create(place / "exchange.json") as stream:
            stream.write(rendered(document))
        return document

    def manifest(self, said: Mapping[str, Any], index: str, key_id: str) -> dict[str, Any]:
        """The manifest of the receipt, after that of its source."""
        self._stands.made = set()
        redaction = said.get("redaction", {})
        kept = ("format", "status", "started", "ended")
        own = {"redaction", "clients", "tool", "options", "index_sha256", "receipt", "receipt_key"}
        return {
            **{name: self._any(one) for name, one in said.items() if name not in (*kept, *own)},
            **{name: said[name] for name in kept if name in said},
            "clients": [one if _CLIENT.fullmatch(one) else self._text(one) for one in said.get("clients", ())],
            "tool": {
                name: self._if(_VERSION, one) for name, one in said.get("tool", {}).items() if _OWN.fullmatch(name)
            },
            "options": self._options(said.get("options", {})),
            "redaction": {
                "policy": self._if(_VERSION, redaction.get("policy", "")),
                "replaced": self._any(redaction.get("replaced", {})),
                "pseudonyms": digests(self._stands.made),
                **({"key": redaction["key"]} if re.fullmatch("[0-9a-f]{8}|once", str(redaction.get("key"))) else {}),
            },
            "index_sha256": index,
            "receipt": True,
            "receipt_key": key_id,
        }

    def _options(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Of the options those that say how it was recorded, and of the hosts those that everybody knows."""
        kept: dict[str, Any] = {}
        if isinstance(said.get("backlog"), int):
            kept["backlog"] = said["backlog"]
        for name, choices in (("answered_by", ("service", "stand-in")), ("command", ("import",)), ("format", _ORIGINS)):
            kept |= {name: said[name]} if said.get(name) in choices else {}
        if isinstance(labels := said.get("labels"), dict):
            kept["labels"] = self._labels(labels)
        hosts = said.get("hosts")
        return kept | ({"hosts": list(map(self._heads.host, hosts))} if isinstance(hosts, list) else {})

    def _labels(self, said: Mapping[str, Any]) -> dict[str, str]:
        """The labels, by which recordings of one scenario are found again; its name is the user's own."""
        told = ("client", "version", "scenario", "repeat")
        return {name: self._if(_VERSION, one) for name, one in said.items() if name in told}

    def _document(self, said: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        more = {name: self._any(one) for name, one in said.items() if name not in (*_SAID, "pseudonyms")}
        return {
            **more,
            **{name: said[name] for name in _KEPT},
            "absent": [one for one in said["absent"] if _OWN.fullmatch(one)],
            "redactions": self._any(said["redactions"]),
            "tags": [one for one in said["tags"] if _OWN.fullmatch(one)],
            "operation": said["operation"] if said["operation"] in known().operations else "",
            "origin": said["origin"] if said["origin"] in _ORIGINS else "recorded",
            "source": self._source(exchange.source),
            "connection": {name: self._connection(name, one) for name, one in said["connection"].items()},
            "request": self._request(said["request"], exchange),
            "response": self._response(said["response"], exchange.response) if exchange.response else None,
            "end": {**said["end"], "cause": exchange.end.cause, "message": self._text(exchange.end.message)},
            "facts": self._facts(said["facts"]),
        }

    def _request(self, said: Mapping[str, Any], exchange: Exchange) -> dict[str, Any]:
        request = exchange.request
        return {
            "method": self._if(_METHOD, request.method),
            "scheme": self._if(_SCHEME, request.scheme),
            "host": self._heads.host(request.host),
            "port": request.port,
            "target": self._heads.target(exchange),
            **self._message(said, request),
        }

    def _response(self, said: Mapping[str, Any], response: Response) -> dict[str, Any]:
        return {
            "status": response.status,
            "reason": self._if(_REASON, response.reason),
            "head_us": said["head_us"],
            **self._message(said, response),
        }

    def _message(self, said: Mapping[str, Any], message: Message) -> dict[str, Any]:
        body = said["body"]
        if body:
            encoding, undecoded = body["encoding"], body["undecoded"]
            shown = encoding if encoding is None or _ENCODINGS.fullmatch(encoding) else self._text(encoding)
            body = {**body, "encoding": shown, "undecoded": undecoded and _UNDECODED}
        return {
            "http_version": self._if(_PROTOCOL, message.http_version),
            "headers": self._heads.lines(message),
            "trailers": self._heads.lines(message, trailers=True),
            "body": body,
        }

    def _connection(self, name: str, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        return self._heads.host(value) if name in ("sni", "server_name") else self._if(_PROTOCOL, value)

    def _facts(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._facts(one) for name, one in value.items()}
        return self._if(_FACT, value) if isinstance(value, str) else value

    def _source(self, source: str) -> str:
        """The file's name masked; the number of the entry stays, as headers are compared along it."""
        file, hash_sign, number = source.rpartition("#")
        return self._text(file) + hash_sign + number if number.isdigit() else self._text(source)

    def _any(self, value: Any) -> Any:
        """A note of the writer: its own names and numbers stay, no text does."""
        if isinstance(value, dict):
            return {name if _OWN.fullmatch(name) else self._text(name): self._any(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self._any(one) for one in value]
        return self._text(value) if isinstance(value, str) else value

    def _if(self, kept: re.Pattern[str], value: Any) -> str:
        text = str(value)
        return text if kept.fullmatch(text) else self._text(text)

    def _text(self, text: str) -> str:
        return self._stands.text(text.encode("utf-8", "surrogatepass"), len(text)).decode()
