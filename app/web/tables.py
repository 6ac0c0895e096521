"""The tables of `server.db`: meetings, capabilities, ways in, device sessions. In no export.

Times are wall-clock milliseconds. Nothing in here opens anything: `stored` is an HMAC under a key
that lies elsewhere (`keys.py`).
"""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

SCHEMA_VERSION = 1

server = Table(
    "server",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
    comment="What the server remembers of itself: schema version, password hash, one-time link.",
)

meetings = Table(
    "meetings",
    metadata,
    Column("id", String, primary_key=True),
    Column("created_ms", BigInteger, nullable=False),
    Column("title", Text, nullable=False, comment="JSON: wording by language."),
    Column("languages", String, nullable=False, comment="Comma-separated, first one first."),
    Column("date", String, nullable=False),
    Column("laptops_per_table", Integer, nullable=False),
    Column("plan", Text, nullable=False, comment="The plan as it was given (YAML)."),
    Column("seats", Text, comment="The seat plan as it was given (CSV), if any."),
)

capabilities = Table(
    "capabilities",
    metadata,
    Column("id", String, primary_key=True),
    Column("meeting", ForeignKey("meetings.id"), nullable=False),
    Column("role", String, nullable=False),
    Column("tables", Text, nullable=False, comment="JSON list of table ids."),
    Column("seat", String),
    Column("screen", String),
    Column("label", String, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
    Index("capabilities_of_a_meeting", "meeting", "role"),
    Index("capability_of_a_seat", "meeting", "seat", unique=True, sqlite_where=Column("seat").is_not(None)),
)

entries = Table(
    "entries",
    metadata,
    Column("stored", String, primary_key=True),
    Column("capability", ForeignKey("capabilities.id"), nullable=False, index=True),
    comment="The codes and links that let somebody in now.",
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", String, primary_key=True),
    Column("stored", String, nullable=False, unique=True, comment="Of the device's token."),
    Column("capability", ForeignKey("capabilities.id"), index=True, comment="None: the server's owner."),
    Column("page", String, nullable=False),
    Column("device", String, nullable=False, comment="The keypad id of this device."),
    Column("resumed", Integer, nullable=False, comment="Number of the last resume secret used."),
    Column("created_ms", BigInteger, nullable=False),
    Column("seen_ms", BigInteger, nullable=False),
    Column("ended", String, comment="Why it ended: revoked, taken_over, left."),
)
