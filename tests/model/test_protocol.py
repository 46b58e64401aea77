"""The names of the protocol."""

from pathlib import Path

import pytest

from wirelore.model.protocol import load, protocol

NAMES = """{"api_key": {"header": "x-key"}, "beta_flags": {"header": "x-flags", "separator": ";"},
            "models": {"member": "engine", "name": "m-[0-9]+"}, "rate_limits": {"prefix": "x-left-"}}"""


def test_the_packaged_names_are_those_of_the_service() -> None:
    names = protocol()
    assert (names.api_key, names.flags_header, names.flag_separator) == ("x-api-key", "anthropic-beta", ",")
    assert (names.model_member, names.error_type_path, names.error_message_path) == (
        "model",
        ("error", "type"),
        ("error", "message"),
    )
    assert (names.rate_limit_prefix, names.error_event) == ("anthropic-ratelimit-", "error")
    assert names.model_name.fullmatch("claude-opus-4-5-20251101")
    assert not names.model_name.fullmatch("claude-my secret")


def test_the_names_are_those_of_the_files(tmp_path: Path) -> None:
    (tmp_path / "names.json").write_text(NAMES)
    form = '{"faults": {"first": {"kind": "<type>"}}, "text": "<message>"}'
    (tmp_path / "errors.json").write_text(f'{{"event": "fault", "form": {form}}}')
    names = load(tmp_path / "names.json", tmp_path / "errors.json")
    assert (names.api_key, names.flags_header, names.flag_separator, names.model_member) == (
        "x-key",
        "x-flags",
        ";",
        "engine",
    )
    assert (names.rate_limit_prefix, names.error_event) == ("x-left-", "fault")
    body = {"faults": {"first": {"kind": "late"}}, "text": "too late"}
    assert (names.error_type(body), names.error_message(body)) == ("late", "too late")


def test_a_file_without_a_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "names.json").write_text(NAMES)
    (tmp_path / "errors.json").write_text('{"event": "fault", "form": {"text": "<message>"}}')
    with pytest.raises(KeyError):
        load(tmp_path / "names.json", tmp_path / "errors.json")


@pytest.mark.parametrize(
    "body", [None, "", [], {}, {"error": None}, {"error": "x"}, {"error": {"type": 1, "message": None}}], ids=repr
)
def test_a_body_in_another_form_has_neither_type_nor_message(body: object) -> None:
    assert (protocol().error_type(body), protocol().error_message(body)) == (None, None)
