"""A request through the gateway, against nginx in front of the same service."""

import asyncio
import contextlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Template

import psutil

from benchmarks.ceilings import BODY
from benchmarks.harness import Contender, compare, measure_on_database, report, run, serve
from tests.apps import write_keys
from tests.cluster import TestDatabase
from tests.instances import free_port

LIVE, STATIC = "/v1/agency", "/v1/calls"
"""An operation of programs and one of participants, both open to the public."""

NGINX = Template("""
daemon off; master_process off; pid $folder/nginx.pid; error_log $folder/nginx.log;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 1000000;
  client_body_temp_path $folder; proxy_temp_path $folder; fastcgi_temp_path $folder;
  uwsgi_temp_path $folder; scgi_temp_path $folder;
  upstream live { server unix:$live; keepalive 64; keepalive_requests 1000000; }
  upstream static { server unix:$static; keepalive 64; keepalive_requests 1000000; }
  server {
    listen 127.0.0.1:$port;
    proxy_http_version 1.1; proxy_set_header Connection "";
    location $live_path { proxy_pass http://live; }
    location $static_path { proxy_pass http://static; }
  }
}
""")
STATIC_NGINX = Template("""
daemon off; master_process off; pid $folder/static.pid; error_log $folder/static.log;
events { worker_connections 1024; }
http {
  access_log off; keepalive_requests 1000000; default_type application/json;
  client_body_temp_path $folder; proxy_temp_path $folder; fastcgi_temp_path $folder;
  uwsgi_temp_path $folder; scgi_temp_path $folder;
  server { listen unix:$static; location / { return 200 '$body'; } }
}
""")


def main() -> None:
    """Measure and print, where nginx is installed."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:/opt/homebrew/bin")
    if nginx is None:
        print("\nGateway pass-through: skipped, nginx is not installed")
        return

    async def measure(database: TestDatabase, folder: Path) -> None:
        await asyncio.to_thread(_compare, database, folder, nginx)

    measure_on_database(measure)


def _compare(database: TestDatabase, folder: Path, nginx: str) -> None:
    static = str(folder / "static.sock")
    answering = STATIC_NGINX.substitute(folder=folder, static=static, body=BODY.decode())
    with (
        serve("benchmarks.ceilings:small_json", folder, {}) as (_, live),
        _running_nginx(nginx, folder, static, answering),
        _proxy(nginx, folder, live, static) as (theirs, their_port),
        serve_gateway(database, folder, live, static) as (ours, our_port),
    ):
        for title, path, connections, goal in (
            ("real upstream, 64 connections", LIVE, 64, 0.60),
            ("static upstream, 64 connections", STATIC, 64, 0.20),
            ("real upstream, one connection", LIVE, 1, 0.33),
        ):
            ceiling = Contender("nginx", [theirs], their_port, path, connections=connections)
            measured = Contender("gateway", [ours], our_port, path, connections=connections)
            compare([ceiling, measured])
            report(f"Gateway pass-through: {title}", measured, ceiling, goal=goal)


@contextlib.contextmanager
def _proxy(nginx: str, folder: Path, live: str, static: str) -> Iterator[tuple[psutil.Process, int]]:
    port = free_port()
    text = NGINX.substitute(
        folder=folder, live=live, static=static, port=port, live_path=LIVE, static_path=STATIC
    )
    with _running_nginx(nginx, folder, port, text) as process:
        yield process, port


@contextlib.contextmanager
def _running_nginx(nginx: str, folder: Path, address: str | int, text: str) -> Iterator[psutil.Process]:
    configuration = folder / f"nginx-{address if isinstance(address, int) else 'static'}.conf"
    configuration.write_text(text)
    with run([nginx, "-p", str(folder), "-c", str(configuration)], address, folder, {}) as process:
        yield process


@contextlib.contextmanager
def serve_gateway(
    database: TestDatabase, folder: Path, live: str, static: str
) -> Iterator[tuple[psutil.Process, int]]:
    """Run a gateway before two sockets, programs at `live`, the others at `static`; give its process and port."""
    write_keys(folder)
    port = free_port()
    environment = {
        "GATEWAY_DATABASE_URL": database.gateway.runtime,
        "GATEWAY_READ_DATABASE_URL": database.gateway.reader,
        "GATEWAY_SIGNING_KEY": str(folder / "gateway.json"),
        "GATEWAY_ANONYMOUS_RATE_LIMIT": "100000000/minute",
        "QOLDAU_PUBLIC_KEYS": str(folder / "public.json"),
        "QOLDAU_PROGRAMS_URL": f"unix:{live}",
        "QOLDAU_PARTICIPANTS_URL": f"unix:{static}",
        "QOLDAU_EVALUATION_URL": f"unix:{static}",
    }
    command = [sys.executable, "-m", "cli.serve", "gateway", "--port", str(port)]
    with run(command, port, folder, environment) as process:
        yield process, port


if __name__ == "__main__":
    main()
