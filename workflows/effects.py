"""The closed vocabulary of effects: what a transition asks the shell to do.

An effect is data. This package reads and writes it; the shell turns it into an outbox row in the transaction that
records the event, and carries it out later (design.md §2). In YAML an effect is its name, `reserve_seat`, its name
with its one parameter, `mail: rigetto`, or with all of them, `mail: {message: attesa_consenso, to: richiedente}`;
beside the name `when:` may hold a condition on the case.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, TypeAlias

from pydantic import Field, PlainSerializer, PlainValidator, ValidationError

from forms.conditions import plain_condition
from forms.document import Strict
from forms.model import ShowIf


class Effect(Strict):
    """Base of all effects. `parameter` names the field that the short form `name: value` sets."""

    name: ClassVar[str]
    parameter: ClassVar[str | None] = None
    when: ShowIf | None = None


class Mail(Effect):
    """Mail a message; without `to`, to those the message itself names."""

    name = "mail"
    parameter = "message"
    message: str
    to: str | None = None


class SheetUpsert(Effect):
    """Write the case's row: find it by reference, else append it. Implied by every change of state."""

    name = "sheet_upsert"


class SheetOpenReview(Effect):
    """Open the partners' cells of the row, on each reviewer's tab. The state's `notify` mails them."""

    name = "sheet_open_review"


class SheetOpenScoring(Effect):
    """Open blind scoring: one tab for each member of the panel."""

    name = "sheet_open_scoring"


class ReserveSeat(Effect):
    """Take the case's seats, under the lock under which `seats_free` was tested."""

    name = "reserve_seat"


class ReleaseSeat(Effect):
    """Give the seats back and tell the waiting list; does nothing without a seat. Implied by every closed state."""

    name = "release_seat"


class Assign(Effect):
    """Give the case to the person who has this role in its call."""

    name = "assign"
    parameter = "role"
    role: str


class ProtocolloRequest(Effect):
    """Put the case on the register office's daily list."""

    name = "protocollo_request"


class Rank(Effect):
    """Freeze the case's line in its ranking; after a new look at its scores, the new line takes its place."""

    name = "rank"


class OfferNext(Effect):
    """Offer the place to the next in the ranking."""

    name = "offer_next"


class ResetOpinions(Effect):
    """Void both cities' opinions and send new links."""

    name = "reset_opinions"


class PublishList(Effect):
    """Publish the codes, and only the codes, of the admitted."""

    name = "publish_list"


class PublishCalendar(Effect):
    """Bring the public calendar up to date."""

    name = "publish_calendar"


class DocAccordo(Effect):
    """Make the agreement's document."""

    name = "doc_accordo"


class DocAttestato(Effect):
    """Make the certificate of attendance."""

    name = "doc_attestato"


class DocHours(Effect):
    """Make the school's report of hours."""

    name = "doc_hours"


class IssueInviteCodes(Effect):
    """Issue invite codes to a school."""

    name = "issue_invite_codes"


class Webhook(Effect):
    """Tell another program of the settings, in a signed call: reference, call, event, state, instant, and no more."""

    name = "webhook"
    parameter = "target"
    target: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")


class ConfirmReview(Effect):
    """Let the reviewer's last review count for the new version too."""

    name = "confirm_review"


class Anonymise(Effect):
    """Erase what identifies people; the event chain stays."""

    name = "anonymise"


EFFECTS: Mapping[str, type[Effect]] = MappingProxyType(
    {
        effect.name: effect
        for effect in (
            Mail,
            SheetUpsert,
            SheetOpenReview,
            SheetOpenScoring,
            ReserveSeat,
            ReleaseSeat,
            Assign,
            ProtocolloRequest,
            Rank,
            OfferNext,
            ResetOpinions,
            PublishList,
            PublishCalendar,
            DocAccordo,
            DocAttestato,
            DocHours,
            IssueInviteCodes,
            ConfirmReview,
            Webhook,
            Anonymise,
        )
    }
)


def parse_effect(raw: object) -> Effect:
    """The effect that plain data writes.

    Raises:
        ValueError: "what | fix" in an author's words.
    """
    if isinstance(raw, Effect):
        return raw
    if isinstance(raw, str):
        return _make(raw, {})
    if not isinstance(raw, Mapping):
        # pydantic gathers ValueErrors as faults; a TypeError would end the reading of the file
        raise ValueError(  # noqa: TRY004 - see above
            f"`{raw}` is no effect | write `- reserve_seat` or `- mail: rigetto`"
        )
    given = {"when": raw["when"]} if "when" in raw else {}
    names = [str(key) for key in raw if key != "when"]
    if len(names) != 1:
        raise ValueError("an effect has one name | begin each effect with a dash of its own")
    value = raw[names[0]]
    if isinstance(value, Mapping):
        return _make(names[0], {**value, **given})
    parameter = EFFECTS[names[0]].parameter if names[0] in EFFECTS else None
    if parameter is None and value is not None:
        raise ValueError(f"`{names[0]}` is no effect with a value | {_nearest(names[0])}")
    return _make(names[0], {**({parameter: value} if parameter else {}), **given})


def _make(name: str, given: Mapping[str, Any]) -> Effect:
    if name not in EFFECTS:
        raise ValueError(f"unknown effect `{name}` | {_nearest(name)}")
    try:
        return EFFECTS[name].model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        message = str(first["msg"]).removeprefix("Value error, ")
        raise ValueError(
            message if " | " in message else f"`{name}`: {key}: {message} | see docs/workflows.md"
        ) from error


def _nearest(name: str) -> str:
    close = get_close_matches(name, EFFECTS, n=1)
    return f"did you mean `{close[0]}`?" if close else "see the list of effects in docs/workflows.md"


def emit_effect(effect: Effect) -> Any:
    """The effect as plain data, the shortest way to write it."""
    given = {key: value for key in type(effect).model_fields if (value := getattr(effect, key)) is not None}
    when = given.pop("when", None)
    short = given.get(effect.parameter or "")
    written = {effect.name: short if set(given) == {effect.parameter} else given}
    if when is not None:
        return {**written, "when": plain_condition(when)}
    return written if given else effect.name


EffectField: TypeAlias = Annotated[Effect, PlainValidator(parse_effect), PlainSerializer(emit_effect)]
