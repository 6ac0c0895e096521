"""The tables of `app/log/tables.py`, and the one row that names the writer.

No statistics are kept of the bodies: a sample of them would keep what is erased.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "genesis",
        sa.Column("epoch", sa.Text, primary_key=True),
        sa.Column("meeting", sa.Text, nullable=False),
        sa.Column("site", sa.Text, nullable=False),
        sa.Column("format", sa.Integer, nullable=False),
    )
    op.create_table(
        "segment",
        sa.Column("first", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("head", sa.LargeBinary, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.execute("ALTER TABLE segment ALTER COLUMN body SET STATISTICS 0")
    term = op.create_table(
        "term",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("writer", sa.Text, nullable=False),
    )
    op.bulk_insert(term, [{"number": 0, "writer": "nobody yet"}])
    op.create_table(
        "epoch",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("after", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
