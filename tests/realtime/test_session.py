"""At stake: whatever a client sends, it gets a stable code and a sentence, or is cut; never an exception."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.capability import Role
from app.core.errors import REFUSALS, Refusal
from app.core.receipts import Accepted
from app.realtime import wire
from app.realtime.answers import Busy
from app.realtime.session import (
    BAD_FRAMES_MAX,
    EXCESS_MAX,
    TALK_BURST,
    Authenticate,
    Beat,
    Close,
    Effect,
    Phase,
    Reply,
    Resync,
    Session,
    Submit,
)  # fmt: skip
from tests.fakes import capability, hello_frame, say
from tests.realtime.samples import COMMAND, commands

BALLOT = wire.command_frame(COMMAND, commands()["cast_ballot"])


def fresh(*, has_origin: bool = True) -> Session:
    return Session(say, has_origin=has_origin)


def ready(role: Role = Role.PARTICIPANT, lang: str = "en") -> Session:
    session = fresh()
    assert isinstance(session.received(hello_frame(token="x", lang=lang), 0.0), Authenticate)
    session.admitted(capability(role))
    return session


def refused(effect: Effect | None) -> wire.Nack:
    assert isinstance(effect, Reply)
    nack = wire.read_server(effect.frame)
    assert isinstance(nack, wire.Nack)
    return nack


def closed(effect: Effect | None) -> tuple[int, str]:
    assert isinstance(effect, Close), effect
    if effect.frame is None:
        return effect.code, ""
    bye = wire.read_server(effect.frame)
    assert isinstance(bye, wire.Bye)
    return effect.code, bye.say


# --- the hello -----------------------------------------------------------------------------


def test_a_hello_asks_the_doorkeeper_and_then_commands_are_taken() -> None:
    session = fresh()
    effect = session.received(hello_frame(ticket="t", lang="th"), 0.0)
    assert isinstance(effect, Authenticate)
    assert effect.hello.ticket == "t"
    assert session.phase is Phase.ADMITTING
    session.admitted(capability(Role.PARTICIPANT))
    assert session.received(BALLOT, 0.0) == Submit(COMMAND, commands()["cast_ballot"])
    assert session.outstanding == 1


@pytest.mark.parametrize(
    ("frame", "code", "reason"),
    [
        (BALLOT, 4502, "hello_first"),
        (b'{"t":"beat"}', 4502, "hello_first"),
        (hello_frame(protocol=2, token="x"), 4502, "protocol"),
        (hello_frame(), 4502, "credentials"),
        (hello_frame(token="x", resume="y"), 4502, "credentials"),
        (b"what?", 4502, "json"),
    ],
)
def test_who_does_not_say_hello_first_and_rightly_is_closed(frame: bytes, code: int, reason: str) -> None:
    assert closed(fresh().received(frame, 0.0)) == (code, f":bad_frame reason={reason}")


def test_a_second_hello_is_closed() -> None:
    assert closed(ready().received(hello_frame(token="x"), 0.0)) == (4502, "en:bad_frame reason=hello_twice")


def test_without_an_origin_a_ticket_is_not_good_and_a_token_is() -> None:
    assert closed(fresh(has_origin=False).received(hello_frame(ticket="t"), 0.0)) == (4500, ":bad_origin")
    for shown in ({"token": "x"}, {"resume": "x"}):
        effect = fresh(has_origin=False).received(hello_frame(**shown), 0.0)
        assert isinstance(effect, Authenticate)


@pytest.mark.parametrize(
    ("why", "code"),
    [
        (Refusal("unknown_session"), 4500),
        (Refusal("revoked"), 4501),
        (Refusal("meeting_archived"), 4503),
        (Busy("rate", 100), 4029),
        (Busy("starting", 100), 4030),
    ],
)
def test_who_is_turned_away_hears_why_in_the_language_of_the_hello(why: Refusal | Busy, code: int) -> None:
    session = fresh()
    session.received(hello_frame(token="x", lang="th"), 0.0)
    assert closed(session.turned_away(why)) == (code, f"th:{why.code}")
    assert session.received(BALLOT, 0.0) is None


# --- frames that cannot be read ------------------------------------------------------------


def altered(name: str, **change: Any) -> bytes:
    frame = json.loads(wire.command_frame(COMMAND, commands()[name])) | change
    return json.dumps({key: value for key, value in frame.items() if value != "DROP"}).encode()


@pytest.mark.parametrize(
    ("frame", "command", "refusal"),
    [
        (b"{", None, Refusal("bad_frame", reason="json")),
        (b"[]", None, Refusal("bad_frame", reason="object")),
        (b"7", None, Refusal("bad_frame", reason="object")),
        (b"{}", None, Refusal("bad_frame", reason="kind")),
        (b'{"t":7}', None, Refusal("bad_frame", reason="kind")),
        (b"[" * 5_000, None, Refusal("bad_frame", reason="object")),
        (b'{"more":' * 2_000, None, Refusal("bad_frame", reason="depth")),
        (altered("cast_ballot", t="steal"), COMMAND, Refusal("unknown_command", name="steal")),
        (altered("cast_ballot", t="lose_key"), COMMAND, Refusal("unknown_command", name="lose_key")),
        (altered("cast_ballot", id="cmd_1"), "cmd_1", Refusal("bad_id", field="id")),
        (altered("cast_ballot", id=7), None, Refusal("bad_id", field="id")),
        (altered("cast_ballot", id="DROP"), None, Refusal("bad_id", field="id")),
        (altered("cast_ballot", seat="DROP"), COMMAND, Refusal("bad_field", field="seat", reason="missing")),
        (altered("cast_ballot", more=1), COMMAND, Refusal("bad_field", field="more", reason="unknown")),
        (
            altered("take_scene", scene={"kind": "title", "more": 1}),
            COMMAND,
            Refusal("bad_field", field="scene.more", reason="unknown"),
        ),
        (
            altered("cast_ballot", round="1"),
            COMMAND,
            Refusal("bad_field", field="round", reason="Expected `int`, got `str`"),
        ),
    ],
)
def test_a_frame_that_is_not_right_is_refused_with_its_id_and_a_code(
    frame: bytes, command: str | None, refusal: Refusal
) -> None:
    session = ready()
    nack = refused(session.received(frame, 0.0))
    assert (nack.id, nack.code, nack.params) == (command, refusal.code, refusal.params)
    assert nack.say.startswith(f"en:{refusal.code}")
    assert session.outstanding == 0
    assert isinstance(session.received(BALLOT, 0.0), Submit)


def test_too_large_a_frame_is_refused_and_a_console_may_send_larger_ones() -> None:
    frame = altered("start_timer", label={"en": "x" * wire.FRAME_BYTES_MAX})
    assert refused(ready().received(frame, 0.0)).code == "frame_too_large"
    assert isinstance(ready(Role.ORGANISER).received(frame, 0.0), Submit)
    huge = altered("start_timer", label={"en": "x" * wire.CONSOLE_FRAME_BYTES_MAX})
    assert refused(ready(Role.ORGANISER).received(huge, 0.0)).params == {"limit": 256 * 1024}


def test_text_that_is_not_utf8_closes_with_1007_and_binary_with_1003() -> None:
    assert closed(ready().received(b'{"t":"beat","id":"\xff"}', 0.0)) == (1007, "")
    assert closed(fresh().received(b"\xff\xfe", 0.0)) == (1007, "")
    assert closed(ready().binary()) == (1003, "en:bad_frame reason=binary")


def test_who_sends_only_rubbish_is_cut() -> None:
    session = ready()
    for _ in range(BAD_FRAMES_MAX):
        refused(session.received(b"{", 0.0))
    assert closed(session.received(b"{", 0.0))[0] == 4502


@given(st.lists(st.binary(max_size=60) | st.just(BALLOT) | st.text(max_size=30).map(str.encode), max_size=40))
def test_no_bytes_make_it_raise(frames: list[bytes]) -> None:
    session = ready()
    for frame in frames:
        effect = session.received(frame, 0.0)
        if isinstance(effect, Reply):
            nack = wire.read_server(effect.frame)
            assert isinstance(nack, wire.Nack)
            assert set(nack.params) == set(REFUSALS[nack.code])


# --- bounds --------------------------------------------------------------------------------


def test_the_65th_outstanding_command_is_answered_busy_and_going_on_so_is_cut() -> None:
    session = ready()
    for _ in range(wire.OUTSTANDING_MAX):
        assert isinstance(session.received(BALLOT, 0.0), Submit)
    for _ in range(EXCESS_MAX):
        effect = session.received(BALLOT, 0.0)
        assert isinstance(effect, Reply)
        busy = wire.read_server(effect.frame)
        assert isinstance(busy, wire.Busy)
        assert (busy.id, busy.code) == (COMMAND, "overloaded")
    assert closed(session.received(BALLOT, 0.0))[0] == 4029


def test_answers_make_room_again() -> None:
    session = ready()
    for _ in range(wire.OUTSTANDING_MAX):
        session.received(BALLOT, 0.0)
    session.answered(COMMAND, Accepted(7))
    assert isinstance(session.received(BALLOT, 0.0), Submit)


def test_beats_and_resyncs_are_answered_and_a_flood_of_them_is_cut() -> None:
    session = ready()
    assert isinstance(session.received(b'{"t":"beat"}', 0.0), Beat)
    assert isinstance(session.received(b'{"t":"resync"}', 0.0), Resync)
    for _ in range(int(TALK_BURST) - 2):
        session.received(b'{"t":"resync"}', 0.0)
    assert isinstance(session.received(b'{"t":"beat"}', 1.0), Beat)
    assert closed(session.received(b'{"t":"beat"}', 1.0))[0] == 4029


# --- answers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "frame"),
    [
        (Accepted(9), wire.Ack(COMMAND, 9)),
        (
            Refusal("too_many_choices", limit=3),
            wire.Nack(COMMAND, "too_many_choices", {"limit": 3}, "th:too_many_choices limit=3"),
        ),
        (Busy("disk_full", 1_000), wire.Busy(COMMAND, "disk_full", 1_000, "th:disk_full")),
        (Refusal("outcome_unknown"), wire.Unknown(COMMAND, "outcome_unknown", "th:outcome_unknown")),
    ],
)
def test_answers_are_said_in_the_readers_language(
    answer: Accepted | Refusal | Busy, frame: wire.ServerFrame
) -> None:
    session = ready(lang="th")
    session.received(BALLOT, 0.0)
    assert wire.read_server(session.answered(COMMAND, answer)) == frame
    assert session.outstanding == 0
