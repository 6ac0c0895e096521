"""Sites, tables, seats, standings, keypads, presence.

A ballot belongs to a seat, and a seat is bound to one keypad at a time. The
newest device takes the place; if the older one is connected and has voted in
the open question, a person confirms (docs/rules.md, Ballots).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from app.core.capability import Given, Role
from app.core.commands import (
    AddSeat,
    BindKeypad,
    Channel,
    ConfirmTakeover,
    CountHeads,
    JoinSeat,
    MarkLeft,
    MarkPresent,
    MoveSeat,
    ReleaseKeypad,
    RosterCommand,
)
from app.core.errors import Refusal
from app.core.events import (
    AnyEvent,
    HeadsCounted,
    KeypadBound,
    KeypadReleased,
    RosterEvent,
    SeatAdded,
    SeatMarkedLeft,
    SeatMarkedPresent,
    SeatMoved,
    TakeoverAsked,
)
from app.core.ids import KeypadId, SeatId, SiteId, TableId, is_made_id
from app.core.planned import PlannedMeeting, Standing

HEADS_MAX = 50
KEYPAD_MAX = 120


@dataclass(slots=True)
class Seat:
    """A place at a table as it stands now."""

    id: SeatId
    table: TableId
    site: SiteId
    standing: Standing
    sector: str | None
    language: str | None
    keypad: KeypadId | None = None
    channel: Channel | None = None
    present: bool = False
    left: bool = False
    asked: tuple[KeypadId, Channel] | None = None
    planned: bool = True


@dataclass(slots=True)
class Table:
    """A table as it stands now. `heads` is what the facilitator counted last."""

    id: TableId
    site: SiteId
    seats_max: int
    language: str | None
    heads: int | None = None
    seats: list[SeatId] = field(default_factory=list)


class Roster:
    """Who sits where, and with which keypad."""

    def __init__(self) -> None:
        self.sites: dict[SiteId, dict[str, str]] = {}
        self.tables: dict[TableId, Table] = {}
        self.seats: dict[SeatId, Seat] = {}
        self.keypads: dict[KeypadId, SeatId] = {}
        self.sequences: dict[KeypadId, int] = {}
        self.present: dict[Standing, int] = dict.fromkeys(Standing, 0)

    def prepare(self, plan: PlannedMeeting) -> None:
        """Take sites, tables and seats from the plan; what is known of those that were there before stays."""
        tables, seats = self.tables, self.seats
        self.sites = {site.id: site.name for site in plan.sites}
        self.tables, self.seats, self.keypads = {}, {}, {}
        self.present = dict.fromkeys(Standing, 0)
        for t in plan.tables:
            heads = tables[t.id].heads if t.id in tables else None
            self.tables[t.id] = Table(t.id, t.site, t.seats_max, t.language, heads)
        for s in plan.seats:
            table = self.tables[s.table]
            self.seats[s.id] = Seat(s.id, s.table, table.site, s.standing, s.sector, s.language)
            table.seats.append(s.id)
            if (before := seats.get(s.id)) is not None and before.table == s.table:
                self._as_before(self.seats[s.id], before)

    def _as_before(self, seat: Seat, before: Seat) -> None:
        seat.keypad, seat.channel, seat.asked = before.keypad, before.channel, before.asked
        seat.present, seat.left = before.present, before.left
        self.present[seat.standing] += seat.present
        if seat.keypad is not None:
            self.keypads[seat.keypad] = seat.id

    def seat(self, seat: SeatId) -> Seat:
        """The seat, or the refusal unknown_seat."""
        found = self.seats.get(seat)
        if found is None:
            raise Refusal("unknown_seat", seat=seat[:64])
        return found

    def table(self, table: TableId) -> Table:
        """The table, or the refusal unknown_table."""
        found = self.tables.get(table)
        if found is None:
            raise Refusal("unknown_table", table=table[:64])
        return found

    def absent_of(self, standings: Iterable[Standing]) -> Iterator[SeatId]:
        """The seats of these standings that are not present."""
        wanted = frozenset(standings)
        return (seat.id for seat in self.seats.values() if seat.standing in wanted and not seat.present)

    def present_of(self, standings: Iterable[Standing]) -> int:
        """How many seats of these standings are present."""
        return sum(self.present[standing] for standing in dict.fromkeys(standings))

    # --- decide ------------------------------------------------------------------------

    def decide(self, command: RosterCommand, given: Given, *, voted: bool) -> tuple[AnyEvent, ...]:
        """Decide a command about the roster.

        Args:
            command: One of this module's commands.
            given: What the edge adds.
            voted: Whether the seat named has a ballot in the open question.
        """
        match command:
            case JoinSeat():
                return self._join(command, given, voted=voted)
            case BindKeypad():
                return self._bind(command, given)
            case ReleaseKeypad():
                seat = self.seat(command.seat)
                if seat.keypad is None:
                    raise Refusal("seat_not_bound", seat=seat.id)
                return (KeypadReleased(**given.act, site=seat.site, seat=seat.id, keypad=seat.keypad),)
            case ConfirmTakeover():
                seat = self.seat(command.seat)
                if seat.asked is None:
                    raise Refusal("no_takeover_asked", seat=seat.id)
                return (self._bound(seat, *seat.asked, given),)
            case MarkPresent():
                seat = self.seat(command.seat)
                return (SeatMarkedPresent(**given.act, site=seat.site, seat=seat.id),)
            case MarkLeft():
                seat = self.seat(command.seat)
                if not seat.present:
                    raise Refusal("not_present", seat=seat.id)
                return (SeatMarkedLeft(**given.act, site=seat.site, seat=seat.id),)
            case AddSeat():
                return self._add(command, given)
            case MoveSeat():
                seat = self.seat(command.seat)
                stays = command.table == seat.table
                table = self.table(seat.table) if stays else self._with_room(command.table)
                return (SeatMoved(**given.act, site=table.site, seat=seat.id, table=table.id),)
            case CountHeads():
                table = self.table(command.table)
                if not 0 <= command.heads <= HEADS_MAX:
                    raise Refusal("heads_out_of_range", limit=HEADS_MAX)
                return (HeadsCounted(**given.act, site=table.site, table=table.id, heads=command.heads),)

    def _join(self, command: JoinSeat, given: Given, *, voted: bool) -> tuple[AnyEvent, ...]:
        seat = self.seat(command.seat)
        mine = given.by.device
        if seat.keypad not in (None, mine) and given.older_connected and voted:
            return (
                TakeoverAsked(
                    **given.act,
                    site=seat.site,
                    seat=seat.id,
                    keypad=mine,
                    channel=Channel.PHONE,
                ),
            )
        return (self._bound(seat, mine, Channel.PHONE, given),)

    def _bind(self, command: BindKeypad, given: Given) -> tuple[AnyEvent, ...]:
        seat = self.seat(command.seat)
        if given.by.role is Role.TABLE_FACILITATOR and (
            (command.channel is Channel.LAPTOP and command.keypad != pad(given.by.device, seat.id))
            or command.channel in (Channel.PHONE, Channel.PAPER)
        ):
            raise Refusal("not_your_keypad", keypad=command.keypad[:64])
        if command.channel is Channel.HANDSET and (command.keypad.startswith("kp_") or ":" in command.keypad):
            # the id of a phone or a pad: bound as a handset it would lock that device out
            raise Refusal("unknown_keypad", keypad=command.keypad[:64])
        return (self._bound(seat, command.keypad, command.channel, given),)

    def _bound(self, seat: Seat, keypad: KeypadId, channel: Channel, given: Given) -> KeypadBound:
        if not (0 < len(keypad) <= KEYPAD_MAX and keypad.isascii() and keypad.isprintable()):
            raise Refusal("unknown_keypad", keypad=keypad[:64])
        holder = self.keypads.get(keypad)
        if holder not in (None, seat.id):
            raise Refusal("keypad_bound_elsewhere", keypad=keypad, seat=str(holder))
        older = seat.keypad if seat.keypad != keypad else None
        return KeypadBound(
            **given.act,
            site=seat.site,
            seat=seat.id,
            keypad=keypad,
            channel=channel,
            taken_from=older,
        )

    def bind_paper(self, seat: Seat, given: Given) -> KeypadBound:
        """The event that gives a seat to paper, for a paper ballot entered at once."""
        return self._bound(seat, KeypadId(f"paper:{seat.id}"), Channel.PAPER, given)

    def _add(self, command: AddSeat, given: Given) -> tuple[AnyEvent, ...]:
        if not is_made_id("seat", command.seat):
            raise Refusal("bad_id", field="seat")
        if command.seat in self.seats:
            raise Refusal("seat_exists", seat=command.seat)
        self._check_sector(command)
        table = self._with_room(command.table)
        return (
            SeatAdded(
                **given.act,
                site=table.site,
                seat=command.seat,
                table=table.id,
                standing=command.standing,
                sector=command.sector,
                language=command.language,
            ),
        )

    def _check_sector(self, command: AddSeat) -> None:
        """A sector is one that the plan names, so that nothing typed gets into an open part."""
        if command.sector is None:
            return
        if command.standing is not Standing.PARTY:
            raise Refusal("bad_field", field="sector", reason="not_for_this_standing")
        if all(command.sector != seat.sector for seat in self.seats.values()):
            raise Refusal("bad_field", field="sector", reason="unknown")

    def _with_room(self, table: TableId) -> Table:
        found = self.table(table)
        if len(found.seats) >= found.seats_max:
            raise Refusal("table_full", table=found.id, limit=found.seats_max)
        return found

    # --- apply -------------------------------------------------------------------------

    def apply(self, event: RosterEvent) -> tuple[str, ...]:
        """Fold one of this module's events; gives the topics touched."""
        match event:
            case KeypadBound():
                seat = self.seats[event.seat]
                self._unbind(seat)
                seat.keypad, seat.channel, seat.asked = event.keypad, event.channel, None
                self.keypads[event.keypad] = seat.id
                self._set_present(seat, present=True)
            case KeypadReleased():
                self._unbind(self.seats[event.seat])
            case TakeoverAsked():
                self.seats[event.seat].asked = (event.keypad, event.channel)
            case SeatMarkedPresent():
                self._set_present(self.seats[event.seat], present=True)
            case SeatMarkedLeft():
                self._set_present(self.seats[event.seat], present=False)
            case SeatAdded():
                self.seats[event.seat] = Seat(
                    event.seat,
                    event.table,
                    event.site,
                    event.standing,
                    event.sector,
                    event.language,
                    planned=False,
                )
                self.tables[event.table].seats.append(event.seat)
            case SeatMoved():
                seat = self.seats[event.seat]
                old = seat.table
                self.tables[old].seats.remove(seat.id)
                self.tables[event.table].seats.append(seat.id)
                seat.table, seat.site = event.table, self.tables[event.table].site
                return (f"table:{old}", f"table:{event.table}", f"seat:{seat.id}", "room")
            case HeadsCounted():
                self.tables[event.table].heads = event.heads
                return (f"table:{event.table}", "room")
        seat = self.seats[event.seat]
        return (f"table:{seat.table}", f"seat:{seat.id}", "room")

    def _unbind(self, seat: Seat) -> None:
        if seat.keypad is not None:
            self.keypads.pop(seat.keypad, None)
        seat.keypad, seat.channel, seat.asked = None, None, None

    def _set_present(self, seat: Seat, *, present: bool) -> None:
        if seat.present != present:
            self.present[seat.standing] += 1 if present else -1
        seat.present, seat.left = present, not present


def pad(device: KeypadId, seat: SeatId) -> KeypadId:
    """The id of a table laptop's pad for a seat."""
    return KeypadId(f"{device}:{seat}")
