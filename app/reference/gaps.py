"""What the reference could not tell: definitions without the words, rights or sentences they need.

Each check takes the definitions it judges, so that a test can plant a wrong one. The reference
is not written while anything is missing.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields

import msgspec
from pydantic import BaseModel

from app.core.commands import COMMANDS, Command
from app.core.errors import BUSY, REFUSALS
from app.core.events import EVENTS, Event, sealed_parts
from app.core.receipts import FIRST_EVENTS
from app.core.rights import RIGHTS, Row
from app.i18n import Catalogue, available, catalogues
from app.realtime.wire import COMMAND_FRAMES, CONNECTION_FRAMES, INTERNAL, SERVER_FRAMES
from app.settings import Settings

OWNERS = ("meeting", "site")


def gaps() -> list[str]:
    """Everything that is missing in the program as it is; empty when all is well."""
    words = {language: catalogues().catalogue(language) for language in available()}
    return [
        *of_events(EVENTS),
        *of_commands(COMMANDS, RIGHTS, FIRST_EVENTS),
        *of_frames(COMMAND_FRAMES, COMMANDS, INTERNAL),
        *of_connection_frames((*CONNECTION_FRAMES, *SERVER_FRAMES)),
        *of_codes("refusal", REFUSALS, words),
        *of_codes("busy", BUSY, words),
        *of_settings(Settings),
    ]


def of_events(events: Mapping[str, type[Event]]) -> Iterator[str]:
    """An event needs an owner, its site if a site owns it, and a docstring."""
    for name, cls in events.items():
        open_fields = {f.name for f in fields(cls) if not f.metadata.get("sealed")}
        if cls.owner not in OWNERS:
            yield f"event {name}: nobody owns it ({cls.owner!r})"
        elif (cls.owner == "site") != ("site" in open_fields):
            yield f"event {name}: owner {cls.owner}, but its open part is not of that owner (field `site`)"
        if "at_ms" not in open_fields:
            yield f"event {name}: it does not say when"
        for part, sealed in sealed_parts(cls).items():
            yield from (
                f"event {name}: {f.name} of {part} cannot be erased" for f in sealed if f.default is not None
            )
        yield from _without_words(f"event {name}", cls)


def of_commands(
    commands: Mapping[str, type[Command]], rights: Mapping[str, Row], firsts: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """A command needs somebody who may give it, an event that follows, and a docstring."""
    for name, cls in commands.items():
        if not rights.get(name):
            yield f"command {name}: nobody may give it (app/core/rights.py)"
        if not firsts.get(name):
            yield f"command {name}: no event follows from it (app/core/receipts.py)"
        yield from _without_words(f"command {name}", cls)
    yield from (f"right {name}: there is no such command" for name in rights if name not in commands)
    yield from (f"first event of {name}: there is no such command" for name in firsts if name not in commands)


def of_frames(
    frames: Mapping[str, type[msgspec.Struct]],
    commands: Mapping[str, type[Command]],
    internal: Iterable[type[Command]],
) -> Iterator[str]:
    """A frame needs a command, and a command that is not the server's own needs a frame."""
    kept = frozenset(internal)
    for name, frame in frames.items():
        if name not in commands:
            yield f"frame {name}: there is no such command"
        elif len(msgspec.structs.fields(frame)) != 1 + len(fields(commands[name])):
            yield f"frame {name}: it has not the fields of its command"
        yield from _without_words(f"frame {name}", frame)
    for name, cls in commands.items():
        if (cls in kept) == (name in frames):
            yield f"command {name}: it needs a frame, or to be the server's own"


def of_connection_frames(frames: Iterable[type[msgspec.Struct]]) -> Iterator[str]:
    """A frame of the connection itself needs a docstring."""
    for frame in frames:
        yield from _without_words(f"frame {frame.__name__.lower()}", frame)


def of_codes(
    section: str, codes: Mapping[str, tuple[str, ...]], catalogues_: Mapping[str, Catalogue]
) -> Iterator[str]:
    """A code that a person may be shown needs a sentence in every language."""
    for code in codes:
        for language, catalogue in catalogues_.items():
            if not catalogue.find(f"{section}.{code}"):
                yield f"{section} {code}: no sentence in {language}"


def of_settings(settings: type[BaseModel]) -> Iterator[str]:
    """A setting needs a description."""
    for name, field in settings.model_fields.items():
        if not (field.description or "").strip():
            yield f"setting {name}: no description"


def _without_words(what: str, cls: type) -> Iterator[str]:
    # A dataclass without a docstring is given its signature, a struct nothing.
    said = (cls.__doc__ or "").strip()
    if not said or said.startswith(f"{cls.__name__}("):
        yield f"{what}: no docstring"
