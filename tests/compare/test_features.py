"""The features of captures."""

from collections import Counter

from tests.exchanges import exchange
from tests.sides import AGENT, capture
from wirelore.compare.change_tables import tables
from wirelore.compare.features import (
    ELEMENT,
    PRESENT,
    TEXT,
    THING,
    TYPE,
    VALUE,
    Case,
    Feature,
    FeaturePath,
    Features,
    features_of,
)

PLAIN = Case("POST /v1/messages", "without tools")


def at(place: str, aspect: str, value: str = "", analyzer: str = "request-bodies", case: Case = PLAIN) -> Feature:
    return Feature(FeaturePath(analyzer, case, place), aspect, value)


def values(result: Features, place: str, aspect: str = VALUE, analyzer: str = "request-bodies") -> Counter[str]:
    return Counter(
        {
            feature.value: count
            for feature, count in result.counts.items()
            if feature.path == FeaturePath(analyzer, PLAIN, place) and feature.aspect == aspect
        }
    )


def test_a_member_is_counted_relative_to_its_possible_objects() -> None:
    result = capture(exchange({"a": 1, "b": {"c": 1}}), exchange({"a": 2}))
    assert [(result.counts[one], result.of(one)) for one in (at("/body/a", PRESENT), at("/body/b", PRESENT))] == [
        (2, 2), (1, 2)
    ]  # fmt: skip
    assert (result.counts[at("/body/b/c", PRESENT)], result.of(at("/body/b/c", PRESENT))) == (1, 1)


def test_types_and_short_values_are_features() -> None:
    result = capture(exchange({"a": 1}), exchange({"a": "one"}), exchange({"a": None}))
    assert values(result, "/body/a", TYPE) == {"integer": 1, "string": 1, "null": 1}
    assert values(result, "/body/a") == {"1": 1, '"one"': 1, "null": 1}


def test_strings_with_a_form_are_shown_as_form_and_long_texts_as_size_and_hash() -> None:
    result = capture(exchange({"a": "0b5e9f0e-2f0f-4d1c-9d3e-0f6f0c7d8e9a", "b": "word " * 40}))
    assert values(result, "/body/a") == {"(uuid)": 1}
    (text,) = values(result, "/body/b", TEXT)
    assert text.startswith("200 characters (")


def test_ids_the_day_and_the_client_s_version_in_texts_are_replaced() -> None:
    messages_of = "made by 1.0.7 on 2026-01-01 for {} " + "x" * 60
    one, two = (exchange({"a": messages_of.format(id_ * 32)}, headers=[AGENT]) for id_ in "ab")
    assert len(values(capture(one, two), "/body/a", TEXT)) == 1
    other = exchange({"a": messages_of.format("a" * 32).replace("1.0.7", "1.0.8")}, headers=[AGENT])
    assert len(values(capture(one, other), "/body/a", TEXT)) == 2


def test_elements_are_distinguished_by_type_and_tools_by_name() -> None:
    body = {"messages": [{"content": [{"type": "text", "text": "t"}, {"type": "image"}]}], "tools": [{"name": "Look"}]}
    result = capture(exchange(body))
    case = Case("POST /v1/messages", "with tools")
    elements = {feature.path.place for feature in result.counts if feature.aspect == ELEMENT}
    assert elements == {
        "/body/messages/*/content/[text]", "/body/messages/*/content/[image]", "/body/tools/[Look]",
    }  # fmt: skip
    assert result.of(at("/body/tools/[Look]", ELEMENT, case=case)) == 1


def test_telemetry_events_are_distinguished_by_name() -> None:
    one = exchange(
        {"events": [{"eventName": "began", "n": 1}, {"event_type": "x", "event_data": {"event_name": "ended"}}]}
    )
    logs = exchange([{"message": "failed"}])
    places = {feature.path.place for feature in capture(one, logs).counts if feature.aspect == ELEMENT}
    assert places == {"/body/events/[began]", "/body/events/[ended]", "/body/[failed]"}


def test_each_flag_and_each_operation_is_a_feature() -> None:
    result = capture(exchange({}, headers=[("anthropic-beta", "a-1, b-2"), ("anthropic-beta", "c-3")]))
    flags = {
        feature.path.place
        for feature in result.counts
        if feature.path.analyzer == "beta-flags" and feature.aspect == ELEMENT
    }
    assert flags == {"/flags/a-1", "/flags/b-2", "/flags/c-3"}
    things = {feature.path.place for feature in result.counts if feature.aspect == THING}
    assert things == {"/host/api.anthropic.com", "/operation/POST ~1v1~1messages"}


def test_the_arguments_of_a_tool_are_not_inspected() -> None:
    use = {"type": "tool_use", "input": {"free": {"form": 1}}}
    result = capture(exchange({"messages": [{"content": [use]}]}))
    assert not [feature for feature in result.counts if "/free" in feature.path.place]


def test_values_beyond_the_limit_of_a_place_are_counted_together() -> None:
    result = capture(*(exchange({"a": number}) for number in range(100)))
    kept = values(result, "/body/a")
    assert (len(kept), kept["(many values)"], kept.total()) == (65, 36, 100)


def test_long_texts_are_kept_only_on_request() -> None:
    sent = exchange({"a": "word " * 40})
    assert capture(sent).texts == {}
    (text,) = features_of([sent], "made", tables(), content=True).texts.values()
    assert text == "word " * 40
