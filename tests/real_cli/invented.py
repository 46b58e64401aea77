"""Fake secrets for the CLI, which must not occur in a capture.

They are computed, so that no file contains anything that looks like a credential. They have no common parts, so that
any part of one in a capture is a leak.
"""

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

PART = 12
"""The number of characters of a secret that count as a leak."""


def _letters(name: str, size: int) -> str:
    return base64.urlsafe_b64encode(hashlib.shake_256(name.encode()).digest(size)).decode()[:size]


def _uuid(name: str) -> str:
    text = hashlib.sha256(name.encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"


@dataclass(frozen=True)
class Token:
    """A credential with the prefix of its kind and its secret core."""

    prefix: str
    core: str

    def __str__(self) -> str:
        return self.prefix + self.core


API_KEY = Token("sk-ant-api03-", "FAKE-" + _letters("key", 88))
OLD_ACCESS = Token("sk-ant-oat01-", "FAKE-" + _letters("old access", 88))
OLD_REFRESH = Token("sk-ant-ort01-", "FAKE-" + _letters("old refresh", 88))
NEW_ACCESS = Token("sk-ant-oat01-", "FAKE-" + _letters("new access", 88))
NEW_REFRESH = Token("sk-ant-ort01-", "FAKE-" + _letters("new refresh", 88))
TOKENS = {"key": API_KEY, "oat1": OLD_ACCESS, "ort1": OLD_REFRESH, "oat2": NEW_ACCESS, "ort2": NEW_REFRESH}

USER_ID = hashlib.sha256(b"user").hexdigest()
SESSION, ACCOUNT, ORGANISATION = _uuid("session"), _uuid("account"), _uuid("organisation")
EMAIL = "zebulon.fictive@mail.example"
PERSON = "Zebulon Fictive"
HOME = "zebulon77"
IDS = {
    "user id": USER_ID,
    "session": SESSION,
    "account": ACCOUNT,
    "organisation": ORGANISATION,
    "e-mail": EMAIL,
    "person": PERSON,
    "home": HOME,
}


def oauth(access: Token = OLD_ACCESS, refresh: Token = OLD_REFRESH, *, expires_in_s: int) -> dict[str, Any]:
    """Return a subscription's credentials in the CLI's form, expired if `expires_in_s` is negative."""
    return {
        "accessToken": str(access),
        "refreshToken": str(refresh),
        "expiresAt": int((time.time() + expires_in_s) * 1000),
        "scopes": ["user:inference", "user:profile"],
        "subscriptionType": "max",
        "rateLimitTier": "default_claude_max_5x",
    }


def parts() -> Iterator[tuple[str, bytes]]:
    """Yield all forms of all parts of the secrets that must not occur, with the secret's name."""
    for name, token in TOKENS.items():
        core = token.core.removeprefix("FAKE-")
        for start in range(0, len(core) - PART + 1):
            yield from forms(name, core[start : start + PART])
    for name, value in IDS.items():
        yield from forms(name, value)


def forms(name: str, text: str) -> Iterator[tuple[str, bytes]]:
    """Yield all forms of a text, with the name; base64 at each of its three alignments."""
    raw = text.encode()
    yield name, raw
    for form in {quote(text, safe=""), json.dumps(text)[1:-1], text.upper(), text.lower()} - {text}:
        yield f"{name}, written otherwise", form.encode()
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            # Without the characters that neighbours have a share in.
            inner = encode(b"\0" * shift + raw)[(shift * 8 + 5) // 6 : (shift + len(raw)) * 8 // 6]
            yield f"{name}, base64", inner
