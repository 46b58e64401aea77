"""The address of a request, from its URL."""

import pytest

from wirelore.formats.address import Address, address
from wirelore.formats.draft import EntryError


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.example/v1/x?a=b#there", Address("https", "api.example", 443, "/v1/x?a=b")),
        ("HTTP://api.example:8080", Address("http", "api.example", 8080, "/")),
        ("https://api.example?a=b", Address("https", "api.example", 443, "/?a=b")),
        ("wss://api.example/socket", Address("https", "api.example", 443, "/socket")),
        ("https://me:word@api.example/x", Address("https", "api.example", 443, "/x")),
        ("https://[::1]:8443/x", Address("https", "::1", 8443, "/x")),
    ],
)
def test_an_absolute_url_is_parsed(url: str, expected: Address) -> None:
    assert address(url) == expected


@pytest.mark.parametrize("url", ["/v1/x", "", "mailto:me", None, 7])
def test_a_value_that_is_not_an_absolute_url_is_refused(url: object) -> None:
    with pytest.raises(EntryError, match=r"^URL ") as refused:
        address(url)
    assert refused.value.expected == "expected an absolute URL such as https://host/path"
