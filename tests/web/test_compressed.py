"""At stake: phones on a weak line wait for fewer bytes, and no secret is told by a length."""

import httpx2 as httpx
import pytest

from app.core.capability import Role
from app.web.assets import STATIC
from tests.web.conftest import Door

CSS = "/static/css/base.css"


async def bare(http: httpx.AsyncClient, path: str, **headers: str) -> httpx.Response:
    """A request that says only this."""
    return await http.get(path, headers={"Accept-Encoding": "identity"} | headers)


async def test_a_static_file_is_sent_as_gzip_to_who_takes_it_and_is_the_same(http: httpx.AsyncClient) -> None:
    whole = await bare(http, CSS)
    small = await http.get(CSS, headers={"Accept-Encoding": "br;q=1.0, gzip;q=0.8"})
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) < int(whole.headers["content-length"]) / 2
    assert small.content == whole.content == (STATIC / "css" / "base.css").read_bytes()
    assert small.headers["content-type"] == whole.headers["content-type"]
    assert "content-encoding" not in whole.headers
    assert whole.headers["vary"] == small.headers["vary"] == "Accept-Encoding"


@pytest.mark.parametrize("said", ["identity", "gzip;q=0", "br", "x-gzip"])
async def test_who_does_not_take_it_gets_the_file_as_it_is(http: httpx.AsyncClient, said: str) -> None:
    assert "content-encoding" not in (await bare(http, CSS, **{"Accept-Encoding": said})).headers


async def test_an_unchanged_file_is_not_sent_again_whichever_way_it_came(http: httpx.AsyncClient) -> None:
    for said in ("gzip", "identity"):
        tag = (await bare(http, CSS, **{"Accept-Encoding": said})).headers["etag"]
        again = await bare(http, CSS, **{"Accept-Encoding": said, "If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")


async def test_letters_are_compressed_already(http: httpx.AsyncClient) -> None:
    font = next((STATIC / "vendor" / "fonts").glob("*.woff2")).name
    assert "content-encoding" not in (await http.get(f"/static/vendor/fonts/{font}")).headers


async def test_pages_and_documents_are_compressed_and_answers_of_the_api_are_not(door: Door) -> None:
    for path in ("/j", "/organiser", "/openapi.json"):
        assert (await door.http.get(path)).headers["content-encoding"] == "gzip", path
    organiser = await door.program(Role.ORGANISER)
    for path in (f"/api/meetings/{door.meeting}/links", f"/api/meetings/{door.meeting}/report.html"):
        answer = await door.http.get(path, headers=organiser)
        assert len(answer.content) > 500, "it would be worth it"
        assert "content-encoding" not in answer.headers, path
