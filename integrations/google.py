"""Credentials for Google's APIs: a service account's key file, exchanged for tokens by google-auth's JWT grant.

Where the token is asked for stands in the file (`token_uri`), so the local server needs no code of its own here.
"""

from __future__ import annotations

from pathlib import Path

from google.auth.exceptions import GoogleAuthError
from google.oauth2.service_account import Credentials

SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets",  # files that people share with us
    "https://www.googleapis.com/auth/drive.file",  # files that we make
)


class CredentialsError(Exception):
    """The key file can't be used; one line that says what to do."""


def service_account(path: Path) -> Credentials:
    """Credentials from the service account's JSON key at `path`; nothing is sent yet.

    Raises:
        CredentialsError: no such file, no JSON, or no service account's key.
    """
    hint = "download the JSON key of a service account and name it in GOOGLE_APPLICATION_CREDENTIALS"
    try:
        credentials: Credentials = Credentials.from_service_account_file(  # type: ignore[no-untyped-call]
            str(path), scopes=SCOPES
        )
    except OSError as error:
        raise CredentialsError(f"{path}: {error.strerror or error}: {hint}") from error
    except (ValueError, GoogleAuthError) as error:
        raise CredentialsError(f"{path}: no service account's key: {hint}") from error
    return credentials
