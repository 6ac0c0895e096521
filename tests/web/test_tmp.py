import pytest
from app.core.capability import Role
async def test_x(http, door):
    for p in ("/openapi.json","/asyncapi.json","/health/ready","/api/plan/schema","/metrics"):
        r=await http.get(p); assert r.status_code==200,(p,r.text)
    h=await door.program(Role.ORGANISER)
    r=await http.get(f"/api/meetings/{door.meeting}/cards/seats",headers=h); assert r.status_code==200,r.text
    for p in ("links","codes/tables","report.html","report.json","figures.json","tables/index","export/audit.zip","export/public.zip","plan","report.html?edition=full&lang=th"):
        r=await http.get(f"/api/meetings/{door.meeting}/{p}",headers=h); print(p,r.status_code,len(r.content),r.headers["content-type"]); assert r.status_code==200,r.text
