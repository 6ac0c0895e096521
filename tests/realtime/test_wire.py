"""At stake: the public contract. A frame that changes its bytes breaks every page and program out there."""

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.commands import COMMANDS, AnyCommand, RedactText
from app.core.ids import CommandId
from app.realtime import wire
from tests.realtime.samples import COMMAND, CONNECTION, SERVER, commands

GOLDEN = Path(__file__).parent.parent / "golden" / "frames-v1.json"


def made() -> dict[str, dict[str, str]]:
    """Every sample frame as text, by side and name."""
    return {
        "client": {name: wire.encode(frame).decode() for name, frame in CONNECTION.items()},
        "commands": {name: wire.command_frame(COMMAND, said).decode() for name, said in commands().items()},
        "server": {name: wire.encode(frame).decode() for name, frame in SERVER.items()},
    }


def golden() -> dict[str, dict[str, str]]:
    if os.environ.get("GOLDEN") == "write":
        GOLDEN.write_text(json.dumps(made(), indent=1, ensure_ascii=False) + "\n")
    frames: dict[str, dict[str, str]] = json.loads(GOLDEN.read_text())
    return frames


def test_frames_are_what_they_were() -> None:
    assert made() == golden()


@pytest.mark.parametrize(("name", "said"), commands().items())
def test_a_golden_command_is_read_as_it_was_meant(name: str, said: AnyCommand) -> None:
    assert wire.read_client(golden()["commands"][name].encode()) == (COMMAND, said)


def test_golden_frames_of_the_connection_and_the_server_are_read_as_they_were_meant() -> None:
    for name, frame in CONNECTION.items():
        assert wire.read_client(golden()["client"][name].encode()) == frame
    for name, sent in SERVER.items():
        assert wire.encode(wire.read_server(golden()["server"][name].encode())) == wire.encode(sent)


def test_every_command_but_the_servers_own_has_a_frame_with_its_fields() -> None:
    internal = {"prepare_meeting", "finish_voting", "give_more_time", "lose_key", "restore_log"}
    assert set(wire.COMMAND_FRAMES) == set(COMMANDS) - internal
    for name, frame in wire.COMMAND_FRAMES.items():
        assert frame.__struct_config__.tag == name
        assert len(frame.__struct_fields__) == 1 + len(COMMANDS[name].__dataclass_fields__), name


def test_every_frame_says_what_it_is() -> None:
    for frame in (*wire.CONNECTION_FRAMES, *wire.SERVER_FRAMES, *wire.COMMAND_FRAMES.values()):
        assert frame.__doc__, frame


def test_a_commands_own_id_is_not_mistaken_for_the_frames() -> None:
    frame = wire.command_frame(COMMAND, RedactText(of="idea", of_id="idea_1"))
    assert json.loads(frame) == {"t": "redact_text", "id": COMMAND, "of": "idea", "of_id": "idea_1"}
    assert wire.read_client(frame) == (COMMAND, RedactText(of="idea", of_id="idea_1"))


def altered(name: str, **change: Any) -> bytes:
    frame = json.loads(wire.command_frame(COMMAND, commands()[name]))
    return json.dumps(frame | change).encode()


@pytest.mark.parametrize(
    "frame",
    [
        altered("cast_ballot", more=1),
        altered("cast_ballot", round="1"),
        altered("cast_ballot", round=True),
        altered("cast_ballot", round=2**53),
        altered("cast_ballot", choices=None),
        altered("cast_ballot", choices={"shade": "much"}),
        altered("cast_ballot", id="cmd_1"),
        altered("cast_ballot", id=COMMAND + "\n"),
        altered("cast_ballot", id=COMMAND.upper()),
        altered("write_idea", kind="gossip"),
        altered("take_scene", scene={"kind": "title", "more": 1}),
        b'{"t":"finish_voting","id":"cmd_0123456789abcdef0123456789abcdef","question":"q","round":1}',
        b'{"t":"hello","protocol":1,"secret":"x"}',
    ],
)
def test_what_is_not_in_the_contract_is_not_read(frame: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        wire.read_client(frame)


NEARLY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["t", "id", "of", "x"]), inner)
    ),
)


@given(st.binary(max_size=200) | NEARLY.map(lambda value: json.dumps(value).encode()))
def test_reading_any_bytes_gives_a_frame_or_one_of_three_errors(data: bytes) -> None:
    try:
        wire.read_client(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return


def test_close_codes_say_whether_to_come_back() -> None:
    assert [code for code in wire.CLOSE_CODES if wire.may_come_back(code)] == [4008, 4010, 4029, 4030]
    assert wire.may_come_back(1006)
    assert wire.may_come_back(1012)


def test_ids_of_commands_are_compared_whole() -> None:
    assert wire.read_client(altered("cast_ballot"))[0] == CommandId(COMMAND)  # type: ignore[index]
