"""Which pages each role has, and by what it gets in: one table. Pure."""

from collections.abc import Mapping

from app.core.capability import Role

PAGES: tuple[str, ...] = (
    "table", "seat", "themes", "console", "area", "screen", "listen", "expert", "stage", "report",
)  # fmt: skip
"""Every page of a meeting, by its path without the slash."""

OWNER_PAGE = "organiser"
"""The page of whoever runs the server: its meetings, before one is opened."""

PROGRAM = ""
"""The page of a session that no browser holds."""

PAGES_OF: Mapping[Role, tuple[str, ...]] = {
    Role.ORGANISER: ("console", "report", "listen", "themes", "stage"),
    Role.LEAD_FACILITATOR: ("console", "stage", "report", "listen"),
    Role.STAGE_MANAGER: ("console", "stage", "listen"),
    Role.STAGE: ("stage", "listen"),
    Role.THEME_LEADER: ("themes", "listen"),
    Role.THEME_MEMBER: ("themes", "listen"),
    Role.TABLE_FACILITATOR: ("table", "listen"),
    Role.PARTICIPANT: ("seat", "listen"),
    Role.AREA_MANAGER: ("area", "listen"),
    Role.EXPERT: ("expert", "listen"),
    Role.SCREEN: ("screen", "listen"),
    Role.VIEWER: ("report", "listen"),
    Role.RECEIVER: (),
    Role.SERVER: (),
}
"""The pages that a role may open, its own first. A receiver of keypads is a program."""

CODED = frozenset({Role.TABLE_FACILITATOR, Role.PARTICIPANT})
"""Roles that get in by a code that people type; all others by a link."""

MADE = tuple(role for role in Role if role is not Role.SERVER)
"""Roles of which there can be capabilities."""
