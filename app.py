"""The launcher: ``python app.py`` (or ``streamlit run app.py``) serves the dashboard, with our own
static files, the map backgrounds, a health route and security headers on every answer.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.config import get_option

from geo import texts, warmup
from geo.output.maps.folium import Tiles, tiles
from geo.resources import PAGES, STATIC
from pages.shared import background, page

ROOT = Path(__file__).resolve().parent
if str(ROOT) not in sys.path:  # `streamlit run` from another folder
    sys.path.insert(0, str(ROOT))

YEAR = 31_536_000
PATIENCE_S = 3.0
"""Getting the searches ready is logged where it takes longer than this."""


class SecurityHeaders:
    """Sets the headers on each HTTP answer, those of Streamlit's own routes included."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self.app = app
        self.headers = {name.lower().encode(): text.encode() for name, text in headers.items()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; add the headers to what comes back."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                others = [
                    pair for pair in message["headers"] if pair[0].lower() not in self.headers
                ]
                message = {**message, "headers": [*others, *self.headers.items()]}
            await send(message)

        await self.app(scope, receive, send_with_headers)


class OwnOrigin:
    """Lets other sites' pages neither open a session here nor read an answer.

    Streamlit refuses them too, but first asks a service on the internet for this machine's outer
    address. Sites named in ``server.corsAllowedOrigins`` are left to Streamlit.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if it is our own; take the name off a foreign one."""
        named = dict(scope.get("headers", ()))
        origin, host = named.get(b"origin", b""), named.get(b"host", b"")
        foreign = origin and urlsplit(origin.decode("latin-1")).netloc != host.decode("latin-1")
        if foreign and not get_option("server.corsAllowedOrigins"):
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1008})
                return
            kept = [pair for pair in scope["headers"] if pair[0] != b"origin"]
            scope = {**scope, "headers": kept}
        await self.app(scope, receive, send)


class OwnFiles(StaticFiles):
    """``static/``, kept by browsers for a year where the address carries a checksum."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Send a file, or a refusal, with how long it may be kept."""
        response = await super().get_response(path, scope)
        kept = b"v=" in scope.get("query_string", b"") and response.status_code == 200
        response.headers["Cache-Control"] = (
            f"public, max-age={YEAR}, immutable" if kept else "no-cache"
        )
        return response


def security_headers(under: Tiles | None) -> dict[str, str]:
    """Return the headers: everything from ourselves, pictures also from the tile server.

    Scripts are files of ours and Streamlit's, and the few inline ones of ``inline_scripts``, by
    their checksums. Tile servers want to know which site asks, so the origin (and only that) goes
    along.
    """
    policy = {
        "default-src": "'self'",
        "script-src": " ".join(["'self'", *map(_checksum, inline_scripts())]),
        "style-src": "'self' 'unsafe-inline'",
        "img-src": " ".join(["'self'", "data:", "blob:", *([under.host] if under else [])]),
        "font-src": "'self' data:",
        "connect-src": "'self'",
        "worker-src": "'self' blob:",
        "frame-src": "'self'",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": "'self'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    }


def inline_scripts() -> list[str]:
    """Return the scripts that stand inline: in Streamlit's entry page, and in pages of ours."""
    entry = Path(st.__file__).parent / "static" / "index.html"
    found = re.findall(r"<script>(.*?)</script>", entry.read_text(encoding="utf-8"), re.DOTALL)
    return [*found, *page.SCRIPTS]


def _checksum(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def health(_request: Request) -> Response:
    """Answer that the server is up."""
    return PlainTextResponse("ok", headers={"Cache-Control": "no-store"})


def area_background(request: Request) -> Response:
    """Send an area's outline, water and paths; kept by the browser until the area changes."""
    asked = request.query_params.get("key", "")
    found = background.gzipped(request.path_params["area"], asked)
    if found is None:
        return PlainTextResponse("", status_code=404, headers={"Cache-Control": "no-store"})
    content, version = found
    headers = {
        "ETag": f'"{version}"',
        "Cache-Control": f"private, max-age={YEAR}, immutable" if asked == version else "no-cache",
        "Content-Encoding": "gzip",
    }
    if request.headers.get("if-none-match") == headers["ETag"]:
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)


def map_layer(request: Request) -> Response:
    """Send one layer of a map; its address never has another content."""
    content = background.layer(request.path_params["name"])
    if content is None:
        return PlainTextResponse("", status_code=404, headers={"Cache-Control": "no-store"})
    headers = {
        "Cache-Control": f"private, max-age={YEAR}, immutable",
        "Content-Encoding": "gzip",
    }
    return Response(content, media_type="application/json", headers=headers)


def routes() -> list[BaseRoute]:
    """Return our routes, which come before Streamlit's own."""
    return [
        Route("/healthz", health),
        Route("/narhet/area/{area}/background.json", area_background),
        Route("/narhet/layer/{name}.json", map_layer),
        Mount("/app/static", OwnFiles(directory=STATIC)),
    ]


def middleware() -> list[Middleware]:
    """Return what stands before every route, outermost first."""
    return [
        Middleware(SecurityHeaders, headers=security_headers(tiles())),
        Middleware(OwnOrigin),
    ]


@asynccontextmanager
async def announced(_app: Any) -> AsyncIterator[None]:
    """Print the address in one line once the port is taken; get the searches ready meanwhile."""
    from streamlit.web.server.server_util import get_url

    print(texts.text("shell.address", url=get_url("localhost")), flush=True)
    warmup.warm_up_behind(
        PATIENCE_S,
        lambda: print(texts.text("shell.compiling"), flush=True),
        lambda: print(texts.text("shell.compiled"), flush=True),
    )
    yield


app = st.App(
    PAGES / "start.py",
    routes=routes(),
    middleware=middleware(),
    lifespan=announced,
)


def main(arguments: list[str] | None = None) -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="app.py", description=texts.text("shell.description"))
    parser.add_argument("--port", type=int, help=texts.text("shell.help_port"))
    parser.add_argument("--address", default="localhost", help=texts.text("shell.help_address"))
    parser.add_argument("--home", help=texts.text("shell.help_home"))
    chosen = parser.parse_args(arguments)
    if chosen.home:
        os.environ["NARHET_HOME"] = chosen.home
    settings: dict[str, Any] = {"server.address": chosen.address, "runner.postScriptGC": False}
    # Streamlit else collects all garbage after each run, which takes longer than most runs.
    if chosen.port is not None:
        settings["server.port"] = chosen.port
    app.run(config=settings)


if __name__ == "__main__":
    main()
