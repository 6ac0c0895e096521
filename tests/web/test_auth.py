"""At stake: somebody who may come in cannot, or somebody who may not can."""

import asyncio

import pytest

from app.core.capability import Role
from app.core.errors import Refusal
from app.core.ids import CapabilityId, KeypadId, MeetingId
from app.main import Server, build
from app.plan import PLANS
from app.realtime.answers import Busy
from app.realtime.doorkeeper import Admission, Credentials
from app.settings import Settings
from app.web.auth import Doors
from app.web.guesses import Guesses
from app.web.sessions import Joined

ORIGIN = "http://127.0.0.1:8021"
REHEARSAL = (PLANS / "rehearsal.yaml").read_text(encoding="utf-8")


def shown(**said: str | None) -> Credentials:
    fields: dict[str, str | None] = {"ticket": None, "token": None, "resume": None, "origin": None}
    return Credentials(**(fields | said), address="")


async def code(server: Server, meeting: MeetingId, role: Role = Role.PARTICIPANT, at: int = 0) -> str:
    return (await server.house.codes(meeting, role))[at].secret


async def joined(server: Server, meeting: MeetingId, role: Role = Role.PARTICIPANT, **more: bool) -> Joined:
    answer = await server.house.doors.join(
        await code(server, meeting, role), browser=more.get("browser", False)
    )
    assert isinstance(answer, Joined)
    return answer


async def admitted(doors: Doors, credentials: Credentials) -> Admission:
    answer = await doors.admit(credentials)
    assert isinstance(answer, Admission), answer
    return answer


class Sockets:
    """What was asked to be closed."""

    def __init__(self) -> None:
        self.closed: list[tuple[CapabilityId, KeypadId | None]] = []

    def revoke(self, capability: CapabilityId, device: KeypadId | None = None) -> int:
        self.closed.append((capability, device))
        return 1


async def test_a_code_gives_a_device_of_its_own_each_time(server: Server, meeting: MeetingId) -> None:
    one, two = await joined(server, meeting), await joined(server, meeting)
    assert one.who.capability
    assert two.who.capability
    assert one.who.capability.id == two.who.capability.id
    assert one.who.capability.device != two.who.capability.device
    assert one.who.capability.device.startswith("kp_")
    for each in (one, two):
        assert (await admitted(server.house.doors, shown(token=each.token))).capability == each.who.capability


async def test_a_resume_secret_rotates_and_the_one_before_is_good_until_the_next_is_used(
    server: Server, meeting: MeetingId
) -> None:
    doors = server.house.doors
    first = (await admitted(doors, shown(token=(await joined(server, meeting)).token))).resume
    second = (await admitted(doors, shown(resume=first))).resume
    assert (await admitted(doors, shown(resume=first))).resume == second, "the welcome was lost"
    third = (await admitted(doors, shown(resume=second))).resume
    assert await doors.admit(shown(resume=first)) == Refusal("unknown_session")
    assert (await admitted(doors, shown(resume=third))).resume not in (first, second, third)
    forged = third[:-1] + ("A" if third[-1] != "A" else "B")
    assert await doors.admit(shown(resume=forged)) == Refusal("unknown_session")


async def test_a_resume_secret_is_good_after_a_restart(settings: Settings) -> None:
    server = build(settings)
    await server.house.open()
    meeting = await server.house.create_meeting(REHEARSAL)
    first = (await admitted(server.house.doors, shown(token=(await joined(server, meeting)).token))).resume
    second = (await admitted(server.house.doors, shown(resume=first))).resume
    seat_codes = await server.house.codes(meeting, Role.PARTICIPANT)
    await server.close()
    again = build(settings)
    await again.house.open()
    assert await again.house.codes(meeting, Role.PARTICIPANT) == seat_codes
    assert (await admitted(again.house.doors, shown(resume=first))).resume == second
    await admitted(again.house.doors, shown(resume=second))
    assert await again.house.doors.admit(shown(resume=first)) == Refusal("unknown_session")
    await again.close()


async def test_a_ticket_opens_once_and_only_with_an_origin(server: Server, meeting: MeetingId) -> None:
    doors = server.house.doors
    who = (await joined(server, meeting, browser=True)).who
    assert await doors.admit(shown(ticket=doors.ticket(who))) == Refusal("bad_origin")
    ticket = doors.ticket(who)
    await admitted(doors, shown(ticket=ticket, origin=ORIGIN))
    assert await doors.admit(shown(ticket=ticket, origin=ORIGIN)) == Refusal("unknown_session")


async def test_a_ticket_is_good_for_thirty_seconds(
    server: Server, meeting: MeetingId, settings: Settings
) -> None:
    now = 1_000_000
    doors = Doors(server.house.store, server.house.keys, settings, now_ms=lambda: now)
    answer = await doors.join(await code(server, meeting), browser=True)
    assert isinstance(answer, Joined)
    ticket = doors.ticket(answer.who)
    now += 30_001
    assert await doors.admit(shown(ticket=ticket, origin=ORIGIN)) == Refusal("unknown_session")


async def test_one_session_holds_no_more_than_a_few_tickets_and_takes_none_of_anothers(
    server: Server, meeting: MeetingId, settings: Settings
) -> None:
    now = 1_000_000
    doors = Doors(server.house.store, server.house.keys, settings, now_ms=lambda: now)
    mine, other = [await doors.join(await code(server, meeting, at=at), browser=True) for at in (0, 1)]
    assert isinstance(mine, Joined)
    assert isinstance(other, Joined)
    kept = doors.ticket(other.who)
    tickets = [doors.ticket(mine.who) for _ in range(500)]
    assert len(doors._tickets) == 6
    assert await doors.admit(shown(ticket=tickets[-6], origin=ORIGIN)) == Refusal("unknown_session")
    for ticket in (*tickets[-5:], kept):
        await admitted(doors, shown(ticket=ticket, origin=ORIGIN))
    doors.ticket(mine.who)
    now += 30_000
    doors.ticket(other.who)
    assert len(doors._tickets) == len(doors._tickets_of) == 1, "what nobody used is forgotten"


async def test_a_session_that_nobody_came_back_to_ends(
    server: Server, meeting: MeetingId, settings: Settings
) -> None:
    now = 1_000_000
    doors = Doors(server.house.store, server.house.keys, settings, now_ms=lambda: now)
    answer = await doors.join(await code(server, meeting), browser=False)
    assert isinstance(answer, Joined)
    now += settings.session_hours * 3_600_000 + 1
    assert await doors.who(answer.token) is None
    assert await doors.admit(shown(token=answer.token)) == Refusal("unknown_session")


async def test_revoking_kills_code_token_and_resume_and_closes_the_sockets(
    server: Server, meeting: MeetingId
) -> None:
    doors, sockets = server.house.doors, Sockets()
    mine = await joined(server, meeting)
    assert mine.who.capability is not None
    resume = (await admitted(doors, shown(token=mine.token))).resume
    doors.sockets = sockets
    secret = await code(server, meeting)
    await doors.revoke(await server.house.held(meeting, mine.who.capability.id))
    assert sockets.closed == [(mine.who.capability.id, None)]
    assert await doors.join(secret, browser=False) == Refusal("unknown_code")
    assert await doors.who(mine.token) is None
    for credentials in (shown(token=mine.token), shown(resume=resume)):
        assert await doors.admit(credentials) == Refusal("revoked")


async def test_a_third_laptop_takes_the_place_of_the_oldest(server: Server, meeting: MeetingId) -> None:
    doors, sockets = server.house.doors, Sockets()
    doors.sockets = sockets
    laptops = [await joined(server, meeting, Role.TABLE_FACILITATOR) for _ in range(3)]
    assert [await doors.who(laptop.token) is not None for laptop in laptops] == [False, True, True]
    first = laptops[0].who.capability
    assert first is not None
    assert sockets.closed == [(first.id, first.device)]


async def test_the_same_card_on_the_same_phone_goes_on_with_its_session(
    server: Server, meeting: MeetingId
) -> None:
    first = await joined(server, meeting, browser=True)
    again = await server.house.doors.join(
        await code(server, meeting), browser=True, held_by={"seat": first.token}.get
    )
    assert again == first
    other = await server.house.doors.join(
        await code(server, meeting, at=1), browser=True, held_by={"seat": first.token}.get
    )
    assert isinstance(other, Joined)
    assert other.who.session != first.who.session


async def test_an_archived_meeting_lets_nobody_in(server: Server, meeting: MeetingId) -> None:
    mine = await joined(server, meeting)
    server.house.doors.archived = lambda _: True
    assert await server.house.doors.admit(shown(token=mine.token)) == Refusal("meeting_archived")


@pytest.mark.parametrize("secret", ["", "r.1.x", "dev_1.-1.x", "dev_1.99999999999999.x", "é.1.x", "x" * 5000])
async def test_nonsense_is_an_unknown_session(server: Server, secret: str) -> None:
    assert await server.house.doors.admit(shown(resume=secret)) == Refusal("unknown_session")
    assert await server.house.doors.admit(shown(token=secret)) == Refusal("unknown_session")
    assert await server.house.doors.who(secret) is None


def test_wrong_codes_cost_more_the_more_there_are_and_less_again_after_a_while() -> None:
    guesses = Guesses(free=20, delay_ms_min=1_000, delay_ms_max=8_000, waiting_max=5)
    first = [guesses.wrong(0) for _ in range(19)]
    assert set(first) == {1_000}
    assert [guesses.wrong(0) for _ in range(100)][-1] == 8_000
    assert guesses.wrong(30 * 60_000) == 1_000


async def test_a_guesser_is_slowed_and_whoever_is_right_is_not(
    server: Server, meeting: MeetingId, settings: Settings
) -> None:
    slow = settings.model_copy(
        update={
            "wrong_code_delay_ms_min": 60_000,
            "wrong_code_delay_ms_max": 60_000,
            "wrong_codes_waiting_max": 8,
        }
    )
    doors = Doors(server.house.store, server.house.keys, slow)
    guesses = [asyncio.create_task(doors.join("00000000", browser=False)) for _ in range(8)]
    while doors.guesses.waiting < 8:  # noqa: ASYNC110 - each turn of the loop starts one
        await asyncio.sleep(0)
    assert await doors.join("00000000", browser=False) == Busy("rate", 8_000)
    right = await asyncio.wait_for(doors.join(await code(server, meeting), browser=False), 30)
    assert isinstance(right, Joined)
    for guess in guesses:
        guess.cancel()
    await asyncio.gather(*guesses, return_exceptions=True)
