"""Credentials for Google's APIs: a service account's key file, exchanged for tokens by google-auth's JWT grant.

Where the token is asked for stands in the file (`token_uri`), so the local server needs no code of its own here.
"""

from __future__ import annotations

from pathlib import Path

from google.auth.exceptions import GoogleAuthError
from google.oauth2.service_account import Credentials

SCOPES = (
    "https://www.googleapis.com/auth/spreadsheets",  # files that people share with us
    "https://www.googleapis.com/auth/drive.metadata.readonly",  # which of them changed
    "https://www.googleapis.com/auth/drive.file",  # files that we make
)


class CredentialsError(Exception):
    """The key file can't be used; one line that says what to do."""


class _LocalCredentials(Credentials):
    """Credentials for another root than Google's: nothing may be asked of Google's own hosts.

    google-auth looks up an account's regional access boundary at iamcredentials.googleapis.com before the first
    request, and has no public switch for it.
    """

    def _is_regional_access_boundary_lookup_required(self) -> bool:
        return False


def service_account(path: Path, *, local: bool = False) -> Credentials:
    """Credentials from the service account's JSON key at `path`; nothing is sent yet.

    With `local` they serve another root of the APIs, and no host of Google's is ever asked.

    Raises:
        CredentialsError: no such file, no JSON, or no service account's key.
    """
    hint = "download the JSON key of a service account and name it in GOOGLE_APPLICATION_CREDENTIALS"
    try:
        kind = _LocalCredentials if local else Credentials
        credentials: Credentials = kind.from_service_account_file(  # type: ignore[no-untyped-call]
            str(path), scopes=SCOPES
        )
    except OSError as error:
        raise CredentialsError(f"{path}: {error.strerror or error}: {hint}") from error
    except (ValueError, GoogleAuthError) as error:
        raise CredentialsError(f"{path}: no service account's key: {hint}") from error
    return credentials
