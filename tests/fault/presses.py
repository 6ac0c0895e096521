"""The phones of one table, on its machine: they press without a pause, and print what each is told.

python -m tests.fault.presses URL SEED [--naive]     tokens by seat as JSON on a line of the input; its end
lets every phone have its last answer, and go. With `--naive` they take for saved what the line has taken.
"""

import asyncio
import json
import random
import sys

from app.client import Client, Final
from app.core import commands as c
from app.core.ids import CommandId, Round, SeatId
from app.realtime import wire
from app.room.guest import new_id
from tests.fault.room import BACK_SECONDS, HASTE, OPTIONS, QUESTION


class Naive(Client):
    """Without the outbox: what the line has taken counts as saved, and never goes again."""

    async def do(self, said: c.AnyCommand, command: CommandId | None = None) -> Final:
        """Hand it to the line."""
        if not isinstance(said, c.CastBallot):
            return await super().do(said, command)
        await self.until(lambda it: it.core.ready, BACK_SECONDS)
        command = self.core.ask(said, command)
        await self._send()
        self.core._outbox.pop(command, None)
        return wire.Ack(command, 0)


async def press(phone: Client, seat: SeatId, dice: random.Random, over: asyncio.Event) -> None:
    """One phone, until it is over."""
    async with phone:
        await phone.do(c.JoinSeat(seat))
        while not over.is_set():
            choice, command = dice.choice(OPTIONS), CommandId(new_id("cmd"))
            answer = await phone.do(c.CastBallot(QUESTION, Round(1), seat, (choice,)), command)
            fate = "saved" if isinstance(answer, wire.Ack) else answer.code
            print(json.dumps([command, seat, choice, fate]), flush=True)
            await asyncio.sleep(dice.uniform(0.05, 0.3))


async def table(url: str, seed: str, *, naive: bool) -> None:
    """All of them."""
    tokens, over = json.loads(sys.stdin.readline()), asyncio.Event()
    make = Naive if naive else Client
    async with asyncio.TaskGroup() as group:
        for seat, token in tokens.items():
            phone = make(url, token=token, haste=HASTE)
            group.create_task(press(phone, SeatId(seat), random.Random(f"{seed} {seat}"), over))
        await asyncio.to_thread(sys.stdin.read)
        over.set()


if __name__ == "__main__":
    asyncio.run(table(sys.argv[1], sys.argv[2], naive="--naive" in sys.argv))
