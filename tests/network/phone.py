"""A device that comes in with a code and gives commands: by the client that knows the document alone.

python -m tests.network.phone URL CODE [COMMAND ...]      a command as JSON without its id; prints the answers
"""

import asyncio
import json
import secrets
import sys
import urllib.request

from tests.security.foreign_client import ForeignClient

SECONDS = 20


def joined(url: str, code: str) -> str:
    """A token for this code."""
    asked = urllib.request.Request(
        f"{url}/api/join", json.dumps({"code": code}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
        token: str = json.load(answer)["token"]
    return token


async def talk(url: str, code: str, said: list[str]) -> list[str]:
    """What became of each command."""
    async with ForeignClient.connected(url, await asyncio.to_thread(joined, url, code)) as client:
        answers = []
        for each in said:
            frame = {**json.loads(each), "id": f"cmd_{secrets.token_hex(16)}"}
            answer = await client.ask(json.dumps(frame).encode())
            answers.append(answer.get("code") or answer["t"])
        return answers


if __name__ == "__main__":
    print(json.dumps(asyncio.run(talk(sys.argv[1], sys.argv[2], sys.argv[3:]))))
