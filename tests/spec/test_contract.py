"""Validation against the schemas inside an OpenAPI document: valid values, flaws and their places."""

from typing import Any

import pytest

from wirelore.schema.library import BadSchema
from wirelore.spec.contract import Contract, Place

PLACE = ("paths", "/v1/{x}", "schema")
SCHEMAS = {
    "Block": {
        "oneOf": [{"$ref": "#/components/schemas/Text"}, {"$ref": "#/components/schemas/Group"}],
        "discriminator": {"propertyName": "type"},
    },
    "Text": {
        "type": "object",
        "required": ["type", "text"],
        "properties": {
            "type": {"type": "string", "const": "text"},
            "text": {"type": "string"},
            "id": {"type": ["string", "null"], "format": "uuid"},
            "tone": {"anyOf": [{"type": "string", "enum": ["glad"]}, {"type": "null"}]},
            "note": {"type": "string", "pattern": "^n_"},
            "size": {"type": "integer", "maximum": 3},
        },
    },
    "Group": {
        "type": "object",
        "required": ["type"],
        "properties": {
            "type": {"type": "string", "const": "group"},
            "blocks": {"type": "array", "items": {"$ref": "#/components/schemas/Block"}},
        },
    },
    "Both": {"oneOf": [{"type": "string"}, {"minLength": 1}]},
}


def contract(schema: Any) -> Contract:
    return Contract({"paths": {"/v1/{x}": {"schema": schema}}, "components": {"schemas": SCHEMAS}})


def flaws(value: Any, name: str = "Block") -> list[tuple[tuple[str | int, ...], str, str]]:
    schema = {"$ref": f"#/components/schemas/{name}"}
    return [(flaw.pointer, flaw.keyword, flaw.message) for flaw in contract(schema).flaws(PLACE, value)]


def text(**members: Any) -> dict[str, Any]:
    return {"type": "text", "text": "t", **members}


def test_a_valid_value_has_no_flaws() -> None:
    value = {"type": "group", "blocks": [text(id=None), {"type": "group"}, text(new="member")]}
    assert flaws(value) == []
    assert contract({"$ref": "#/components/schemas/Block"}).holds(PLACE, value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"type": "text"}, [(("text",), "required", "missing")]),
        (text(text=3, size="x"), [
            (("size",), "type", "string, expected integer"), (("text",), "type", "integer, expected string"),
        ]),
        (text(id="no"), [(("id",), "format", "does not match the format uuid")]),
        (text(note="m_1"), [(("note",), "pattern", "does not match the pattern ^n_")]),
        (text(size=4), [(("size",), "maximum", "violates `maximum`")]),
        (text(tone=1), [(("tone",), "type", "integer, expected null or string")]),
        (text(tone="sad"), [(("tone",), "anyOf", "matches none of the variants")]),
        ({"type": "song"}, [(("type",), "oneOf", "matches none of the variants")]),
        ("text", [((), "type", "string, expected object")]),
        ({"type": "group", "blocks": [text(), {"type": "text"}]}, [(("blocks", 1, "text"), "required", "missing")]),
    ],
    ids=["required", "types", "format", "pattern", "other keyword", "open list", "list", "tag", "no variant", "inside"],
)  # fmt: skip
def test_a_flaw_is_that_of_the_variant_that_the_value_is_meant_to_be(value: Any, expected: Any) -> None:
    assert flaws(value) == expected


def test_a_value_that_matches_several_variants_of_one_of_is_invalid() -> None:
    assert flaws("a", "Both") == [((), "oneOf", "matches several variants")]


def test_the_value_itself_is_never_in_a_message() -> None:
    reported = flaws(text(id="my secret", note="my secret", tone="my secret", size="my secret"))
    assert len(reported) == 4
    assert "my secret" not in str(reported)


def test_a_lone_surrogate_is_validated_like_other_text() -> None:
    assert flaws(text(text="\ud800")) == []
    assert flaws({"type": "group", "blocks": [{"type": "text", "\ud800": 1}]}) == [
        (("blocks", 0, "text"), "required", "missing")
    ]
    assert flaws(text(size="\ud800")) == [(("size",), "type", "string, expected integer")]


def test_a_schema_is_compiled_once() -> None:
    one = contract({"type": "string"})
    assert one._validator(PLACE) is one._validator(PLACE)


def test_references_are_followed() -> None:
    one = Contract({"a": {"$ref": "#/b~1c/0"}, "b/c": [{"$ref": "#/d"}], "d": {"type": "string"}})
    assert one.resolved(("a",)) == (("d",), {"type": "string"})


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "#/a: not in the document"),
        ({"a": {"$ref": "#/b"}}, "#/b: not in the document"),
        ({"a": {"$ref": "other.yaml"}}, "#/a: reference to other.yaml, expected one inside the document"),
        ({"a": {"$ref": "#/a"}}, "#/a: circular references"),
    ],
    ids=["no place", "leads nowhere", "leads away", "circular"],
)
def test_an_unresolvable_place_is_an_error_that_names_it(document: Any, message: str) -> None:
    with pytest.raises(BadSchema, match=message):
        Contract(document).resolved(("a",))


@pytest.mark.parametrize("place", [("none",), ("odd",), ("away",)])
def test_an_unusable_schema_is_an_error(place: Place) -> None:
    one = Contract({"odd": {"type": "strange"}, "away": {"$ref": "https://example.com/x.json"}})
    with pytest.raises(BadSchema):
        one.holds(place, 1)
