"""Admitting the second laptop, asked of the server that runs on a data folder."""

import json
from pathlib import Path

from app.tool.papers import NothingThere, say_of
from app.web import owner


def admitted(data_dir: Path) -> tuple[str, str]:
    """A one-time code for a second laptop, and the address of the server.

    Raises:
        NoServer: None is running on this folder.
        NothingThere: It does not give one; the sentence says why.
    """
    status, said = owner.ask(data_dir, "POST", "/api/follow/code")
    if status != 200:
        raise NothingThere(say_of(said))
    answer = json.loads(said)
    return answer["code"], answer["url"]


def dismissed(data_dir: Path) -> None:
    """No second laptop is admitted any more.

    Raises:
        NoServer: None is running on this folder.
        NothingThere: It is not done; the sentence says why.
    """
    status, said = owner.ask(data_dir, "DELETE", "/api/follow")
    if status != 204:
        raise NothingThere(say_of(said))
