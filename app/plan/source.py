"""YAML text to plain data, with the line and column of every value.

Only what a plan needs: text, whole numbers, true and false, lists, maps. Days, times, yes and no
stay text, so that ``09:30`` is not a number and ``no`` not false. Size, depth and what aliases
expand to are limited before anything is built.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, NoReturn

import yaml

from app.core.errors import Param
from app.plan.problems import PlanErrors, PlanProblem

MEGABYTES_MAX = 2
DEPTH_MAX = 20
PARTS_MAX = 400_000

Path = tuple[str | int, ...]

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CORE_TAG = re.compile(r"tag:yaml\.org,2002:[a-z]+\Z")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Place(NamedTuple):
    """Line and column in the file, from 1."""

    line: int
    column: int


START = Place(1, 1)


@dataclass(slots=True)
class Source:
    """The plan's data, where each value stands, and the problems found so far."""

    data: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    problems: list[PlanProblem] = field(default_factory=list)
    parts: int = 0

    def report(self, code: str, path: Path = (), *, at_key: bool = False, **params: Param) -> None:
        place = self.place(path, at_key=at_key)
        self.problems.append(PlanProblem("plan", place.line, place.column, self.name(path), code, params))

    def place(self, path: Path, *, at_key: bool = False) -> Place:
        """Where the value stands (or its name), or the nearest thing around it that is there."""
        if at_key and path in self.keys:
            return self.keys[path]
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, START)

    def name(self, path: Path) -> str:
        """The path as people read it; things in lists go by their id, else by their number from 1."""
        names: list[str] = []
        value = self.data
        for step in path:
            value = _step(value, step)
            own = value.get("id") if isinstance(step, int) and isinstance(value, dict) else None
            named = str(own)[:40] if isinstance(own, str | int) else None
            names.append(named or (str(step + 1) if isinstance(step, int) else step[:40]))
        return ".".join(names)

    def stop_if_any(self) -> None:
        if self.problems:
            raise PlanErrors(self.problems)


def read_yaml(text: str) -> Source:
    """The data of a plan and the places of its values.

    Raises:
        PlanErrors: Not YAML, too large, too deep, too many parts, empty, a field twice.
    """
    source = Source()
    text = text.removeprefix("\ufeff")
    if len(text.encode("utf-8", "replace")) > MEGABYTES_MAX * 1_000_000:
        source.report("too_large", limit=MEGABYTES_MAX)
        source.stop_if_any()
    if found := _UNPRINTABLE.search(text):
        _not_yaml(source, text, found.start(), f"U+{ord(found.group()):04X}")
    try:
        _check_depth(source, text)
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        _refuse(source, mark, "not_yaml", detail=(error.problem or error.context or "YAML")[:120])
    except yaml.YAMLError as error:
        _refuse(source, None, "not_yaml", detail=str(error).splitlines()[0][:120])
    else:
        if node is None:
            source.report("empty_plan")
        else:
            source.data = _build(source, node, ())
    source.stop_if_any()
    return source


def _check_depth(source: Source, text: str) -> None:
    """Looks at the events only, so that nothing recurses into what is too deep."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_MAX:
                _refuse(source, event.start_mark, "too_deep", limit=DEPTH_MAX)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _build(source: Source, node: yaml.Node, path: Path) -> Any:
    source.parts += 1
    if source.parts > PARTS_MAX:
        _refuse(source, node.start_mark, "too_many_parts", limit=PARTS_MAX)
    if len(path) > DEPTH_MAX:
        _refuse(source, node.start_mark, "too_deep", limit=DEPTH_MAX)
    if not _CORE_TAG.match(node.tag):
        _refuse(source, node.start_mark, "not_yaml", detail=node.tag[:80])
    source.places[path] = _place(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return dict(_entries(source, node, path))
    if isinstance(node, yaml.SequenceNode):
        return [_build(source, child, (*path, number)) for number, child in enumerate(node.value)]
    return _scalar(node)


def _entries(source: Source, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            _refuse(source, key.start_mark, "wrong_type", expected="string")
        child = (*path, key.value)
        if key.value in seen:
            place = _place(key.start_mark)
            name = key.value[:40]
            problem = PlanProblem("plan", *place, ".".join(map(str, child)), "field_twice", {"name": name})
            source.problems.append(problem)
            continue
        seen.add(key.value)
        source.keys[child] = _place(key.start_mark)
        yield key.value, _build(source, value, child)


def _scalar(node: Any) -> Any:
    """Plain words become numbers and truth values; whatever is quoted or tagged as text stays text."""
    word: str = node.value
    if node.style or node.tag == "tag:yaml.org,2002:str":
        return word
    if _INTEGER.match(word):
        return int(word)
    return _WORDS.get(word, word)


def _step(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _place(mark: Any) -> Place:
    return Place(mark.line + 1, mark.column + 1) if mark is not None else START


def _refuse(source: Source, mark: Any, code: str, **params: Param) -> NoReturn:
    raise PlanErrors([*source.problems, PlanProblem("plan", *_place(mark), "", code, params)])


def _not_yaml(source: Source, text: str, offset: int, detail: str) -> NoReturn:
    line = text.count("\n", 0, offset) + 1
    column = offset - (text.rfind("\n", 0, offset) + 1) + 1
    raise PlanErrors(
        [*source.problems, PlanProblem("plan", line, column, "", "not_yaml", {"detail": detail})]
    )
