"""The log's tables on PostgreSQL from version to version, by Alembic on the owner's own connection.

A file a version in `versions/`, written by hand and never changed after a release. There is no
`env.py` and no `alembic.ini`: only the owner of a log migrates it, in the transaction of its opening.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from app.log.port import UnknownFormat

HERE = Path(__file__).parent
NEWEST = "head"


def upgrade(connection: Connection, to: str = NEWEST) -> None:
    """Bring the tables to a version, in the transaction that the caller holds.

    Raises:
        UnknownFormat: They have a version that this program does not know.
    """
    scripts = ScriptDirectory(str(HERE))

    def steps(version: Any, _context: object) -> Sequence[Any]:
        found: Sequence[Any] = scripts._upgrade_revs(to, version)
        return found

    with EnvironmentContext(Config(), scripts, fn=steps, destination_rev=to) as environment:
        environment.configure(connection=connection)
        try:
            environment.run_migrations()
        except CommandError as error:
            raise UnknownFormat(
                f"A newer program made the tables of this log ({error}). Update Town Meeting."
            ) from error
