"""Path templates: ids are recognised by their shape, and parameters are named."""

import re
import string
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as some

from wirelore.model.templates import guessed_template, is_id, path_values, pattern_of

UUID = "11111111-2222-4333-8444-555555555555"
LETTERS = string.ascii_letters + string.digits


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/v1/messages", "/v1/messages"),
        ("/v1/count_tokens", "/v1/count_tokens"),
        ("/v1/organization_configuration", "/v1/organization_configuration"),
        ("", ""),
        ("/v1/things/42", "/v1/things/{thing_id}"),
        ("/v1/files/file_011CdTdZVCFsK7adq7aaf4ie", "/v1/files/{file_id}"),
        (
            "/v1/skills/skill_01AbCdEfGhIjKlMnOpQrStUv/versions/1759178010641129",
            "/v1/skills/{skill_id}/versions/{version_id}",
        ),
        (f"/organizations/{UUID}/x", "/organizations/{organization_id}/x"),
        ("/m/models/claude-opus-4-5-20251101", "/m/models/{model_id}"),
        ("/toolUses/0123456789abcdef", "/toolUses/{tool_use_id}"),
        ("/api-keys/7", "/api-keys/{api_key_id}"),
    ],
)
def test_a_segment_that_looks_like_an_id_is_named_after_the_word_before_it(path: str, template: str) -> None:
    assert guessed_template(path) == template


@pytest.mark.parametrize(
    ("path", "template"),
    [
        (f"/o/{UUID}/x", "/o/{id}/x"),
        ("/v1/42", "/v1/{id}"),
        ("/42", "/{id}"),
        ("/v1/things/42/43", "/v1/things/{thing_id}/{id}"),
        ("/f/msg_0123456789abcdef", "/f/{id}"),
        ("/f/file_0123456789abcdef", "/f/{file_id}"),
    ],
)
def test_without_a_usable_word_before_it_only_a_prefix_that_is_a_word_gives_a_name(path: str, template: str) -> None:
    assert guessed_template(path) == template


@pytest.mark.parametrize(
    ("path", "template"),
    [
        ("/members/user_0123456789abcdef", "/members/{user_id}"),
        ("/messages/msg_0123456789abcdef", "/messages/{message_id}"),
        ("/batches/msgbatch_0123456789abcdef", "/batches/{batch_id}"),
        ("/workspaces/wrkspc_0123456789abcdef", "/workspaces/{workspace_id}"),
        ("/files/org_0123456789abcdef", "/files/{file_id}"),
    ],
)
def test_a_prefix_that_differs_from_its_collection_gives_the_name(path: str, template: str) -> None:
    assert guessed_template(path) == template


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("policies", "policy"),
        ("batches", "batch"),
        ("caches", "cache"),
        ("boxes", "box"),
        ("addresses", "address"),
        ("classes", "class"),
        ("uses", "use"),
        ("status", "status"),
        ("analysis", "analysis"),
        ("access", "access"),
        ("data", "data"),
        ("Keys", "key"),
    ],
)
def test_a_parameter_is_one_of_the_things_in_its_collection(words: str, name: str) -> None:
    assert guessed_template(f"/{words}/1") == f"/{words}/{{{name}_id}}"


def test_two_parameters_never_share_a_name() -> None:
    assert guessed_template("/a/1/2/3") == "/a/{id}/{id_2}/{id_3}"
    assert guessed_template("/files/1/files/2") == "/files/{file_id}/files/{file_id_2}"


def ids() -> some.SearchStrategy[tuple[str, str]]:
    """Two ids of one kind."""
    digits = some.text(string.digits, min_size=1, max_size=18)
    tail = some.text(LETTERS, min_size=12, max_size=40).filter(lambda text: re.search("[A-Z0-9]", text) is not None)
    prefix = some.sampled_from(["file", "msg", "skill", "toolu", "user"])
    hexadecimal = some.text("0123456789abcdef", min_size=16, max_size=64)
    kinds = [digits, hexadecimal, some.uuids().map(str)]
    same_kind = [some.tuples(kind, kind) for kind in kinds]
    return some.one_of(*same_kind, some.builds(lambda p, a, b: (f"{p}_{a}", f"{p}_{b}"), prefix, tail, tail))


WORDS = some.sampled_from(["v1", "files", "skills", "messages", "batches", "o", "count_tokens", "members", "toolUses"])


@given(some.lists(some.one_of(WORDS.map(lambda word: (word, word)), ids()), max_size=8))
def test_paths_that_differ_in_their_ids_have_one_template_from_which_the_ids_are_read(
    pairs: list[tuple[str, str]],
) -> None:
    first, second = ("".join("/" + pair[side] for pair in pairs) for side in (0, 1))
    template = guessed_template(first)
    assert template == guessed_template(second)
    names = re.findall(r"\{(\w+)\}", template)
    assert len(names) == len(set(names))
    for side, path in enumerate((first, second)):
        assert list(path_values(template, path).values()) == [pair[side] for pair in pairs if is_id(pair[side])]


@given(some.text(some.characters(exclude_characters="{}", exclude_categories=["Cs"]), max_size=60))
def test_any_path_has_a_template_that_fits_it(path: str) -> None:
    template = guessed_template(path)
    assert guessed_template(template) == template
    assert pattern_of(template).fullmatch(path)


def test_a_path_of_another_form_has_no_values() -> None:
    assert path_values("/v1/files/{file_id}", "/v1/files") == {}
    assert path_values("/v1/files/{file_id}", "/v1/files/a/b") == {}
    assert path_values("/v1/models/{model}:count", "/v1/models/some:count") == {"model": "some"}
    assert path_values("/v1/files", "/v1/files") == {}


def test_an_id_has_the_shape_of_one() -> None:
    assert is_id(str(uuid.UUID(int=7)))
    assert not is_id("message_configuration")
    assert not is_id("")
