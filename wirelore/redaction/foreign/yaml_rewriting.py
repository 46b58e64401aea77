"""Redaction of YAML cassettes: converted to JSON, so that the rules apply, and back to YAML.

Strings stay strings and numbers numbers; comments, anchors and quoting styles are lost. Bytes (`!!binary`) become text
in the JSON, decompressed if they are gzip. Bytes that cannot be decompressed are left out, with a note.
"""

import gzip
import json
from typing import Any, ClassVar

import yaml

from wirelore.formats import yaml_text
from wirelore.formats.draft import EntryError
from wirelore.model import codec, encodings

_BYTES = "!!binary"
"""The member of an object that represents bytes: their compression and the text."""
_GZIP = b"\x1f\x8b"
_Loading: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumping: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Loader(_Loading):  # type: ignore[misc]  # the C loader is optional, so its type is unknown
    """A loader of JSON types and bytes; times stay text."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":value"))]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_constructor("!binary", yaml.SafeLoader.construct_yaml_binary)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)


def as_json(content: bytes, notes: list[str]) -> bytes:
    """Return the document as JSON. Raises EntryError if it is not plain YAML."""
    yaml_text.load(content)  # refuses dangerous content before anything is built
    return json.dumps(_plain(yaml.load(content, _Loader), notes)).encode()


def as_yaml(content: bytes) -> bytes:
    """Return the YAML of a document of `as_json`."""
    written: bytes = yaml.dump(
        _restored(codec.loads(content)), Dumper=_Dumping, sort_keys=False, allow_unicode=True, encoding="utf-8"
    )
    return written


def _plain(value: Any, notes: list[str]) -> Any:
    if isinstance(value, bytes):
        packed, text = ("gzip", _decompressed(value, notes)) if value.startswith(_GZIP) else ("", value)
        return {_BYTES: [packed, text.decode("utf-8", "surrogateescape")]}
    if isinstance(value, dict):
        if odd := [name for name in value if not isinstance(name, str)]:
            raise EntryError(f"member name of type {type(odd[0]).__name__}", "expected a string")
        return {name: _plain(item, notes) for name, item in value.items()}
    return [_plain(item, notes) for item in value] if isinstance(value, list) else value


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {_BYTES}:
            packed, text = value[_BYTES]
            content = text.encode("utf-8", "surrogateescape")
            return gzip.compress(content, mtime=0) if packed else content
        return {name: _restored(item) for name, item in value.items()}
    return [_restored(item) for item in value] if isinstance(value, list) else value


def _decompressed(value: bytes, notes: list[str]) -> bytes:
    decoder = encodings.Decoder("gzip")
    try:
        return decoder.feed(value) + decoder.finish()
    except encodings.Undecodable as fault:
        notes.append(f"{len(value)} bytes of gzip left out: {fault}")
        return b""
