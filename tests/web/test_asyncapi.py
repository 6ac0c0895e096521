"""At stake: a client can be written from the document alone, so the document is the truth."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from app.realtime import wire
from app.web.asyncapi import document
from tests.realtime.samples import COMMAND, CONNECTION, SERVER, commands

PUBLISHED = (
    Path(__file__).parent.parent.parent / "node_modules/@asyncapi/specs/schemas/3.0.0-without-$id.json"
)


@cache
def made() -> dict[str, Any]:
    return document("hall.test:8021", secure=True, version="0.1.0")


@cache
def schema(name: str) -> Any:
    """The validator of one frame, out of the document."""
    components = made()["components"]
    return jsonschema.Draft202012Validator(
        {**components["messages"][name]["payload"], "components": components}
    )


def published() -> Any:
    if not PUBLISHED.exists():
        pytest.skip("needs node_modules")
    return jsonschema.Draft7Validator(json.loads(PUBLISHED.read_text()))


def test_it_is_valid_against_the_published_schema() -> None:
    assert [error.message for error in published().iter_errors(made())] == []


def test_the_published_schema_would_find_a_fault() -> None:
    broken = json.loads(json.dumps(made()))
    del broken["operations"]["sayHello"]["action"]
    assert not published().is_valid(broken)


def test_every_reference_leads_somewhere() -> None:
    def follow(part: Any) -> None:
        if isinstance(part, dict):
            if "$ref" in part:
                found = made()
                for step in part["$ref"].removeprefix("#/").split("/"):
                    found = found[step]
            for inner in part.values():
                follow(inner)
        elif isinstance(part, list):
            for inner in part:
                follow(inner)

    follow(made())


def test_every_frame_is_in_it_with_its_words_and_in_an_operation() -> None:
    frames = (*wire.CONNECTION_FRAMES, *wire.SERVER_FRAMES, *wire.COMMAND_FRAMES.values())
    messages = made()["components"]["messages"]
    assert set(messages) == {frame.__struct_config__.tag for frame in frames}
    assert all(message["summary"].endswith((".", ":", "`")) for message in messages.values())
    used = json.dumps(made()["operations"])
    for name in messages:
        assert f'messages/{name}"' in used, name


@pytest.mark.parametrize("name", [*CONNECTION, *wire.COMMAND_FRAMES])
def test_what_the_server_takes_is_what_the_document_says(name: str) -> None:
    frame = wire.encode(CONNECTION[name]) if name in CONNECTION else command(name)
    assert list(schema(name).iter_errors(json.loads(frame))) == []
    assert not schema(name).is_valid({**json.loads(frame), "more": 1})


def command(name: str) -> bytes:
    return wire.command_frame(COMMAND, commands()[name])


def test_what_the_server_says_is_what_the_document_says() -> None:
    for frame in SERVER.values():
        text = json.loads(wire.encode(frame))
        assert list(schema(text["t"]).iter_errors(text)) == []


def test_close_codes_and_refusals_are_in_it() -> None:
    assert made()["x-close-codes"].keys() == {str(code) for code in wire.CLOSE_CODES}
    assert made()["x-refusals"]["too_many_choices"] == ["limit"]
    assert made()["x-busy"].keys() == {"rate", "disk_full", "draining", "overloaded", "starting"}


def test_the_server_is_where_it_was_said_to_be() -> None:
    assert made()["servers"]["here"] == {"host": "hall.test:8021", "protocol": "wss", "pathname": "/"}
    assert document("x", secure=False, version="1")["servers"]["here"]["protocol"] == "ws"
