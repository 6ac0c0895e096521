"""At stake: a client written from the published document alone."""

import httpx2 as httpx
from openapi_spec_validator import OpenAPIV31SpecValidator

from app.realtime.wire import COMMAND_FRAMES
from app.web.errors import HTTP_CODES


async def test_the_openapi_document_is_valid_and_complete(http: httpx.AsyncClient) -> None:
    document = (await http.get("/openapi.json")).json()
    OpenAPIV31SpecValidator(document).validate()
    assert document["openapi"] == "3.1.0"
    frames = document["components"]["schemas"]["CommandFrame"]["discriminator"]["mapping"]
    assert set(frames) == set(COMMAND_FRAMES)
    for path, verbs in document["paths"].items():
        for verb, operation in verbs.items():
            assert operation["tags"], (verb, path)
            assert operation.get("description") or operation.get("summary"), (verb, path)


async def test_every_route_of_the_api_is_in_the_document(http: httpx.AsyncClient) -> None:
    document = (await http.get("/openapi.json")).json()
    assert {
        "/api/join", "/api/login", "/api/ticket", "/api/session", "/api/meetings", "/api/commands",
        "/api/channels/{channel}", "/api/meetings/{meeting}/links", "/api/meetings/{meeting}/codes/{places}",
        "/api/meetings/{meeting}/report.html", "/api/meetings/{meeting}/report.pdf",
        "/api/meetings/{meeting}/export/{kind}.zip", "/health/ready",
    } <= set(document["paths"])  # fmt: skip


async def test_the_socket_document_names_this_server(http: httpx.AsyncClient) -> None:
    document = (await http.get("/asyncapi.json")).json()
    assert document["servers"]["here"]["host"] == "127.0.0.1:8021"


async def test_the_plan_schema_is_published(http: httpx.AsyncClient) -> None:
    assert (await http.get("/api/plan/schema")).json()["$schema"].startswith("https://json-schema.org")


def test_http_codes_are_a_closed_list() -> None:
    assert all(400 <= status <= 500 or status == 503 for status, _ in HTTP_CODES.values())
