"""The comparison of folders of schemas."""

from pathlib import Path

from tests.exchanges import exchange, learned_library
from wirelore.compare.schemas import compare_schemas
from wirelore.schema.library import Library

BODY = {"model": "m", "stream": True}


def differences(folder: Path, before: object, after: object, **more: object) -> list[tuple[str, str, str]]:
    """Return (class, rule, message) of the differences between schemas learned from two requests."""
    old, new = learned_library(folder / "a", exchange(before)), learned_library(folder / "b", exchange(after, **more))  # type: ignore[arg-type]
    result = compare_schemas(old, new, names=("old", "new")).differences
    assert {(one.before.of, one.after.of) for one in result} <= {(0, 0)}
    return [(one.kind, one.rule, one.message) for one in result]


def test_the_packaged_schemas_do_not_differ_from_themselves() -> None:
    assert compare_schemas(Library(), Library(), names=("old", "new")).differences == ()


def test_a_member_that_only_one_folder_has_is_a_difference(tmp_path: Path) -> None:
    assert differences(tmp_path, BODY, {**BODY, "speed": "fast"}) == [
        ("additive", "request-field-added", 'speed is new: "fast"')
    ]


def test_types_and_values_are_compared(tmp_path: Path) -> None:
    assert differences(tmp_path, BODY, {"model": 5, "stream": True}) == [
        ("breaking", "request-field-type", "model is now integer (was string)")
    ]


def test_list_elements_are_distinguished_by_type(tmp_path: Path) -> None:
    plain, other = {"content": [{"type": "text"}]}, {"content": [{"type": "text"}, {"type": "image", "source": 1}]}
    assert differences(tmp_path, plain, other) == [("additive", "request-field-added", "content[image] is new")]


def test_flags_operations_and_headers_are_compared(tmp_path: Path) -> None:
    result = differences(
        tmp_path, BODY, BODY, headers=[("content-type", "application/json"), ("anthropic-beta", "a-1")]
    )
    assert result == [
        ("breaking", "beta-flag-added", "beta flag a-1 is new"),
        ("additive", "request-header-added", 'header anthropic-beta is new: "a-1"'),
    ]
