"""The OpenAPI document of captures, as data."""

import os
from typing import Any

from wirelore.library.captures import Source, library, open_all
from wirelore.pages.bundle import openapi_of
from wirelore.store.reader import Unreadable


def openapi(
    source: Source,
    *,
    version: str = "3.1",
    captures: str | os.PathLike[str] | None = None,
    schemas: str | os.PathLike[str] | None = None,
    problems: list[str] | None = None,
) -> dict[str, Any]:
    """Return the OpenAPI document of captures; it marks what was observed and what is only claimed.

    `version` is `3.1` or `3.2`. The same captures give the same document. Parts that cannot be read are appended to
    `problems`; if it is None they raise Unreadable. Raise ValueError for any other version.

    >>> import wirelore
    >>> sorted(wirelore.openapi("captures/samples/messages"))[:3]
    ['components', 'info', 'openapi']
    """
    if version not in ("3.1", "3.2"):
        raise ValueError(f"version {version!r}: expected 3.1 or 3.2")
    chosen = library(schemas)
    document, broken = openapi_of(open_all(source, captures=captures, schemas=schemas), chosen, version)
    if broken and problems is None:
        raise Unreadable(broken[0])
    if problems is not None:
        problems += broken
    return document
