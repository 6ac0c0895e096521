"""Which tables have somebody on the line now, and since when a table's last laptop is gone. Pure.

The record does not know it: a line is no event. Counted since the server started.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from app.core.capability import Capability, Role
from app.core.ids import SeatId, TableId


@dataclass(frozen=True, slots=True)
class TableLine:
    """The line of a table. `lost_at_ms` is when its last laptop went, where none is there now."""

    laptops: int
    phones: int
    lost_at_ms: int | None


class Lines:
    """Counts who comes and goes."""

    def __init__(self) -> None:
        self._laptops: Counter[TableId] = Counter()
        self._phones: Counter[SeatId] = Counter()
        self._lost: dict[TableId, int] = {}

    def came(self, capability: Capability) -> None:
        """Somebody is on the line."""
        if capability.role is Role.TABLE_FACILITATOR:
            for table in capability.tables:
                self._laptops[table] += 1
                self._lost.pop(table, None)
        elif capability.seat is not None:
            self._phones[capability.seat] += 1

    def went(self, capability: Capability, at_ms: int) -> None:
        """Somebody who came is gone."""
        if capability.role is Role.TABLE_FACILITATOR:
            for table in capability.tables:
                self._laptops[table] -= 1
                if not self._laptops[table]:
                    self._lost[table] = at_ms
        elif capability.seat is not None:
            self._phones[capability.seat] -= 1
            if not self._phones[capability.seat]:
                del self._phones[capability.seat]

    def of(self, tables: Mapping[TableId, list[SeatId]]) -> dict[TableId, TableLine]:
        """The line of each of these tables, by the seats that are at it now."""
        return {
            table: TableLine(
                self._laptops[table],
                sum(1 for seat in seats if seat in self._phones),
                self._lost.get(table),
            )
            for table, seats in tables.items()
        }
