"""Writes small files that several processes share, so that a reader finds the old text or the new, never half."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def replace_text(path: Path, text: str) -> None:
    """Make `text` the whole of file `path`, readable by its owner only."""
    _aside(path, text).replace(path)


def create_text(path: Path, text: str) -> None:
    """Make file `path` with `text`, readable by its owner only; of several that try, the first one's text stays."""
    made = _aside(path, text)
    try:
        path.hardlink_to(made)
    except FileExistsError:
        pass
    finally:
        made.unlink()


def _aside(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")  # mkstemp makes it 0600
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
