"""Days and hours as people read them: in Europe/Rome, in words that can't be mistaken (16 novembre 2026)."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date

ROME = ZoneInfo("Europe/Rome")
_LOCALES = {"it": "it_IT", "en": "en_GB"}


def local_day(moment: datetime) -> date:
    """The day of `moment` (aware) in Rome."""
    return moment.astimezone(ROME).date()


def show_day(value: date, language: str) -> str:
    """The day of `value`; a moment (aware) counts by its day in Rome."""
    day = local_day(value) if isinstance(value, datetime) else value
    return format_date(day, format="long", locale=_LOCALES[language])


def show_hour(moment: datetime) -> str:
    """The hour of `moment` in Rome, as 09:00."""
    return moment.astimezone(ROME).strftime("%H:%M")


def show_moment(moment: datetime, language: str) -> str:
    """Day and hour; the last minute of a day is told by the day alone."""
    hour = show_hour(moment)
    if hour == "23:59":
        return show_day(moment, language)
    return f"{show_day(moment, language)}, {'ore' if language == 'it' else 'at'} {hour}"
