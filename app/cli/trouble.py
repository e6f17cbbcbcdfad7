"""What happens to an error nobody foresaw: a line with an incident id for the person, the traceback in a file."""

from __future__ import annotations

import os
import traceback
from datetime import UTC, datetime
from pathlib import Path

from app.errors import new_incident


def report(error: Exception) -> str:
    """Write `error` with its traceback to ``HOME/logs/incidents.log`` and return the line to show.

    Settings may be what is wrong, so the home is taken from the environment as it stands.
    """
    incident = new_incident()
    log = Path(os.environ.get("HUBOUT_HOME") or "home") / "logs" / "incidents.log"
    trace = "".join(traceback.format_exception(error))
    what = f"unexpected error: {type(error).__name__} (incident {incident})"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{datetime.now(UTC).isoformat()} incident {incident}\n{trace}\n")
    except OSError:
        return f"{what}: its traceback could not be written to {log}"
    return f"{what}: see {log}"
