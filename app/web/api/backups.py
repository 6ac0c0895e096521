"""The backup of the whole server: over the owner's socket only, for it holds every key."""

import os
import tempfile
from typing import IO

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from app.backup import keys_in, write_backup
from app.core.errors import Refusal
from app.web.access import OWNER_SCOPE, Asker, HouseOf
from app.web.api.models import Problem
from app.web.auth import wall_clock_ms
from app.web.house import House
from app.web.sessions import Who

router = APIRouter(
    prefix="/api", tags=["server"], responses={401: {"model": Problem}, 403: {"model": Problem}}
)


def only_at_the_machine(request: Request, who: Who) -> None:
    """Let only whoever reaches the owner's socket pass; a password over the network is not enough.

    Raises:
        Refusal: not_allowed.
    """
    if request.scope.get(OWNER_SCOPE) is not True:
        role = "organiser" if who.capability is None else who.capability.role.value
        raise Refusal("not_allowed", role=role, command="back_up")


@router.get("/backup", responses={200: {"content": {"application/zip": {}}}})
async def backup(request: Request, who: Asker, house: HouseOf) -> FileResponse:
    """Everything that a restored server needs: logs, `server.db`, keys. At the machine itself only."""
    only_at_the_machine(request, who)
    path = await _written(house)
    return FileResponse(path, media_type="application/zip", background=BackgroundTask(os.unlink, path))


async def _written(house: House) -> str:
    """The backup in a file that its reader deletes; the database first, so that no log is missing."""
    descriptor, path = tempfile.mkstemp(prefix="backup-", suffix=".zip", dir=house.settings.data_dir)
    try:
        out: IO[bytes]
        with os.fdopen(descriptor, "w+b") as out:
            server_db = await house.store.copy()
            keys = keys_in(house.settings.data_dir / "keys")
            await write_backup(out, server_db, keys, list(house.logs.values()), wall_clock_ms())
    except BaseException:
        os.unlink(path)  # noqa: PTH108 - the path of mkstemp
        raise
    return path
