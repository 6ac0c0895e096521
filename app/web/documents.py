"""The published documents: OpenAPI of the HTTP API, AsyncAPI of the socket, both from what validates."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from inspect import cleandoc
from typing import Any
from urllib.parse import urlsplit

import msgspec
from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi

from app.realtime import wire
from app.web import asyncapi
from app.web.access import HouseOf

router = APIRouter(include_in_schema=False)
ANSWERS = (wire.Ack, wire.Nack, wire.Busy, wire.Unknown)
REFS = "#/components/schemas/{name}"


def program_version() -> str:
    """The version that is installed."""
    try:
        return version("townmeeting")
    except PackageNotFoundError:
        return "0"


@router.get("/asyncapi.json")
async def socket_document(house: HouseOf) -> dict[str, Any]:
    """The AsyncAPI document of the socket."""
    return _socket_document(house.url)


@cache
def _socket_document(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    return asyncapi.document(parts.netloc, secure=parts.scheme == "https", version=program_version())


def openapi_document(app: FastAPI, url: str) -> dict[str, Any]:
    """The OpenAPI document; the frames of commands and of their answers are those of the socket."""
    document = get_openapi(
        title=app.title,
        version=program_version(),
        openapi_version="3.1.0",
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        servers=[{"url": url}],
        license_info={"name": "Apache-2.0", "identifier": "Apache-2.0"},
    )
    frames = tuple(wire.COMMAND_FRAMES.values())
    _, schemas = msgspec.json.schema_components((*frames, *ANSWERS), ref_template=REFS)
    for schema in schemas.values():
        schema["description"] = cleandoc(schema.get("description", ""))
    known = document.setdefault("components", {}).setdefault("schemas", {})
    assert not set(known) & set(schemas), "a model of the API has the name of a frame"
    names = {name: REFS.format(name=frame.__name__) for name, frame in wire.COMMAND_FRAMES.items()}
    known |= schemas
    known["CommandFrame"] = {
        "description": "The frame of any command.",
        "oneOf": [{"$ref": ref} for ref in names.values()],
        "discriminator": {"propertyName": "t", "mapping": names},
    }
    document["components"]["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "The token that `/api/join` gives."},
        "cookie": {
            "type": "apiKey",
            "in": "cookie",
            "name": "__Host-console",
            "description": "A page's own cookie, with the header `Town-Page` and its Origin.",
        },
    }
    document["security"] = [{"token": []}, {"cookie": []}, {}]
    return document
