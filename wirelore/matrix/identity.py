"""A test identity: invented credentials and ids for an agent, the same in every run.

They are computed, so that no file contains anything that looks like a credential.
"""

import base64
import hashlib
import time
from datetime import UTC, datetime
from typing import Any

from wirelore.matrix.agent_scenario import Credentials

PERSON, EMAIL = "Zebulon Fictive", "zebulon.fictive@mail.example"
_LEFT_S: dict[str, float] = {
    "oauth-file": 86_400,
    "oauth-expiring": 240,
    "oauth-expired": -86_400,
    "oauth-expired-text": -86_400,
}
"""Seconds until the token in a credentials file expires; negative if it has expired."""


def _token(prefix: str, name: str, size: int = 88) -> str:
    """Return an invented token with the prefix of its kind."""
    return f"{prefix}FAKE-{base64.urlsafe_b64encode(hashlib.shake_256(name.encode()).digest(size)).decode()[:size]}"


def _uuid(name: str) -> str:
    text = hashlib.sha256(name.encode()).hexdigest()
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-8{text[17:20]}-{text[20:32]}"


API_KEY = _token("sk-ant-api03-", "key")
USER_ID = hashlib.sha256(b"user").hexdigest()
SESSION = _uuid("session")
_ACCESS, _REFRESH = _token("sk-ant-oat01-", "old access"), _token("sk-ant-ort01-", "old refresh")


def words() -> dict[str, str]:
    """Return the values of `{{name}}` in the stand-in's answers."""
    return {
        "account": _uuid("account"),
        "organization": _uuid("organisation"),
        "email": EMAIL,
        "person": PERSON,
        "new_access": _token("sk-ant-oat01-", "new access", 92),  # longer, to distinguish the two by size
        "new_refresh": _token("sk-ant-ort01-", "new refresh"),
    }


def settings(*, account: bool) -> dict[str, Any]:
    """Return the client's settings that approve the API key and, with `account`, name the account."""
    ids = words()
    person = {
        "accountUuid": ids["account"],
        "emailAddress": EMAIL,
        "organizationUuid": ids["organization"],
        "organizationName": PERSON,
        "displayName": PERSON,
    }
    return {
        "customApiKeyResponses": {"approved": [API_KEY[-20:]], "rejected": []},
        **({"oauthAccount": person} if account else {}),
    }


def variables(credentials: Credentials) -> dict[str, str]:
    """Return the environment variables that contain credentials."""
    if credentials == "api-key":
        return {"ANTHROPIC_API_KEY": API_KEY}
    return {"CLAUDE_CODE_OAUTH_TOKEN": _ACCESS} if credentials == "oauth-environment" else {}


def subscription(credentials: Credentials) -> dict[str, Any] | None:
    """Return the subscription in the credentials file, or None if the client gets no such file."""
    if credentials not in _LEFT_S:
        return None
    expires_s = time.time() + _LEFT_S[credentials]
    as_text = datetime.fromtimestamp(expires_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return {
        "accessToken": _ACCESS,
        "refreshToken": _REFRESH,
        "expiresAt": as_text if credentials == "oauth-expired-text" else int(expires_s * 1000),
        "scopes": ["user:inference", "user:profile"],
        "subscriptionType": "max",
        "rateLimitTier": "default_claude_max_5x",
    }
