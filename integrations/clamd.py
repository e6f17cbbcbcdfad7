"""The virus scanner: content streamed to ClamAV's daemon (its command INSTREAM), over TCP or a Unix socket.

Files never lie where the scanner could read them by itself: they go to it through the connection, in pieces.
"""

from __future__ import annotations

import socket
from struct import pack
from typing import IO, Final
from urllib.parse import urlsplit

PORT: Final = 3310
_CHUNK: Final = 1 << 16
_CONNECT_SECONDS: Final = 5.0
_ANSWER_SECONDS: Final = 130.0  # clamd itself gives up on a file after 120 (MaxScanTime)
_LONGEST_ANSWER: Final = 4096


class ScannerAway(Exception):  # noqa: N818 - it reads `except ScannerAway`
    """The scanner can't be asked, or has no verdict; another time it may."""


def scan(url: str, content: IO[bytes]) -> str:
    """The name of what was found in `content`, "" where it is clean.

    Raises:
        ScannerAway: there is no verdict; its text says why.
    """
    answer = _ask(url, b"zINSTREAM\0", content)
    verdict = answer.removeprefix("stream: ")
    if verdict == "OK":
        return ""
    if verdict.endswith(" FOUND"):
        return verdict.removesuffix(" FOUND")
    raise ScannerAway(f"no verdict: {answer or 'an empty answer'}")


def ping(url: str) -> str:
    """The version of the scanner that answers at `url`.

    Raises:
        ScannerAway: nothing answers there.
    """
    return _ask(url, b"zVERSION\0")


def _ask(url: str, command: bytes, content: IO[bytes] | None = None) -> str:
    try:
        with _connect(url) as connection:
            connection.settimeout(_ANSWER_SECONDS)
            connection.sendall(command)
            if content is not None:
                _stream(connection, content)
            return _answer(connection)
    except OSError as error:
        raise ScannerAway(str(error) or type(error).__name__) from error


def _connect(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "tcp":
        return socket.create_connection((parts.hostname or "", parts.port or PORT), _CONNECT_SECONDS)
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_CONNECT_SECONDS)
    try:
        connection.connect(parts.path)
    except OSError:
        connection.close()
        raise
    return connection


def _stream(connection: socket.socket, content: IO[bytes]) -> None:
    """Pieces with their lengths, and an empty one at the end."""
    try:
        while piece := content.read(_CHUNK):
            connection.sendall(pack(">I", len(piece)) + piece)
        connection.sendall(pack(">I", 0))
    except ConnectionError:
        return  # it says "size limit exceeded" and hangs up; the answer is there to read


def _answer(connection: socket.socket) -> str:
    received = b""
    while len(received) < _LONGEST_ANSWER and (piece := connection.recv(_LONGEST_ANSWER)):
        received += piece
    return received.rstrip(b"\0\n").decode("utf-8", "replace")
