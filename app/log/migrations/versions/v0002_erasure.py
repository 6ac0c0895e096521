"""What was erased since the tables' files were last written anew: a row an erasure, by a trigger."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table and the trigger that fills it."""
    op.create_table(
        "erasure", sa.Column("at", sa.TIMESTAMP(timezone=True), nullable=False, server_default=sa.func.now())
    )
    op.execute(
        "CREATE FUNCTION note_erasure() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN INSERT INTO erasure DEFAULT VALUES; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER erased AFTER UPDATE OR DELETE ON segment "
        "FOR EACH STATEMENT EXECUTE FUNCTION note_erasure()"
    )
