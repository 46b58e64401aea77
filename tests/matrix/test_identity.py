"""The invented person: the same in every run, and of each kind of credentials what that kind needs."""

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


def test_a_token_is_good_expires_soon_or_has_expired() -> None:
    now_ms = time.time() * 1000
    good, soon, gone = (
        (identity.subscription(name) or {})["expiresAt"] - now_ms
        for name in ("oauth-file", "oauth-expiring", "oauth-expired")
    )
    assert good > 3_600_000
    assert 0 < soon < 300_000
    assert gone < 0
    assert isinstance((identity.subscription("oauth-expired-text") or {})["expiresAt"], str)


def test_every_credential_says_that_it_is_none() -> None:
    made = [identity.API_KEY, identity.words()["new_access"], identity.words()["new_refresh"]]
    assert ["FAKE" in each for each in made] == [True] * 3
    assert len(set(made)) == 3


def test_settings_name_an_account_only_where_there_is_one() -> None:
    assert list(identity.settings(account=False)) == ["customApiKeyResponses"]
    assert identity.settings(account=True)["oauthAccount"]["emailAddress"] == identity.EMAIL
