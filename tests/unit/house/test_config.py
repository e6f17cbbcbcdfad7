from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from app.config import SETTINGS, Settings, SettingsError, settings_table

if TYPE_CHECKING:
    from pathlib import Path

KEY = "k" * 32


def problems(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment(environ)
    return caught.value.problems


def outside(tmp_path: Path) -> dict[str, str]:
    credentials = tmp_path / "account.json"
    credentials.write_text("{}")
    return {
        "HUBOUT_HOME": str(tmp_path),
        "HUBOUT_SMTP_URL": "smtp://relay.example.org:587",
        "HUBOUT_MAIL_FROM": "moduli@example.org",
        "HUBOUT_BASE_URL": "https://moduli.example.org/",
        "HUBOUT_SECRET_KEY": KEY,
        "GOOGLE_APPLICATION_CREDENTIALS": str(credentials),
    }


def test_without_settings_the_embedded_defaults_serve(tmp_path: Path) -> None:
    settings = Settings.from_environment({"HUBOUT_HOME": str(tmp_path), "HUBOUT_PORT": "9100"})

    assert settings.base_url == "http://127.0.0.1:9100"
    assert settings.sheets_url == "http://127.0.0.1:9101"
    assert settings.smtp_url == "smtp://127.0.0.1:9102"
    assert settings.database_url == f"sqlite:///{tmp_path}/hubout.sqlite3"
    assert settings.files_url == f"file://{tmp_path}/files"
    assert (settings.embedded_database, settings.embedded_redis) == (True, True)
    assert (settings.embedded_smtp, settings.embedded_sheets, settings.local) == (True, True, True)


def test_blank_counts_as_unset() -> None:
    assert Settings.from_environment({"HUBOUT_REDIS_URL": " "}).embedded_redis


def test_outside_services_replace_the_embedded_ones(tmp_path: Path) -> None:
    settings = Settings.from_environment(outside(tmp_path))

    assert settings.base_url == "https://moduli.example.org"
    assert settings.sheets_url is None
    assert not settings.local
    assert not settings.open_clock().movable


def test_database_and_redis_may_be_outside_while_time_still_moves() -> None:
    settings = Settings.from_environment(
        {
            "HUBOUT_DATABASE_URL": "postgresql://u:p@localhost/hubout",
            "HUBOUT_REDIS_URL": "redis://localhost:6379/3",
            "HUBOUT_CLOCK": "2026-11-16T09:00+01:00",
        }
    )

    assert settings.database_url == "postgresql+psycopg://u:p@localhost/hubout"
    assert settings.clock_start is not None
    assert settings.clock_start.isoformat() == "2026-11-16T08:00:00+00:00"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("HUBOUT_PORT", "http", "`http` does not serve: give a whole number from 1 to 65533"),
        ("HUBOUT_PORT", "65534", "`65534` does not serve: give a whole number from 1 to 65533"),
        ("HUBOUT_WORKERS", "0", "`0` does not serve: give a whole number from 1 to 64"),
        ("HUBOUT_SECRET_KEY", f"{KEY},short", "too short to be safe: each key needs 32 characters"),
        (
            "HUBOUT_API_KEYS",
            f"one:{'0' * 64},my-secret-key",
            "number 2 is not of the form name:sha256 (64 hexadecimal digits in small letters)",
        ),
        (
            "HUBOUT_API_ORIGINS",
            "https://www.example.org/, *",
            "`https://www.example.org/` is no origin: write it like https://www.example.org, without a path",
        ),
        (
            "HUBOUT_DATABASE_URL",
            "mysql://x/y",
            "no database that HubOut knows: begin it with postgresql:// or sqlite:///",
        ),
        (
            "HUBOUT_REDIS_URL",
            "localhost:6379",
            "no address of this kind: begin it with redis:// or rediss:// or unix://",
        ),
        (
            "HUBOUT_WEBHOOKS",
            "registro=https://registro.example.org/h,interno=http://10.0.0.1/h",
            "`interno` is not of the form name=https://host/path",
        ),
        (
            "HUBOUT_WEBHOOK_SECRETS",
            "registro=my-secret",
            "number 1 is not of the form name=whsec_ and Base64 of 24 to 64 bytes",
        ),
        (
            "HUBOUT_WEBHOOK_NETWORKS",
            "10.0.0.1/8",
            "10.0.0.1/8 has host bits set: write it like 10.0.0.0/8",
        ),
        ("HUBOUT_BASE_URL", "moduli.example.org", "no address of this kind: begin it with http:// or https://"),
        (
            "HUBOUT_CLOCK",
            "2026-11-16T09:00",
            "`2026-11-16T09:00` does not say its time zone: end it with Z, +01:00 or +02:00",
        ),
        ("HUBOUT_CALLS_DIR", "/nowhere/calls", "there is no folder `/nowhere/calls`: correct the path or unset it"),
        ("HUBOUT_LOG_SHEETS", "yes", "`yes` does not serve: give 1 or 0"),
        ("HUBOUT_FILES_URL", "/srv/files", "`/srv/files` is no URL: write a folder as file:///srv/hubout/files"),
        (
            "HUBOUT_MAIL_FROM",
            "Comune",
            "`Comune` is no sender: write it like `Moduli <moduli@example.org>`",
        ),
    ],
)
def test_a_mistake_is_one_line_that_names_setting_and_fix(name: str, text: str, words: str) -> None:
    assert problems({name: text}) == (f"{name}: {words}",)


def test_all_mistakes_show_at_once() -> None:
    lines = problems({"HUBOUT_PORT": "x", "HUBOUT_WORKERS": "many"})
    assert [line.partition(":")[0] for line in lines] == ["HUBOUT_PORT", "HUBOUT_WORKERS"]


def test_a_slip_in_a_name_is_a_mistake() -> None:
    assert problems({"HUBOUT_WORKER": "3"}) == ("HUBOUT_WORKER: no such setting: did you mean HUBOUT_WORKERS?",)


@pytest.mark.parametrize("name", ["HUBOUT_SECRET_KEY", "HUBOUT_BASE_URL", "HUBOUT_MAIL_FROM"])
def test_real_mail_needs_key_address_and_sender(name: str, tmp_path: Path) -> None:
    environ = outside(tmp_path)
    del environ[name]
    assert [line.partition(":")[0] for line in problems(environ)] == [name]


def test_real_mail_keeps_the_machines_time(tmp_path: Path) -> None:
    (line,) = problems({**outside(tmp_path), "HUBOUT_CLOCK": "2026-11-16T09:00+01:00"})
    assert line.startswith("HUBOUT_CLOCK: time moves only while")


def test_another_sheets_root_needs_credentials() -> None:
    lines = problems({"HUBOUT_SHEETS_URL": "http://127.0.0.1:1", "HUBOUT_SECRET_KEY": KEY})
    assert lines == (
        "GOOGLE_APPLICATION_CREDENTIALS: missing, but HUBOUT_SHEETS_URL is set: name the service account's JSON file",
    )


def test_the_embedded_key_is_made_once_and_private(tmp_path: Path) -> None:
    environ = {"HUBOUT_HOME": str(tmp_path / "home")}
    first = Settings.from_environment(environ)
    assert not (tmp_path / "home").exists()

    (key,) = first.secret_keys

    assert len(key) == 64
    assert Settings.from_environment(environ).secret_keys == (key,)
    assert stat.S_IMODE((tmp_path / "home" / "secret").stat().st_mode) == 0o600


def test_given_keys_are_read_oldest_first() -> None:
    settings = Settings.from_environment({"HUBOUT_SECRET_KEY": f"{KEY}, {'n' * 40}"})
    assert settings.secret_keys == (KEY.encode(), b"n" * 40)


def test_secrets_stay_out_of_the_printed_settings() -> None:
    environ = {"HUBOUT_SECRET_KEY": KEY, "HUBOUT_REDIS_URL": "redis://:open-sesame@localhost"}
    printed = repr(Settings.from_environment(environ))
    assert KEY not in printed
    assert "open-sesame" not in printed


def test_a_long_home_gets_a_short_socket(tmp_path: Path) -> None:
    settings = Settings.from_environment({"HUBOUT_HOME": str(tmp_path / ("long" * 40))})
    assert len(settings.redis_url) < 108


def test_the_docs_list_every_setting(repository: Path) -> None:
    assert settings_table() in (repository / "docs" / "settings.md").read_text()
    assert len({setting.name for setting in SETTINGS}) == len(SETTINGS)


def test_keys_and_origins_of_the_api_are_lists() -> None:
    settings = Settings.from_environment(
        {
            "HUBOUT_API_KEYS": f"comune:{'a' * 64}, comune:{'b' * 64}",
            "HUBOUT_API_ORIGINS": "https://www.example.org, http://127.0.0.1:3000,",
        }
    )
    assert [(key.name, key.sha256[0]) for key in settings.api_keys] == [("comune", "a"), ("comune", "b")]
    assert settings.api_origins == ("https://www.example.org", "http://127.0.0.1:3000")
    assert "a" * 64 not in repr(settings)


def test_programs_to_call_have_their_secrets() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    given = {
        "HUBOUT_WEBHOOKS": "registro=https://registro.example.org/h,prova=http://127.0.0.1:9/h",
        "HUBOUT_WEBHOOK_SECRETS": f"registro={secret},prova={secret},registro={secret}",
        "HUBOUT_WEBHOOK_NETWORKS": "127.0.0.0/8, fd00::/8",
    }
    settings = Settings.from_environment(given)
    assert [(target.name, len(target.secrets)) for target in settings.webhooks] == [("registro", 2), ("prova", 1)]
    assert len(settings.webhook_networks) == 2
    assert "MfKQ" not in repr(settings)
    assert problems({"HUBOUT_WEBHOOKS": "registro=https://registro.example.org"}) == (
        "HUBOUT_WEBHOOKS: `registro` has no secret: give one in HUBOUT_WEBHOOK_SECRETS",
    )
