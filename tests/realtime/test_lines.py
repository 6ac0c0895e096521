"""At stake: a console that says "all is well" of a table whose laptop is off the line."""

from app.core.capability import Capability, Role
from app.core.ids import CapabilityId, SeatId, TableId
from app.realtime.lines import Lines, TableLine
from tests.fakes import laptop, phone, running

ROOM = {TableId("1"): [SeatId("1-1"), SeatId("1-2")], TableId("2"): [SeatId("2-1")]}


def facilitator(table: str) -> Capability:
    return Capability(CapabilityId(f"f{table}"), Role.TABLE_FACILITATOR, tables=(TableId(table),))


def at_seat(seat: str) -> Capability:
    return Capability(CapabilityId(f"p{seat}"), Role.PARTICIPANT, seat=SeatId(seat))


def test_a_line_is_lost_when_the_last_laptop_of_a_table_goes_and_found_when_one_comes() -> None:
    lines = Lines()
    lines.came(facilitator("1"))
    lines.came(facilitator("1"))
    lines.went(facilitator("1"), 5)
    assert lines.of(ROOM)[TableId("1")] == TableLine(1, 0, None)
    lines.went(facilitator("1"), 7)
    assert lines.of(ROOM)[TableId("1")] == TableLine(0, 0, 7)
    lines.came(facilitator("1"))
    assert lines.of(ROOM)[TableId("1")] == TableLine(1, 0, None)
    assert lines.of(ROOM)[TableId("2")] == TableLine(0, 0, None), "never there: nothing was lost"


def test_a_phone_counts_once_at_the_table_where_its_seat_is_now() -> None:
    lines = Lines()
    for _ in range(2):
        lines.came(at_seat("1-1"))
    lines.came(at_seat("2-1"))
    assert [line.phones for line in lines.of(ROOM).values()] == [1, 1]
    moved = {TableId("1"): [SeatId("1-1"), SeatId("1-2"), SeatId("2-1")], TableId("2"): []}
    assert [line.phones for line in lines.of(moved).values()] == [2, 0]
    lines.went(at_seat("1-1"), 1)
    assert lines.of(ROOM)[TableId("1")].phones == 1, "an older phone of the seat is still there"
    lines.went(at_seat("1-1"), 2)
    assert lines.of(ROOM)[TableId("1")].phones == 0


async def test_a_hall_counts_who_is_connected_and_not_who_was() -> None:
    async with running() as room:
        tables = {t.id: list(t.seats) for t in room.hall.meeting.roster.tables.values()}
        table = next(iter(tables))
        _, connection = await room.enter(laptop(1))
        await room.enter(phone(1, 1))
        assert room.hall.audience.lines.of(tables)[table] == TableLine(1, 1, None)
        connection.lost()
        lost = room.hall.audience.lines.of(tables)[table]
        assert (lost.laptops, lost.phones) == (0, 1)
        assert lost.lost_at_ms == room.clock.now_ms()
        connection.lost()
        assert room.hall.audience.lines.of(tables)[table].laptops == 0, "it is gone once"
