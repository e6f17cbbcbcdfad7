"""What the DNS must say of the sender's domain for its mails to be believed: SPF, DKIM, DMARC (RFC 7208, 6376, 7489).

Large mailbox providers refuse or hide mail whose domain says nothing (reference/approvals.md part 1, rule 19).
"""

from __future__ import annotations

from dataclasses import dataclass

from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer, Resolver

from integrations.mail import domain_of

_PATIENCE = 3.0  # seconds


@dataclass(frozen=True, slots=True)
class Advice:
    """One record: what was seen of it, and what to set where it is not well."""

    name: str
    well: bool
    seen: str
    fix: str


def own_resolver() -> Resolver | None:
    """The resolver of this machine; None where it has none."""
    try:
        resolver = Resolver()
    except (DNSException, OSError):
        return None
    resolver.lifetime = _PATIENCE
    return resolver


def advice(sender: str, relay: str, resolver: Resolver | None) -> tuple[Advice, ...]:
    """What to set in the DNS for mails of `sender` that `relay` sends; looked up where there is a resolver."""
    domain = domain_of(sender)
    return (_spf(domain, relay, resolver), _dkim(domain, relay), _dmarc(domain, resolver))


def _spf(domain: str, relay: str, resolver: Resolver | None) -> Advice:
    fix = f'set {domain} TXT "v=spf1 a:{relay} -all", with every other server that sends for the domain'
    found = _texts(resolver, domain, "v=spf1")
    if found is None:
        return Advice("spf", well=False, seen="not looked up: no DNS here", fix=fix)
    if len(found) > 1:
        return Advice("spf", well=False, seen=f"{domain} has {len(found)} records, which is an error", fix="leave one")
    if not found:
        return Advice("spf", well=False, seen=f"{domain} has none", fix=fix)
    strict = found[0].split()[-1] in ("-all", "~all") or "redirect=" in found[0]
    return Advice("spf", strict, found[0], f"see that it names {relay}, and end it with -all")


def _dkim(domain: str, relay: str) -> Advice:
    fix = f"have {relay} sign with d={domain}, and publish its key as SELECTOR._domainkey.{domain} TXT"
    return Advice("dkim", well=False, seen="can't be looked up without the relay's selector", fix=fix)


def _dmarc(domain: str, resolver: Resolver | None) -> Advice:
    fix = f'set _dmarc.{domain} TXT "v=DMARC1; p=quarantine; adkim=r; aspf=r; rua=mailto:postmaster@{domain}"'
    above = domain.partition(".")[2]
    for name in (domain, above) if "." in above else (domain,):
        found = _texts(resolver, f"_dmarc.{name}", "v=DMARC1")
        if found is None:
            return Advice("dmarc", well=False, seen="not looked up: no DNS here", fix=fix)
        if found:
            policy = found[0].replace(" ", "").casefold()
            return Advice("dmarc", "p=none" not in policy, found[0], "once reports show no surprise, p=quarantine")
    return Advice("dmarc", well=False, seen=f"{domain} has none", fix=fix)


def _texts(resolver: Resolver | None, name: str, beginning: str) -> list[str] | None:
    """The TXT records of `name` that begin so; None where nobody answers."""
    if resolver is None:
        return None
    try:
        answer = resolver.resolve(name, "TXT")
    except (NXDOMAIN, NoAnswer):
        return []
    except DNSException:
        return None
    texts = [b"".join(record.strings).decode("ascii", errors="replace") for record in answer]
    return [text for text in texts if text.casefold().startswith(beginning.casefold())]
