"""Which refusals a command may meet, read from the source of the core.

There is no table of them to keep true by hand: this walks from the branch that
decides a command through every function of the core that it calls, and gathers
each `Refusal("...")` on the way. It looks at names and not at values, so it may
name a code too many (a branch that this command never takes), never one too few.
"""

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import UnionType
from typing import NamedTuple, get_args

from app.core import commands, wording
from app.core.commands import COMMANDS, Command, command_name
from app.core.errors import Refusal
from app.core.meeting import Meeting, Phase
from app.core.rights import RIGHTS, Row

CORE = Path(inspect.getfile(commands)).parent
EVERYWHERE = (
    "bad_frame",
    "bad_id",
    "bad_field",
    "frame_too_large",
    "unknown_command",
    "id_reused",
    "not_allowed",
)
"""What any command may meet: a frame that cannot be read, an id used twice, a role without the right."""

_OF_SCOPE = {"table": "not_your_table", "seat": "not_your_seat"}


class _Function(NamedTuple):
    module: str
    owner: str | None
    node: ast.FunctionDef


@cache
def _core() -> dict[str, list[_Function]]:
    """Every function of the core by its bare name."""
    found: dict[str, list[_Function]] = {}
    for path in sorted(CORE.glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            owner = node.name if isinstance(node, ast.ClassDef) else None
            for each in node.body if isinstance(node, ast.ClassDef) else [node]:
                if isinstance(each, ast.FunctionDef):
                    found.setdefault(each.name, []).append(_Function(path.stem, owner, each))
    return found


@cache
def refusals() -> Mapping[str, tuple[str, ...]]:
    """The codes that each command may meet besides those of `EVERYWHERE`, by its name, in order."""
    return {name: tuple(sorted(_codes_of(cls) - set(EVERYWHERE))) for name, cls in COMMANDS.items()}


def _codes_of(cls: type[Command]) -> set[str]:
    codes = {_OF_SCOPE[scope] for scope in _row(cls).values() if scope in _OF_SCOPE}
    codes |= _of_phase(cls) | _of_texts(cls)
    for module, branch in _branches(cls.__name__):
        codes |= _reached(module, branch, set())
    return codes


def _row(cls: type[Command]) -> Row:
    return RIGHTS.get(command_name(cls), {})


def _of_phase(cls: type[Command]) -> set[str]:
    """What the phases of a meeting refuse this command with."""
    meeting, codes = Meeting(), set()
    for phase in Phase:
        meeting.phase = phase
        try:
            meeting._in_phase(object.__new__(cls))  # type: ignore[arg-type]
        except Refusal as refusal:
            codes.add(refusal.code)
    return codes


def _of_texts(cls: type[Command]) -> set[str]:
    """What the tidying of texts refuses."""
    if cls is commands.PrepareMeeting:
        return set()
    names = {f.name for f in fields(cls)}
    codes = {"unknown_language"} if "language" in names else set()
    if names & {*wording.LIMITS, "options", "scale"}:
        codes |= {"text_empty", "text_too_long"}
        codes |= {"unknown_language"} if "language" not in names and cls is not commands.CallHelp else set()
    return codes


def _branches(name: str) -> Iterator[tuple[str, list[ast.stmt]]]:
    """The bodies of `case` and `if isinstance` that are about this command, with their modules."""
    about = {name, *_unions_of(name)}
    for functions in _core().values():
        for module, _, node in functions:
            if not _decides(node.name):
                continue
            for each in ast.walk(node):
                about_it = (
                    _names(each.pattern) & about
                    if isinstance(each, ast.match_case)
                    else isinstance(each, ast.If) and _is_about(each.test, about)
                )
                if about_it and isinstance(each, ast.match_case | ast.If):
                    yield module, each.body


def _decides(name: str) -> bool:
    """Whether a function hands commands out; not followed, since a command's branch is found by its type."""
    return name.lstrip("_").startswith("decide")


def _unions_of(name: str) -> set[str]:
    subjects = [
        (union, members) for union, members in vars(commands).items() if isinstance(members, UnionType)
    ]
    return {
        union for union, members in subjects
        if union != "AnyCommand" and getattr(commands, name) in get_args(members)
    }  # fmt: skip


def _names(node: ast.AST) -> set[str]:
    """Every bare name in a piece of code: `c.JoinSeat` and `JoinSeat` alike."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)} | {
        each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)
    }


def _is_about(test: ast.expr, about: set[str]) -> bool:
    return (
        isinstance(test, ast.Call)
        and isinstance(test.func, ast.Name)
        and test.func.id == "isinstance"
        and bool(_names(test.args[1]) & about)
    )


def _reached(module: str, body: list[ast.stmt], seen: set[int]) -> set[str]:
    """Every code in a piece of code and in what it calls."""
    codes: set[str] = set()
    for statement in body:
        for call in ast.walk(statement):
            if not isinstance(call, ast.Call):
                continue
            if isinstance(call.func, ast.Name) and call.func.id == "Refusal":
                codes |= {each.value for each in ast.walk(call.args[0]) if _is_text(each)}  # type: ignore[attr-defined]
                continue
            for function in _called(module, call.func):
                if id(function.node) not in seen:
                    seen.add(id(function.node))
                    codes |= _reached(function.module, function.node.body, seen)
    return codes


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _called(module: str, func: ast.expr) -> list[_Function]:
    """The functions of the core that a call may mean."""
    if isinstance(func, ast.Name):
        return [f for f in _core().get(func.id, ()) if f.owner is None]
    if not isinstance(func, ast.Attribute) or _decides(func.attr):
        return []
    named = _core().get(func.attr, [])
    if isinstance(func.value, ast.Name) and func.value.id == "self":
        return [f for f in named if f.module == module and f.owner is not None]
    if isinstance(func.value, ast.Name) and (CORE / f"{func.value.id}.py").exists():
        own = [f for f in named if f.module == func.value.id and f.owner is None]
        return own or [f for f in named if f.owner is not None]
    return [f for f in named if f.owner is not None]
