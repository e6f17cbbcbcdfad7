"""A service account for the local Google: a real RSA key, whose JSON points at the local token endpoint."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

CLIENT_EMAIL = "hubout@hubout-locale.iam.gserviceaccount.com"


def ensure_service_account(home: Path, token_uri: str) -> Path:
    """Make the service account of a home folder, once; later only its token_uri follows the server's address.

    The file is what `GOOGLE_APPLICATION_CREDENTIALS` names in production. The server finds the public half of the
    key in `google/accounts/<key id>.json`.

    Args:
        home: the data folder; files go into its `google` folder.
        token_uri: the URL of the local token endpoint, such as `http://127.0.0.1:8001/token`.

    Returns:
        The path of the service account's JSON, readable by its owner only.
    """
    path = home / "google" / "service-account.json"
    account = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else _new_account(home)
    if account.get("token_uri") != token_uri:
        _write(path, account | {"token_uri": token_uri})
    return path


def _new_account(home: Path) -> dict[str, str]:
    key, key_id = rsa.generate_private_key(public_exponent=65537, key_size=2048), secrets.token_hex(20)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    shown = {"client_email": CLIENT_EMAIL, "public_key": public}
    _write(home / "google" / "accounts" / f"{key_id}.json", shown)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return {
        "type": "service_account",
        "project_id": "hubout-locale",
        "private_key_id": key_id,
        "private_key": private,
        "client_email": CLIENT_EMAIL,
        "client_id": "100000000000000000001",
        "universe_domain": "googleapis.com",
    }


def _write(path: Path, content: dict[str, str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written beside and renamed: whoever reads finds the old file or the new one, never a half of it.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    draft.replace(path)
