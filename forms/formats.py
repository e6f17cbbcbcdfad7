"""Validators that say how a kind of answer is written; they run first and may change the value.

A phone number becomes E.164, a day a date, a code is written in capitals. Most come with a field type.
"""

from __future__ import annotations

import re
from datetime import date, time
from decimal import Decimal
from urllib.parse import urlsplit

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from forms import taxcodes
from forms.comuni import find_comune
from forms.validation import Problem, Region, Situation, register
from forms.values import parse_date, parse_number, parse_time


@register("date_it", "date", "date_it", is_format=True)
def _date_it(value: str, _parameter: None, _situation: Situation) -> date:
    day = parse_date(value)
    if day is None:
        raise Problem("date")
    return day


@register("time", "time", "time", is_format=True)
def _time(value: str, _parameter: None, _situation: Situation) -> time:
    moment = parse_time(value)
    if moment is None:
        raise Problem("format")
    return moment


@register("decimal_it", "decimal euro", "decimal_it", is_format=True)
def _decimal_it(value: str, _parameter: None, _situation: Situation) -> Decimal:
    number = parse_number(value)
    if number is None or number != round(number, 2):
        raise Problem("number")
    return number


@register("integer_it", "integer", "integer_it", is_format=True)
def _integer_it(value: str, _parameter: None, _situation: Situation) -> int:
    number = parse_number(value)
    if number is None or number != int(number):
        raise Problem("number")
    return int(number)


@register("email", "email", "email", is_format=True)
def _email(value: str, _parameter: None, _situation: Situation) -> str:
    try:
        # Deliverability is shown by the confirmation link; a DNS look-up would be I/O.
        return validate_email(value, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError:
        raise Problem("email") from None


@register("phone", "tel", "phone: IT", Region, default="IT", is_format=True)
def _phone(value: str, region: str, _situation: Situation) -> str:
    try:
        number = phonenumbers.parse(value, region)
    except phonenumbers.NumberParseException:
        raise Problem("phone") from None
    if not phonenumbers.is_valid_number(number):
        raise Problem("phone")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@register("comune_or_estero", "comune", "comune_or_estero", is_format=True)
def _comune_or_estero(value: str, _parameter: None, _situation: Situation) -> str:
    comune = find_comune(value)
    if comune is None:
        raise Problem("format")
    return comune


@register("piva_luhn", "partita_iva", "piva_luhn", is_format=True)
def _piva_luhn(value: str, _parameter: None, _situation: Situation) -> str:
    code = taxcodes.normal_code(value).removeprefix("IT")
    if not taxcodes.is_body_code(code):
        raise Problem("piva")
    return code


@register("codice_fiscale", "codice_fiscale", "codice_fiscale", is_format=True)
@register("cf_ente_or_cf", "codice_fiscale_ente", "cf_ente_or_cf", is_format=True)
def _codice_fiscale(value: str, _parameter: None, _situation: Situation) -> str:
    code = taxcodes.normal_code(value)
    if not taxcodes.is_person_code(code):
        raise Problem("cf")
    return code


@register("url_https", "url", "url_https", is_format=True)
def _url_https(value: str, _parameter: None, _situation: Situation) -> str:
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        raise Problem("format") from None
    if parts.scheme != "https" or "." not in host or parts.username or " " in value:
        raise Problem("format")
    return value


@register("application_code", "text", "application_code", is_format=True)
def _application_code(value: str, _parameter: None, _situation: Situation) -> str:
    # The form alone (clarifications.md §8): an unknown code is a note for the officer, not an error.
    code = value.upper()
    if not re.fullmatch(r"[A-Z]{3}-\d{2}-[0-9A-HJKMNP-TV-Z]{6}", code, re.ASCII):
        raise Problem("format")
    return code


@register("upper", "text", "upper", is_format=True)
def _upper(value: str, _parameter: None, _situation: Situation) -> str:
    return value.replace(" ", "").upper()


@register("invite_code", "text", "invite_code", is_format=True)
def _invite_code(value: str, _parameter: None, situation: Situation) -> str:
    code = value.replace(" ", "").upper()
    if code not in situation.invite_codes:
        raise Problem("invite_code")
    return code
