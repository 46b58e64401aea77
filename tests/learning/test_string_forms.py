"""The forms of strings: standards, prefixes of ids, and texts without a form."""

import pytest

from tests.learning.test_node import learned, validators
from wirelore.learning.string_forms import form_of


def test_words_and_versions_with_a_prefix_are_not_ids() -> None:
    kinds = {"msg_01AbC9": "msg_", "srvtoolu_01Search001": "srvtoolu_", "a_b_0123456789abcdef": ""}
    words = {"web_search_20250305": "", "stop_sequence": "", "claude_v2beta": "", "toolu_abc": "", "Msg_01AbC9": ""}
    assert {text: form_of(text) for text in {**kinds, **words}} == {**kinds, **words}


def test_lengths_and_texts_are_not_forms() -> None:
    ids = [f"msg_{'a1B' * n}" for n in range(6, 17)]
    assert learned(*ids)["pattern"] == "^msg_[0-9A-Za-z]+$"
    assert learned(*[f"words number {n}" for n in range(20)]) == {"type": "string"}
    assert learned(*[f"1.{n}.{n}" for n in range(20)]) == {"type": "string"}


@pytest.mark.parametrize(
    ("form", "texts", "keyword"),
    [
        ("uuid", [f"0b4c3f1d-0000-4000-8000-0000000000{n:02}" for n in range(17)], "uuid"),
        ("date-time", [f"2026-01-{n:02}T00:00:00.123Z" for n in range(10, 28)], "date-time"),
        ("date", [f"2026-01-{n:02}" for n in range(10, 28)], "date"),
        ("uri", [f"https://example.com/{n}" for n in range(17)], "uri"),
        ("base64", ["Ab1+" * n for n in range(9, 27)], "base64"),
        ("integer", [str(n) for n in range(17)], None),
        ("http-date", [f"Thu, {n:02} Jan 2026 00:00:00 GMT" for n in range(10, 28)], None),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_form_follows_its_standard(form: str, texts: list[str], keyword: str | None) -> None:
    schema = learned(*texts)
    assert schema["x-forms"] == [form]
    assert schema.get("format", schema.get("contentEncoding")) == keyword
    for validator in validators(schema):
        assert [text for text in texts if not validator.is_valid(text)] == []
        assert not validator.is_valid("words, and words")
