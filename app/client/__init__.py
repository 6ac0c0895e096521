"""The public interface, spoken by a program: pure in `core`, with asyncio in `shell`.

The load test, the simulated room, the replay and the keypad gateway all use
it: nobody has a private way in.
"""

from app.client.core import Answered, Changed, ClientCore, Final
from app.client.shell import Client, Stopped

__all__ = ["Answered", "Changed", "Client", "ClientCore", "Final", "Stopped"]
