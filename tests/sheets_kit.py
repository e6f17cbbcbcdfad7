"""Google's own recorded answers and request schemas, which lie beside the project where its makers work."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

KIT = Path(__file__).resolve().parents[2] / "shared" / "sheets_kit"


def run(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script of the kit."""
    command = [sys.executable, str(KIT / script), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)  # noqa: S603 - the kit's


def check_requests(log: Path) -> None:
    """Fail on a logged request that Google's discovery documents don't know; without the kit nothing is checked."""
    if KIT.exists() and log.exists():
        answer = run("check_requests.py", str(log))
        assert answer.returncode == 0, f"requests that Google would refuse or ignore:\n{answer.stdout}"
