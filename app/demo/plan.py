"""The plan of the demonstration: the city day that ships, for as many tables and seats as are wanted."""

from typing import Any

import yaml

from app.plan import PLANS
from app.plan.source import read_yaml

CITY_DAY = PLANS / "city-day.yaml"
TABLES, SEATS = 40, 10


def city_day(tables: int = TABLES, seats: int = SEATS) -> str:
    """The city day in YAML; in another size the last seat of each table keeps its standings."""
    text = CITY_DAY.read_text("utf-8")
    if (tables, seats) == (TABLES, SEATS):
        return text
    plan: dict[str, Any] = dict(read_yaml(text).data)
    plan["tables"] = {"count": tables, "seats": seats, "seats_max": seats + 2}
    plan["standings"] = _standings(tables, seats)
    return yaml.safe_dump(plan, allow_unicode=True, sort_keys=False, width=110)


def _standings(tables: int, seats: int) -> dict[str, Any]:
    """As in the plan that ships: of the last seats a quarter officials, a half parties, an eighth experts."""
    last = [f"{table}-{seats}" for table in range(1, tables + 1)]
    parties = {"business": last[1::4], "community": last[2::4]}
    found: dict[str, Any] = {"official": last[::4], "expert": last[7::8]}
    found["party"] = {sector: named for sector, named in parties.items() if named}
    return {standing: named for standing, named in found.items() if named}
