"""The only place that knows FastAPI: sockets, pages, the HTTP API, and who comes in."""
