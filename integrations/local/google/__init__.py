"""A local server of the Google Sheets v4 and Drive v3 REST APIs, for one machine without Google.

The protocol is the real one, so the same gspread and google-auth code runs against it: the JWT grant is verified,
batches are atomic, quotas and faults come when asked. What it does not know it refuses by name. Access is open:
any identity may open any file unless its permission was deleted. A person edits the same cells on the pages at `/`.
"""

from integrations.local.google.app import create_app
from integrations.local.google.kinds import Behaviour
from integrations.local.google.server import serve
from integrations.local.google.store import Store

__all__ = ["Behaviour", "Store", "create_app", "serve"]
