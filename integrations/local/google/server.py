"""The server process: one thread a connection, connections kept alive, each answer sent in one write.

The servers at hand do not fit: werkzeug's closes every connection, granian's workers cannot close one without an
answer, and a fault must be able to. `http.server` with two writes an answer costs 40 ms each, so head and body
leave together here.
"""

from __future__ import annotations

import io
import socket
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from werkzeug.wrappers import Request, Response

from integrations.local.google.app import LocalGoogle, create_app
from integrations.local.google.store import Store

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

# A body over this is refused; Google recommends at most 2 MB.
MAX_BODY = 64 * 2**20


class Handler(BaseHTTPRequestHandler):
    """A connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # An idle connection is closed after this many seconds.
    timeout = 300
    server: Server

    def do_GET(self) -> None:
        """Answer one request: the name is http.server's."""
        try:
            length = int(self.headers.get("Content-Length") or 0)
        except ValueError:
            length = -1
        if not 0 <= length <= MAX_BODY or self.headers.get("Transfer-Encoding"):
            self.close_connection = True
            self._send(Response("A body needs a Content-Length of at most 64 MiB.", 413))
            return
        request = Request(self._environ(self.rfile.read(length)))
        try:
            response = self.server.app.respond(request)
        except ConnectionError:
            # A fault asked for this: close, and send nothing.
            self.close_connection = True
            return
        except Exception:  # noqa: BLE001 - a fault of this server: say it, and go on serving others
            traceback.print_exc(file=sys.stderr)
            self.close_connection = True
            response = Response("The local server failed; see its output.", 500)
        self._send(response)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET  # noqa: N815 - http.server's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing: calls are logged as JSON lines when asked."""

    def _environ(self, body: bytes) -> WSGIEnvironment:
        path, _, query = self.path.partition("?")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": str(self.server.server_address[0]),
            "SERVER_PORT": str(self.server.port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "local.connection": self.connection,
        }
        return environ | {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in self.headers.items()}

    def _send(self, response: Response) -> None:
        body = response.get_data()
        # A 204 has no body and no length; a client that reads a length would wait for it.
        headers = [(name, value) for name, value in response.headers if name.lower() != "content-length"]
        if response.status_code != 204:  # noqa: PLR2004 - HTTP's own number
            headers.append(("Content-Length", str(len(body))))
        headers.append(("Connection", "close" if self.close_connection else "keep-alive"))
        head = f"HTTP/1.1 {response.status}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers)
        content = b"" if self.command == "HEAD" else body
        try:
            self.wfile.write(head.encode("latin-1") + b"\r\n" + content)
        except ConnectionError:
            self.close_connection = True


class Server(ThreadingHTTPServer):
    """The bound socket and its application; port 0 takes a free port."""

    daemon_threads = True
    # Many clients may connect at once.
    request_queue_size = 128

    def __init__(self, app: LocalGoogle, host: str, port: int) -> None:
        super().__init__((host, port), Handler)
        self.app = app

    @property
    def port(self) -> int:
        """The port that is really bound."""
        return int(self.server_address[1])

    def server_bind(self) -> None:
        """Bind without asking a name server for the host's name, as http.server would."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that broke off is no news; anything else is printed."""
        del request
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            traceback.print_exc(file=sys.stderr)
            print(f"in a connection of {client_address}", file=sys.stderr)  # noqa: T201 - a server's output


def serve(
    home: Path,
    host: str = "127.0.0.1",
    port: int = 8001,
    *,
    log_requests: bool = False,
    quota: bool = False,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Serve until the process is told to stop.

    Args:
        home: the data folder (HUBOUT_HOME): files live in its `google` folder.
        host: the address to bind.
        port: the port to bind.
        log_requests: append every call to `home/sheets-requests.jsonl`.
        quota: enforce Google's quotas per minute.
        now: the stack's clock.

    Raises:
        OSError: the port is taken.
    """
    store = Store(home / "google", now)
    log_to = home / "sheets-requests.jsonl" if log_requests else None
    try:
        with Server(create_app(store, log_to=log_to, quota=quota), host, port) as server:
            server.serve_forever()
    finally:
        store.close()
