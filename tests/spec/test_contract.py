"""The contract: the schemas inside a document say what holds, and what is wrong where."""

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
    found = contract({"$ref": f"#/components/schemas/{name}"}).flaws(PLACE, value)
    return [(flaw.pointer, flaw.keyword, flaw.message) for flaw in found]


def text(**members: Any) -> dict[str, Any]:
    return {"type": "text", "text": "t", **members}


def test_what_holds_has_no_flaw() -> None:
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
        (text(id="no"), [(("id",), "format", "not of the format uuid")]),
        (text(note="m_1"), [(("note",), "pattern", "not of the pattern ^n_")]),
        (text(size=4), [(("size",), "maximum", "does not pass `maximum`")]),
        (text(tone=1), [(("tone",), "type", "integer, expected null or string")]),
        (text(tone="sad"), [(("tone",), "anyOf", "none of the variants")]),
        ({"type": "song"}, [(("type",), "oneOf", "none of the variants")]),
        ("text", [((), "type", "string, expected object")]),
        ({"type": "group", "blocks": [text(), {"type": "text"}]}, [(("blocks", 1, "text"), "required", "missing")]),
    ],
    ids=["required", "types", "format", "pattern", "other keyword", "open list", "list", "tag", "no variant", "inside"],
)  # fmt: skip
def test_what_is_wrong_is_told_of_the_variant_that_was_meant(value: Any, expected: Any) -> None:
    assert flaws(value) == expected


def test_what_fits_several_variants_of_one_is_wrong() -> None:
    assert flaws("a", "Both") == [((), "oneOf", "several variants at once")]


def test_the_value_itself_is_never_in_a_message() -> None:
    told = flaws(text(id="my secret", note="my secret", tone="my secret", size="my secret"))
    assert len(told) == 4
    assert "my secret" not in str(told)


def test_a_lone_surrogate_is_judged_all_the_same() -> None:
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
        ({"a": {"$ref": "other.yaml"}}, "#/a: a reference to other.yaml, expected one into the document"),
        ({"a": {"$ref": "#/a"}}, "#/a: references in a circle"),
    ],
    ids=["no place", "leads nowhere", "leads away", "circle"],
)
def test_what_cannot_be_resolved_is_said_with_its_place(document: Any, message: str) -> None:
    with pytest.raises(BadSchema, match=message):
        Contract(document).resolved(("a",))


@pytest.mark.parametrize("place", [("none",), ("odd",), ("away",)])
def test_a_schema_that_cannot_be_used_is_said(place: Place) -> None:
    one = Contract({"odd": {"type": "strange"}, "away": {"$ref": "https://example.com/x.json"}})
    with pytest.raises(BadSchema):
        one.holds(place, 1)
