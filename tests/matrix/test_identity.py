"""The test identity: its credentials and settings."""

import time

import pytest

from wirelore.matrix import identity
from wirelore.matrix.agent_scenario import Credentials


@pytest.mark.parametrize(
    ("credentials", "variables", "file"),
    [
        ("api-key", ["ANTHROPIC_API_KEY"], False),
        ("oauth-environment", ["CLAUDE_CODE_OAUTH_TOKEN"], False),
        ("oauth-file", [], True),
        ("oauth-expiring", [], True),
        ("oauth-expired", [], True),
        ("oauth-expired-text", [], True),
    ],
)
def test_credentials_are_in_the_environment_or_in_a_file(
    credentials: Credentials, variables: list[str], file: bool
) -> None:
    assert list(identity.variables(credentials)) == variables
    assert (identity.subscription(credentials) is not None) == file


def test_a_token_is_valid_expires_soon_or_has_expired() -> None:
    now_ms = time.time() * 1000
    valid, expiring, expired = (
        (identity.subscription(name) or {})["expiresAt"] - now_ms
        for name in ("oauth-file", "oauth-expiring", "oauth-expired")
    )
    assert valid > 3_600_000
    assert 0 < expiring < 300_000
    assert expired < 0
    assert isinstance((identity.subscription("oauth-expired-text") or {})["expiresAt"], str)


def test_every_credential_is_marked_as_fake() -> None:
    credentials = [identity.API_KEY, identity.words()["new_access"], identity.words()["new_refresh"]]
    assert ["FAKE" in each for each in credentials] == [True] * 3
    assert len(set(credentials)) == 3


def test_settings_name_an_account_only_where_there_is_one() -> None:
    assert list(identity.settings(account=False)) == ["customApiKeyResponses"]
    assert identity.settings(account=True)["oauthAccount"]["emailAddress"] == identity.EMAIL
