"""Whether a process of the stack answers: asked on its own protocol, never assumed after a time."""

from __future__ import annotations

import socket
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING

from redis import RedisError
from rq import Worker
from rq.serializers import JSONSerializer

from app import queues
from app.config import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable

    from redis import Redis

    from app.stack.child import Child

_PATIENCE = 2.0  # seconds that one question may take


def page_answers(port: int, path: str) -> Callable[[Child], bool]:
    """Whether ``GET path`` on `port` is answered without an error of the server's."""

    def ready(_child: Child) -> bool:
        connection = HTTPConnection(LOOPBACK, port, timeout=_PATIENCE)
        try:
            connection.request("GET", path)
            return connection.getresponse().status < HTTPStatus.INTERNAL_SERVER_ERROR
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()

    return ready


def mail_answers(port: int) -> Callable[[Child], bool]:
    """Whether an SMTP server greets on `port`."""

    def ready(_child: Child) -> bool:
        try:
            with socket.create_connection((LOOPBACK, port), _PATIENCE) as connection:
                connection.settimeout(_PATIENCE)
                greeting = connection.recv(512)
                connection.sendall(b"QUIT\r\n")
        except OSError:
            return False
        return greeting.startswith(b"220")

    return ready


def redis_answers(redis: Redis) -> Callable[[Child], bool]:
    """Whether `redis` answers a PING."""

    def ready(_child: Child) -> bool:
        try:
            return bool(redis.ping())
        except RedisError:
            return False

    return ready


def workers_listen(redis: Redis, count: int) -> Callable[[Child], bool]:
    """Whether `count` RQ workers of the child's own have signed on."""

    def ready(child: Child) -> bool:
        try:
            workers = Worker.all(connection=redis, serializer=JSONSerializer)
        except RedisError:
            return False
        here = [w for w in workers if w.hostname == socket.gethostname() and w.pid and child.holds(w.pid)]
        return len(here) >= count

    return ready


def clock_beats(redis: Redis) -> Callable[[Child], bool]:
    """Whether the child's clock has beaten."""

    def ready(child: Child) -> bool:
        try:
            host, _, process = (queues.last_beat(redis) or "").partition(":")
        except RedisError:
            return False
        return host == socket.gethostname() and child.holds(int(process))

    return ready
