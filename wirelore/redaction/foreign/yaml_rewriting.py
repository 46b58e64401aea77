"""YAML cassettes written anew: as JSON on the way, so that the rules read them, and as YAML again.

Texts stay texts and numbers numbers; comments, anchors and the way strings were quoted do not come back. Bytes
(`!!binary`) are text while they are JSON, unpacked if they were packed with gzip; what cannot be unpacked cannot be
read, so it is left out, and that is noted.
"""

import gzip
import json
from typing import Any, ClassVar

import yaml

from wirelore.formats import yaml_text
from wirelore.formats.draft import EntryError
from wirelore.model import codec, encodings

_BYTES = "!!binary"
"""The member of the object that stands for bytes: how they were packed, and the text."""
_GZIP = b"\x1f\x8b"
_Loading: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Dumping: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Loader(_Loading):  # type: ignore[misc]  # the C loader is there or not, so its type is not known
    """Builds what JSON has, and bytes; a time is text as written."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":value"))]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


_Loader.add_constructor("!binary", yaml.SafeLoader.construct_yaml_binary)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)


def as_json(content: bytes, notes: list[str]) -> bytes:
    """The document as JSON. Raises EntryError if it is no plain YAML."""
    yaml_text.load(content)  # refuses what is dangerous, before anything is built
    return json.dumps(_plain(yaml.load(content, _Loader), notes)).encode()


def as_yaml(content: bytes) -> bytes:
    """The YAML of what `as_json` gave, changed or not."""
    written: bytes = yaml.dump(
        _restored(codec.loads(content)), Dumper=_Dumping, sort_keys=False, allow_unicode=True, encoding="utf-8"
    )
    return written


def _plain(value: Any, notes: list[str]) -> Any:
    if isinstance(value, bytes):
        packed, text = ("gzip", _unpacked(value, notes)) if value.startswith(_GZIP) else ("", value)
        return {_BYTES: [packed, text.decode("utf-8", "surrogateescape")]}
    if isinstance(value, dict):
        if odd := [name for name in value if not isinstance(name, str)]:
            raise EntryError(f"a member that is called by {type(odd[0]).__name__}", "expected names that are text")
        return {name: _plain(one, notes) for name, one in value.items()}
    return [_plain(one, notes) for one in value] if isinstance(value, list) else value


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == {_BYTES}:
            packed, text = value[_BYTES]
            content = text.encode("utf-8", "surrogateescape")
            return gzip.compress(content, mtime=0) if packed else content
        return {name: _restored(one) for name, one in value.items()}
    return [_restored(one) for one in value] if isinstance(value, list) else value


def _unpacked(value: bytes, notes: list[str]) -> bytes:
    decoder = encodings.Decoder("gzip")
    try:
        return decoder.feed(value) + decoder.finish()
    except encodings.Undecodable as fault:
        notes.append(f"{len(value)} bytes of gzip were left out: {fault}")
        return b""
