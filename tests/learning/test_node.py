"""The learner's algebra: samples joined in any order give the same node, whose schema accepts all of them."""

import json
import re
from typing import Any

import jsonschema
import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirelore.learning.members import Hints
from wirelore.learning.node import EVERYONE, Node, join
from wirelore.learning.node_builder import NodeBuilder, built_from
from wirelore.learning.schema_reader import from_schema
from wirelore.learning.schema_writer import to_schema
from wirelore.schema.limits import SEEN_LIMIT

HINTS: Hints = {
    "input": {"tool_use": {"x-opaque": True}},
    "text": {"*": {"x-open": True}},
    "name": {"": {"x-open": True}},
}

words = st.sampled_from(["user", "end_turn", "a-b", "Hello you", "", "claude-2.1", "x" * 70, "f.txt", "é"])
tags = st.sampled_from(["text", "tool_use", "Text", "no tag", "message", 7, None])
keys = st.sampled_from(["id", "text", "name", "input", "content", "n", "123", "toolu_01AbCdEfGhIjKlMnOp"])
names = st.sampled_from([f"k{n}" for n in range(60)])
leaves = st.none() | st.booleans() | st.integers() | st.sampled_from([1.0, 0.5, 10**30, -1e300]) | words


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    plain = st.dictionaries(keys, inner, max_size=4)
    many = st.lists(names, min_size=20, max_size=45, unique=True).flatmap(
        lambda chosen: (leaves | plain).map(lambda value: dict.fromkeys(chosen, value))
    )
    tagged = st.builds(lambda members, tag: {**members, "type": tag}, plain, tags)
    kind = st.builds(lambda members, tag: {**members, "type": tag}, many, tags)
    return st.one_of(plain, tagged, tagged, plain, many, kind)


values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | objects(inner), max_leaves=12)
few = st.lists(values | objects(values), min_size=1, max_size=8)
crowd = st.lists(objects(leaves), min_size=SEEN_LIMIT - 3, max_size=SEEN_LIMIT + 3).map(
    lambda contents: [{"n": n, "content": [each, each], "input": {"a": n}} for n, each in enumerate(contents)]
)
"""Distinct observations with enough samples of some objects, but not of others."""
samples = few | crowd
quick = settings(max_examples=30, deadline=None)


def validators(schema: dict[str, Any]) -> list[Any]:
    return [jsonschema_rs.validator_for(schema), jsonschema.Draft202012Validator(schema)]


def text(node: Node, *, by_client: bool = False) -> str:
    return json.dumps(to_schema(node, by_client=by_client), sort_keys=True)


def learned_by_some(node: Node, taught: list[Any]) -> Node:
    """Return the node widened by these observations from a dozen clients."""
    builder = NodeBuilder(node, HINTS)
    for value in taught:
        builder.observe(value, f"client-{len(json.dumps(value)) % 12}")
    return builder.node()


@quick
@given(samples, samples, samples)
def test_join_is_associative_commutative_and_idempotent(x: list[Any], y: list[Any], z: list[Any]) -> None:
    a, b, c = (learned_by_some(Node(), taught) for taught in (x, y, z))
    assert join(a, b) == join(b, a)
    assert join(join(a, b), c) == join(a, join(b, c))
    assert join(a, a) == a
    assert join(a, Node()) == a


@quick
@given(samples)
def test_adding_samples_in_place_equals_joining_a_node_for_each(taught: list[Any]) -> None:
    node = Node()
    for sample in taught:
        node = join(node, learned_by_some(Node(), [sample]))
    assert learned_by_some(Node(), taught) == node


@pytest.mark.slow
@quick
@given(
    samples.flatmap(lambda taught: st.tuples(st.just(taught), st.permutations(taught), st.integers(0, SEEN_LIMIT + 3)))
)
def test_any_order_and_any_split_through_the_written_schema_gives_the_same_text(
    case: tuple[list[Any], list[Any], int],
) -> None:
    taught, shuffled, cut = case
    for by_client in (False, True):
        half = from_schema(to_schema(learned_by_some(Node(), shuffled[:cut]), by_client=by_client))
        parts, whole = learned_by_some(half, shuffled[cut:]), learned_by_some(Node(), taught)
        assert text(parts, by_client=by_client) == text(whole, by_client=by_client)


@pytest.mark.slow
@quick
@given(samples, samples)
def test_every_sample_is_valid_against_the_schema_learned_from_it_and_others(
    taught: list[Any], more: list[Any]
) -> None:
    schema = to_schema(built_from(Node(), taught + more, HINTS))
    for validator in validators(schema):
        assert [sample for sample in taught if not validator.is_valid(sample)] == []


@quick
@given(samples, samples, samples)
def test_valid_values_stay_valid(taught: list[Any], more: list[Any], probes: list[Any]) -> None:
    narrow = built_from(Node(), taught, HINTS)
    wide = built_from(narrow, more, HINTS)
    before, after = jsonschema_rs.validator_for(to_schema(narrow)), jsonschema_rs.validator_for(to_schema(wide))
    assert [probe for probe in probes + more if before.is_valid(probe) and not after.is_valid(probe)] == []


@quick
@given(samples)
def test_learning_the_same_again_changes_nothing(taught: list[Any]) -> None:
    node = built_from(Node(), taught, HINTS)
    assert built_from(node, taught, HINTS) == node


def learned(*taught: Any) -> dict[str, Any]:
    return to_schema(built_from(Node(), taught, HINTS, EVERYONE))


def test_a_member_is_required_only_if_every_sample_had_it() -> None:
    assert learned({"a": 1, "b": 1}, {"a": 1}, {"a": 1, "b": 1, "c": 1})["required"] == ["a"]


def test_null_and_missing_are_distinguished() -> None:
    schema = learned({"a": 1}, {"a": None})
    assert schema["required"] == ["a"]
    assert schema["properties"]["a"] == {"type": ["integer", "null"]}


@pytest.mark.parametrize(
    ("taught", "schema"),
    [
        (["user", "assistant"], {"type": "string", "enum": ["assistant", "user"]}),
        (["Hello"], {"type": "string"}),
        (["a https://a.example/b"], {"type": "string"}),
        (["report.pdf"], {"type": "string"}),
        (["deadbeefdeadbeef01"], {"type": "string"}),
        (["\ud800"], {"type": "string"}),
        ([f"v{n}" for n in range(17)], {"type": "string"}),
        ([1, 2.5], {"type": "number"}),
        ([1.0], {"type": "number"}),
        ([10**40], {"type": "integer"}),
        ([[]], {"type": "array", "maxItems": 0}),
        ([[], [True]], {"type": "array", "items": {"type": "boolean"}}),
        (
            ["user", None],
            {"type": ["null", "string"], "allOf": [{"if": {"type": "string"}, "then": {"enum": ["user"]}}]},
        ),
    ],
    ids=lambda case: repr(case)[:30],
)
def test_a_value_is_described_as(taught: list[Any], schema: dict[str, Any]) -> None:
    assert learned(*taught) == schema


def test_a_second_type_makes_a_union_whose_variants_have_their_own_members() -> None:
    alone = learned({"type": "text", "text": "Hi"})
    assert alone["properties"] == {"type": {"type": "string", "enum": ["text"], "x-rule": {"enum": "new-value"}}}
    assert [entry["then"]["required"] for entry in alone["allOf"]] == [["text", "type"]]
    schema = learned({"type": "text", "text": "Hi"}, {"type": "tool_use", "id": "T 1", "input": {"any": [1]}})
    assert schema == {
        "type": "object",
        "x-discriminator": "type",
        "properties": {"type": {"type": "string", "enum": ["text", "tool_use"], "x-rule": {"enum": "new-value"}}},
        "required": ["type"],
        "allOf": [
            {
                "if": {"properties": {"type": {"const": "text"}}, "required": ["type"]},
                "then": {
                    "type": "object",
                    "properties": {
                        "text": {"type": "string", "x-open": True},
                        "type": {"type": "string", "enum": ["text"]},
                    },
                    "required": ["text", "type"],
                    "additionalProperties": False,
                },
            },
            {
                "if": {"properties": {"type": {"const": "tool_use"}}, "required": ["type"]},
                "then": {
                    "type": "object",
                    "properties": {
                        "id": {"type": "string"},
                        "input": {"type": "object", "x-opaque": True},
                        "type": {"type": "string", "enum": ["tool_use"]},
                    },
                    "required": ["id", "input", "type"],
                    "additionalProperties": False,
                },
            },
        ],
    }


@pytest.mark.parametrize(
    "sample",
    [{f"k{n}": 1 for n in range(41)}, {"toolu_01AbCdEfGhIjKlMnOp": 1, "other": 2}, {"42": 7}, {"x" * 201: 1}],
    ids=["many", "prefixed id", "digits", "long"],
)
def test_an_object_with_free_keys_is_a_map(sample: dict[str, int]) -> None:
    assert learned(sample) == {"type": "object", "x-map": True, "additionalProperties": {"type": "integer"}}


def test_many_members_that_are_not_in_every_sample_are_keys_of_a_map() -> None:
    each = [{f"k{n}": 1, f"k{n + 1}": 1} for n in range(17)]
    assert learned(*each) == {"type": "object", "x-map": True, "additionalProperties": {"type": "integer"}}
    assert learned(*each[::-1]) == learned(*each)
    assert len(learned(*({**one, "always": 1} for one in each))["properties"]) == 19
    assert len(learned(*each[:15])["properties"]) == 16
    assert len(learned({f"k{n}": 1 for n in range(30)})["properties"]) == 30


def test_a_sparse_variant_is_a_map_before_and_after_the_union_is_merged() -> None:
    sparse = [{"type": "a", f"k{n}": 1, f"k{n + 1}": 1} for n in range(17)]
    odd = [{"type": 7}]
    assert learned(*sparse, *odd) == learned(*odd, *sparse)
    assert learned(*odd, *sparse)["x-map"] is True


def test_too_many_variants_are_one_object() -> None:
    schema = learned(*({"type": f"t{n}", "a": n} for n in range(41)))
    assert schema["properties"] == {"a": {"type": "integer"}, "type": {"type": "string"}}
    assert schema["required"] == ["a", "type"]


@pytest.mark.parametrize("tagged", [False, True], ids=["lists", "unions"])
def test_values_that_are_too_deep_are_opaque_and_both_validators_can_read_the_schema(tagged: bool) -> None:
    value: Any = "bottom"
    for _ in range(100):
        value = {"type": "a", "b": value} if tagged else [value]
    other: Any = {"type": "b", "b": value} if tagged else [value]
    schema = learned(value, other)
    for validator in validators(schema):
        assert validator.is_valid(value)
    assert '"x-opaque": true' in json.dumps(schema)


def test_annotations_survive_learning() -> None:
    schema = {
        "title": "T",
        "type": "object",
        "additionalProperties": False,
        "required": ["closed"],
        "properties": {
            "closed": {"type": "string", "enum": ["GET /a"], "x-list": "closed", "x-rule": {"enum": "no-schema"}},
            "open": {"type": "string", "x-open": True},
            "two": {"type": "string", "enum": ["a"], "x-limit": 2},
            "whole": {"x-atomic": True, "x-limit": 2},
            "judged": {"const": None, "x-fixed": True},
            "blind": {"x-opaque": True, "description": "D"},
        },
    }
    sample = {"closed": "PUT /b", "open": "user", "two": "b", "whole": ["b", 1], "judged": 3, "blind": {"a": 1}}
    grown = to_schema(built_from(from_schema(schema), [sample]))
    assert grown["title"] == "T"
    assert grown["required"] == ["closed"]
    assert grown["properties"] == {
        "closed": {"type": "string", "enum": ["GET /a", "PUT /b"], "x-list": "closed", "x-rule": {"enum": "no-schema"}},
        "open": {"type": "string", "x-open": True},
        "two": {"type": "string", "enum": ["a", "b"], "x-limit": 2},
        "whole": {"type": "array", "enum": [["b", 1]], "x-atomic": True, "x-limit": 2},
        "judged": {"const": None, "x-fixed": True},
        "blind": {"type": "object", "x-opaque": True, "description": "D"},
    }
    again = to_schema(built_from(from_schema(grown), [{**sample, "two": "c", "whole": n} for n in (1, 2)]))
    assert again["properties"]["two"] == {"type": "string", "x-limit": 2}
    assert again["properties"]["whole"] == {"type": ["array", "integer"], "x-atomic": True, "x-limit": 2}


def test_annotated_members_stay_members_of_a_map() -> None:
    schema = {"type": "object", "properties": {"known": {"description": "D"}}}
    grown = to_schema(
        built_from(from_schema(schema), [{"known": 1, **{f"k{n}": "V w" for n in range(41)}}], client=EVERYONE)
    )
    assert grown == {
        "type": "object",
        "properties": {"known": {"type": "integer", "description": "D"}},
        "required": ["known"],
        "x-map": True,
        "additionalProperties": {"type": "string"},
    }


def test_a_member_that_is_declared_optional_is_never_required() -> None:
    frame = from_schema({"type": "object", "properties": {"a": {"x-optional": True}}}, template=True)
    grown = to_schema(built_from(frame, [{"a": 1, "b": 1}], client=EVERYONE))
    assert grown["required"] == ["b"]
    assert to_schema(built_from(from_schema(grown), [{"a": 1, "b": 1}], client=EVERYONE)) == grown


def test_an_object_that_is_declared_not_to_be_a_map_keeps_its_members() -> None:
    frame = from_schema({"type": "object", "x-map": False, "description": "D"}, template=True)
    node = built_from(frame, [{f"k{n}": n for n in range(50)}, {"k1": 1, "42": 1}])
    grown = to_schema(node)
    assert (len(grown["properties"]), grown["required"], grown["x-map"]) == (51, ["k1"], False)
    assert grown["additionalProperties"] is False
    assert from_schema(grown) == node


def evidence(*taught: Any) -> Any:
    """Return `x-seen` of the members of `a` for the only client."""
    schema = to_schema(built_from(Node(), taught, HINTS, "me"))["properties"]["a"]
    seen = schema.get("items", schema)["x-seen"]
    assert seen.keys() == {"me"}
    return seen["me"]


def test_an_object_lists_its_observations_until_there_are_enough() -> None:
    observations = [{"n": n, "a": {"b": 1}} for n in range(SEEN_LIMIT)]
    marks = [evidence(one) for one in observations]
    assert [re.fullmatch("[0-9a-f]{8}", mark) is None for digests in marks for mark in digests] == [False] * SEEN_LIMIT
    assert evidence(*observations[:-1]) == sorted(mark for digests in marks[:-1] for mark in digests)
    assert evidence(*observations) is True


def test_after_enough_observations_a_new_one_changes_nothing() -> None:
    node = built_from(Node(), [{"n": n, "a": {"b": 1}} for n in range(SEEN_LIMIT)])
    assert built_from(node, [{"n": 77, "a": {"b": 1}}]) == node
    assert join(node, built_from(Node(), [{"n": 77, "a": {"b": 1}}])) == node


def test_equal_observations_and_several_objects_in_one_count_once() -> None:
    once = evidence({"a": [{"b": 1}, {"b": 2}, {"b": 3}], "n": 1})
    assert once == evidence(*[{"n": 1, "a": [{"b": 1}, {"b": 2}, {"b": 3}]}] * 20)
    assert len(once) == 1


def test_every_variant_of_a_union_has_its_own_evidence() -> None:
    schema = to_schema(built_from(Node(), [{"type": "b", "n": n} for n in range(SEEN_LIMIT)] + [{"type": "a"}]))
    (few,), enough = (
        (entry["then"]["x-seen"][""] for entry in schema["allOf"][:1]),
        schema["allOf"][1]["then"]["x-seen"],
    )
    assert (len(few), enough) == (1, {"": True})
    assert "x-seen" not in schema


IDS = [f"msg_01{n:02}AbCdEfGhIjKlMn" for n in range(SEEN_LIMIT)]


def test_a_form_is_a_pattern_once_enough_distinct_strings_have_it() -> None:
    assert learned(*IDS[:-1], *IDS[:-1]).keys() == {"type", "x-forms", "x-samples"}
    assert learned(*IDS) == {"type": "string", "pattern": "^msg_[0-9A-Za-z]+$", "x-forms": ["msg_"]}
    assert learned(*IDS, None)["pattern"] == "^msg_[0-9A-Za-z]+$"
    both = learned(*IDS, "toolu_01AbCdEfGhIjKlMn00", "")
    assert both["pattern"] == "^(?:|msg_[0-9A-Za-z]+|toolu_[0-9A-Za-z]+)$"
    assert learned(*IDS, "a text") == {"type": "string"}


def test_the_forms_of_listed_words_are_kept_when_the_list_is_dropped() -> None:
    assert learned("true", "false") == {"type": "string", "enum": ["false", "true"]}
    more = [f"https://example.com/{n}" for n in range(SEEN_LIMIT)]
    assert learned("true", *more)["x-forms"] == ["boolean", "uri"]
    assert learned(*more, "true") == learned("true", *more)
    assert learned("user", *more) == {"type": "string"}
