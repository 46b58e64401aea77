"""The comparison of captures: differences with class, direction and advice, without noise."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.exchanges import exchange, written_capture
from tests.sides import AGENT, capture, comparison, differences, messages_of
from wirelore.analysis.registry import registry
from wirelore.compare.captures import compare
from wirelore.compare.change import CLIENT, KINDS, SERVER
from wirelore.compare.change_tables import PACKAGED, tables
from wirelore.model.exchange import Exchange

FLAGS = ("anthropic-beta", "one-2025-01-01,two-2025-02-02")
BODY = {"model": "m", "max_tokens": 5}


def test_a_capture_against_itself_has_no_difference() -> None:
    same = [exchange(BODY, {"type": "message"}, headers=[FLAGS, AGENT]), exchange(None, operation="GET /v1/models")]
    assert messages_of(same, same) == []


def test_a_new_flag_is_breaking_and_a_removed_one_is_not() -> None:
    (new, gone) = differences([exchange(BODY, headers=[("anthropic-beta", "a-1")])], [exchange(BODY, headers=[FLAGS])])[
        :2
    ]
    assert (new.kind, new.rule, new.direction, new.place) == (
        "breaking", "beta-flag-added", CLIENT, "beta-flags#/flags/one-2025-01-01",
    )  # fmt: skip
    assert new.advice.startswith("your gateway will now receive the beta flag one-2025-01-01")
    assert (new.before.count, new.before.of, new.after.count, new.after.of) == (0, 1, 1, 1)
    assert new.after.places == ("made/messages/20260101_000000_000001_post-v1-messages",)
    assert gone.rule == "beta-flag-added"
    assert ("additive", "beta-flag-gone", "beta flag a-1 is no longer sent") in messages_of(
        [exchange(BODY, headers=[("anthropic-beta", "a-1")])], [exchange(BODY, headers=[FLAGS])]
    )


def test_a_long_text_is_shown_as_size_and_hash() -> None:
    ((kind, rule, message),) = messages_of([exchange({"system": "a " * 60})], [exchange({"system": "b " * 60})])
    assert (kind, rule) == ("cosmetic", "request-text")
    assert message.startswith("text of system changed: 120 characters (")


def test_headers_are_compared_by_name_value_spelling_and_order() -> None:
    before = [exchange(BODY, headers=[("X-A", "1"), ("x-b", "2"), ("x-c", "3")])]
    after = [exchange(BODY, headers=[("x-c", "3"), ("x-a", "1"), ("x-d", "4"), ("x-b", "9")])]
    assert messages_of(before, after) == [
        ("additive", "request-header-value", 'value of header x-b changed: "9" instead of "2"'),
        ("additive", "request-header-added", 'header x-d is new: "4"'),
        ("cosmetic", "request-header-spelling", "header x-a has another spelling: x-a instead of X-A"),
        ("cosmetic", "request-header-order", "the order of the headers changed"),
    ]


def test_changes_of_responses_have_the_direction_server_to_client() -> None:
    (one,) = differences([exchange(BODY, {"type": "message", "id": "a"})], [exchange(BODY, {"type": "message"})])
    assert (one.kind, one.rule, one.direction) == ("breaking", "response-field-gone", SERVER)
    assert one.advice == "your client must now do without id"


def test_responses_of_a_stand_in_are_inconclusive() -> None:
    before = [exchange(BODY, {"type": "message", "id": "a"}, origin="stand-in")]
    after = [exchange(BODY, {"type": "message"}, origin="stand-in")]
    assert messages_of(before, after) == [
        (
            "unjudged", "answers-of-a-stand-in",
            "responses differ in 1 place, but a stand-in sent them on one side or both",
        )
    ]  # fmt: skip


def test_the_client_s_own_version_is_ignored() -> None:
    sides = [
        capture(exchange(BODY, headers=[("user-agent", f"made-agent/{version} (x)")])) for version in ("1.0.7", "1.0.8")
    ]
    result = comparison({"s": [sides[0]]}, {"s": [sides[1]]})
    assert result.differences == ()
    assert [(one.place, one.why) for one in result.set_aside] == [
        ("request-headers#/headers/user-agent/*", "contains the client's own version")
    ]


def test_differences_between_repetitions_are_noise() -> None:
    def run(token: str) -> Exchange:
        return exchange({**BODY, "nonce": token})

    old = [capture(run("a")), capture(run("b"))]
    new = [capture(run("c")), capture(run("d"))]
    result = comparison({"s": old}, {"s": new})
    assert result.differences == ()
    assert [(one.place, one.why) for one in result.set_aside] == [
        ("request-bodies#/body/nonce", "values differ between recordings of one side")
    ]
    assert [one.rule for one in comparison({"s": old[:1]}, {"s": new[:1]}).differences] == ["request-field-value"]


def test_an_unstable_feature_is_a_difference_if_chance_cannot_explain_it() -> None:
    plain, flagged = capture(exchange(BODY)), capture(exchange({**BODY, "new": True}))
    few = comparison({"s": [plain, plain]}, {"s": [plain, flagged]})
    many = comparison({"s": [plain] * 9}, {"s": [plain] + [flagged] * 8})
    assert [one.rule for one in few.differences] == []
    assert [one.rule for one in many.differences] == ["request-field-added"]


def test_a_difference_with_unstable_surroundings_in_few_scenarios_is_noise() -> None:
    def run(*names: str) -> list[Exchange]:
        return [exchange({**BODY, **dict.fromkeys(names, 1)}, operation="POST /v1/rgstr")]

    restless = [capture(*run("a", "b")), capture(*run("b"))]
    steady = [capture(*run("a", "b")), capture(*run("a", "b"))]
    lucky = [capture(*run("a")), capture(*run("a"))]
    believed = comparison({"s": steady, "t": steady}, {"s": lucky, "t": steady})
    assert [one.rule for one in believed.differences] == ["request-field-less-often"]
    result = comparison({"s": steady, "t": restless}, {"s": lucky, "t": steady})
    assert result.differences == ()
    assert {one.why for one in result.set_aside} == {
        "present in only some recordings of one side", "its surroundings differ between recordings of one side",
    }  # fmt: skip


def test_captures_are_compared_by_scenario_and_a_difference_names_its_scenarios() -> None:
    plain, thinking = capture(exchange(BODY)), capture(exchange({**BODY, "thinking": {}}))
    changed = comparison({"a": [plain], "b": [thinking]}, {"a": [thinking], "b": [thinking]})
    (one,) = changed.differences
    assert (one.rule, one.groups, one.of_groups) == ("request-field-more-often", ("a",), 2)
    assert comparison({"a": [plain], "b": [thinking]}, {"a": [plain], "b": [thinking]}).differences == ()


def test_a_scenario_of_one_side_is_inconclusive() -> None:
    plain = capture(exchange(BODY))
    result = comparison({"a": [plain], "b": [plain]}, {"a": [plain]})
    assert [(one.kind, one.rule, one.groups) for one in result.differences] == [
        ("unjudged", "scenario-on-one-side", ("b",))
    ]


def test_an_operation_in_another_scenario_of_the_older_side_is_not_new() -> None:
    models, plain = exchange(None, operation="GET /v1/models"), exchange(BODY)
    before = {"a": [capture(plain)], "b": [capture(plain, models)]}
    after = {"a": [capture(plain, models)], "b": [capture(plain, models)]}
    assert [(one.kind, one.rule, one.groups) for one in comparison(before, after).differences] == [
        ("additive", "operation-more-often", ("a",))
    ]


def test_a_missing_part_of_one_side_is_inconclusive() -> None:
    result = messages_of(
        [exchange(BODY, headers=[("X-A", "1")])], [exchange(BODY, headers=[("x-a", "1")], absent=("header-case",))]
    )
    assert result == [("unjudged", "untold-on-one-side", "the recordings of one side lack header-case: missing")]


def test_captures_are_compared_from_disk_with_labels_and_noise(tmp_path: Path) -> None:
    def recorded(name: str, nonce: str, **more: object) -> "object":
        return written_capture(tmp_path / name, exchange({**BODY, "nonce": nonce, **more}), labels={"scenario": "s"})

    old, again, new = recorded("old", "a"), recorded("again", "b"), recorded("new", "c", extra=1)
    loud = compare([old], [new], names=("old", "new"))  # type: ignore[list-item]
    quiet = compare([old], [new], names=("old", "new"), noise=[again])  # type: ignore[list-item]
    assert [one.rule for one in loud.differences] == ["request-field-added", "request-field-value"]
    assert [one.rule for one in quiet.differences] == ["request-field-added"]
    assert (quiet.before.captures, quiet.after.captures, quiet.before.groups, quiet.before.repeats) == (2, 1, ("s",), 2)


def test_pseudonyms_of_one_secret_under_two_keys_are_equal(tmp_path: Path) -> None:
    sent = exchange({**BODY, "mail": "zora.made@up.example", "note": "for zora.made@up.example, " + "and more " * 20})
    old, new = (written_capture(tmp_path / key, sent, key=key.encode() * 32) for key in "ab")
    texts = [next(iter(one.exchanges())).request.document.value["mail"] for one in (old, new)]
    assert len({*texts, "zora.made@up.example"}) == 3
    assert compare([old], [new], names=("old", "new")).differences == ()


def test_captures_without_scenario_are_one_recording_together(tmp_path: Path) -> None:
    old = [written_capture(tmp_path / name, exchange({**BODY, name: 1})) for name in ("a", "b")]
    new = [written_capture(tmp_path / name, exchange({**BODY, name: 1})) for name in ("c", "d")]
    result = compare(old, new, names=("old", "new"))
    assert [one.message for one in result.differences] == [
        "a of some bodies is no longer sent",
        "b of some bodies is no longer sent",
        "c is new: 1",
        "d is new: 1",
    ]
    assert (result.before.repeats, result.noise_known) == (1, False)
    assert compare(old, old, names=("old", "old")).differences == ()
    noisy = compare(old, new, names=("old", "new"), noise=new)
    assert (noisy.differences, noisy.noise_known) == ((), True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc") | st.just("type"), inner, max_size=3)
    ),
    max_leaves=8,
)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.lists(JSON, min_size=1, max_size=4), st.lists(JSON, min_size=1, max_size=4))
def test_any_traffic_equals_itself_and_differences_are_symmetric(one: list[object], other: list[object]) -> None:
    mine, theirs = ([exchange(body) for body in bodies] for bodies in (one, other))
    assert messages_of(mine, mine) == []
    assert bool(messages_of(mine, theirs)) == bool(messages_of(theirs, mine))


def test_every_reading_is_of_an_analyzer_and_every_rule_has_a_class_and_words() -> None:
    assert set(tables().readings) == set(registry())
    assert set(json.loads(PACKAGED.read_bytes())["analyzers"]) <= set(registry())
    for rule in tables().rules:
        assert rule.kind in KINDS
        assert rule.means.endswith(".")
        assert not rule.message.endswith(".")
        assert rule.of <= set(registry())
