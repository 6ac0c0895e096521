"""Is it alive, is it ready, and how is it doing: for whoever watches the server.

The metrics count connections, commands and events, never votes by option: hidden results stay
hidden here too (docs/rules.md, Questions).
"""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pydantic import BaseModel, Field

from app.web.access import HouseOf
from app.web.house import House

router = APIRouter(tags=["health"])


class MeetingHealth(BaseModel):
    """How far a meeting's log has been replayed."""

    meeting: str
    epoch: str = Field(description="Which history.")
    offset: int = Field(description="Replayed to this event.")
    missing: int = Field(description="Events at least that devices were told of and this log does not have.")
    connections: int


class Ready(BaseModel):
    """Whether the server takes commands, and the position of every meeting."""

    ready: bool
    meetings: list[MeetingHealth]


class Alive(BaseModel):
    """The process runs and its event loop turns."""

    alive: bool = True


@router.get("/health/live")
async def live() -> Alive:
    """Alive: the event loop turns."""
    return Alive()


@router.get("/health/ready", responses={503: {"model": Ready}})
async def ready(house: HouseOf) -> JSONResponse:
    """Ready: every log is replayed, and none of them has failed."""
    state = readiness(house)
    return JSONResponse(state.model_dump(), 200 if state.ready else 503)


def readiness(house: House) -> Ready:
    """The state that `/health/ready` tells."""
    halls = house.lobby.halls
    whole = house.ready.is_set() and not any(hall.broken.done() for hall in halls.values())
    meetings = [
        MeetingHealth(
            meeting=meeting,
            epoch=hall.position.epoch,
            offset=hall.position.offset,
            missing=hall.audience.ahead,
            connections=len(hall.audience),
        )
        for meeting, hall in halls.items()
    ]
    return Ready(ready=whole, meetings=meetings)


@router.get("/metrics", include_in_schema=False)
async def metrics(house: HouseOf) -> Response:
    """The figures of the server, in the format of Prometheus."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Figures(house))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


class _Figures(Collector):
    """What is counted, as of now."""

    def __init__(self, house: House) -> None:
        self._house = house

    def collect(self) -> list[Metric]:
        """Every figure."""
        lobby = self._house.lobby
        connections = GaugeMetricFamily(
            "townmeeting_connections", "Open connections by meeting.", labels=["meeting"]
        )
        events = GaugeMetricFamily("townmeeting_events", "Durable events by meeting.", labels=["meeting"])
        for meeting, hall in lobby.halls.items():
            connections.add_metric([meeting], len(hall.audience))
            events.add_metric([meeting], hall.position.offset)
        beside = self._house.following.state()
        plain = {
            "townmeeting_follower_connected": (
                "Whether a second laptop has asked within the last seconds.", int(beside.connected),
            ),
            "townmeeting_follower_behind_events": ("Events that are on this server only.", beside.behind),
            "townmeeting_follower_waited": (
                "Whether acknowledgements wait for the second laptop.", int(beside.waited),
            ),
            "townmeeting_sockets": ("Open sockets, before and after their hello.", len(lobby.connections)),
            "townmeeting_sockets_slow": ("Sockets that do not read fast enough.", len(lobby.slow)),
            "townmeeting_meetings": ("Meetings that are open.", len(lobby.halls)),
            "townmeeting_wrong_codes_waiting": (
                "Wrong codes that wait for their answer.", self._house.doors.guesses.waiting,
            ),
        }  # fmt: skip
        gauges = [GaugeMetricFamily(name, words, value=value) for name, (words, value) in plain.items()]
        return [connections, events, *gauges]
