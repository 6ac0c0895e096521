"""A server as a process of its own, for tests that kill it: prints one line of JSON once it is ready.

python tests/web/server_process.py DATA_DIR PORT [plan=FILE] [setting=value ...]
"""

import json
import sys
from pathlib import Path

from app.core.capability import Role
from app.log.port import LogFault, LogOwned
from app.main import Server, serve
from app.plan import PLANS
from app.settings import load_settings
from app.tool.faults import explain
from app.web.house import Way
from app.web.serving import InsecureAddress


def told(way: Way) -> dict[str, str]:
    return {"role": way.capability.role.value, "label": way.capability.label, "url": way.url}


async def opened(server: Server, plan: str) -> None:
    house = server.house
    if not house.entries:
        await house.create_meeting(plan)
    meeting = next(iter(house.entries))
    ways = [told(way) for way in await house.links(meeting)]
    for role in (Role.TABLE_FACILITATOR, Role.PARTICIPANT):
        ways += [told(way) for way in await house.codes(meeting, role)]
    owner = await server.owners.new_link()
    print(json.dumps({"url": house.url, "meeting": meeting, "owner": owner, "ways": ways}), flush=True)


def main() -> int:
    said = dict(each.split("=", 1) for each in sys.argv[3:])
    plan = Path(said.pop("plan", PLANS / "rehearsal.yaml")).read_text(encoding="utf-8")
    settings = load_settings(data_dir=Path(sys.argv[1]), port=int(sys.argv[2]), **said)
    try:
        return serve(settings, opened=lambda server: opened(server, plan))
    except (LogOwned, InsecureAddress) as error:
        print(error, file=sys.stderr)
        return 73
    except LogFault as error:
        sentence, code = explain(error)
        print(sentence, file=sys.stderr)
        return code


if __name__ == "__main__":
    sys.exit(main())
