"""The words with which each page of the reference begins."""

INDEX = """\
# Reference

{made}

{events} events, {commands} commands, {refusals} refusals, {frames} frames of commands. A test fails when a
page is not what the program would make today, and when a definition lacks its words.

- [Events](events.md): what is in the log.
- [Commands](commands.md): what may be asked for, by whom, and what follows.
- [Refusals](refusals.md): every code with its sentences.
- [Frames](frames.md): the WebSocket contract.
- [Types](types.md): the values and shapes that they share.
- [Settings](settings.md): every knob of the server.
- [The meeting plan](../plan-reference.md): every field of the plan, the seat plan, every problem.
"""

EVENTS = """\
# Events

{made}

A line of the log is `[open, sealed]` (`app/log/chain.py`). The open part has the event's name as `type`, and
`at_ms`; most events have an author, `by` (`role:public id`), and `command`, the id of the command from which
they follow. Fields that are `null` are left out. A sealed part is `[salt, fields]`, or its commitment alone
where it is closed or was erased.
"""

COMMANDS = """\
# Commands

{made}

Every command may meet {everywhere}. What else may refuse it is read from the source of the core, branch by
branch; a code may be named that the command's own values never reach. A command that cannot be decided now is
answered *busy*: {busy}.
"""

REFUSALS = """\
# Refusals

{made}

A refusal is final: the same id is not sent again. Codes are added, never renamed. Words in braces are
parameters.
"""

BUSY = """\
## Busy

It cannot be decided now. Nothing is stored, and the same id is sent again after `retry_after_ms`.
"""

FRAMES = """\
# Frames

{made}

Version {protocol} of the WebSocket contract. One JSON object a text frame, its kind in `t`. How a client uses
them: [wire.md](../wire.md). The program serves the same contract as an AsyncAPI document.

## From the client
"""

COMMAND_FRAMES = """\
### Commands

`t` is the command's name, `id` the command's id, made by the client before sending: `cmd_` and 32 hex digits.
The other fields are those of the command. Unknown fields are refused.
"""

FROM_SERVER = """
## From the server

Fields may be added; a client passes over what it does not know.
"""

CHANNELS = """\
## Channels by role

Besides these a participant hears `seat:<id>`, a table facilitator and an area manager `table:<id>`, a screen
and those who run it `screen:<id>`.
"""

TYPES = """\
# Types

{made}

*Text by language* is a map such as `{{"en": "Shade", "th": "ร่มเงา"}}`. An *id* of the plan is short (`17-4`);
one that is made during the day has a prefix and 32 hex digits (`app/core/ids.py`).
"""
