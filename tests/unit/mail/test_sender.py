"""What the DNS says of the sender: asked of a real DNS server on this machine."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Thread

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest
from dns.resolver import Resolver

from integrations.sender import advice

SENDER, RELAY = "HubOut <hubout@posta.comune.example.org>", "relay.example.org"
GOOD = {
    "posta.comune.example.org.": ["google-site-verification=x", "v=spf1 a:relay.example.org -all"],
    "_dmarc.comune.example.org.": ["v=DMARC1; p=quarantine"],
}


@contextmanager
def name_server(records: Mapping[str, list[str]]) -> Iterator[Resolver]:
    """A DNS server with these TXT records, and the resolver that asks it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = Thread(target=_serve, args=(server, records))
        thread.start()
        resolver = Resolver(configure=False)
        resolver.nameservers, resolver.port, resolver.lifetime = ["127.0.0.1"], server.getsockname()[1], 5.0
        try:
            yield resolver
        finally:
            server.sendto(b"", server.getsockname())
            thread.join()


def _serve(server: socket.socket, records: Mapping[str, list[str]]) -> None:
    while True:
        raw, client = server.recvfrom(4096)
        if not raw:
            return
        query = dns.message.from_wire(raw)
        answer = dns.message.make_response(query)
        name = query.question[0].name
        texts = records.get(name.to_text().lower())
        if texts is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            quoted = [f'"{text}"' for text in texts]
            answer.answer.append(dns.rrset.from_text_list(name, 60, "IN", "TXT", quoted))
        server.sendto(answer.to_wire(), client)


@pytest.fixture
def look() -> Callable[[Mapping[str, list[str]]], dict[str, tuple[bool, str, str]]]:
    def ask(records: Mapping[str, list[str]]) -> dict[str, tuple[bool, str, str]]:
        with name_server(records) as resolver:
            return {each.name: (each.well, each.seen, each.fix) for each in advice(SENDER, RELAY, resolver)}

    return ask


Look = Callable[[Mapping[str, list[str]]], dict[str, tuple[bool, str, str]]]


def test_a_domain_that_says_all_is_well(look: Look) -> None:
    seen = look(GOOD)
    assert seen["spf"][:2] == (True, "v=spf1 a:relay.example.org -all")
    assert seen["dmarc"][:2] == (True, "v=DMARC1; p=quarantine")  # said by the domain above
    assert "sign with d=posta.comune.example.org" in seen["dkim"][2]


def test_a_domain_that_says_nothing_is_told_what_to_set(look: Look) -> None:
    seen = look({})
    assert not seen["spf"][0]
    assert 'posta.comune.example.org TXT "v=spf1 a:relay.example.org -all"' in seen["spf"][2]
    assert not seen["dmarc"][0]
    assert '_dmarc.posta.comune.example.org TXT "v=DMARC1' in seen["dmarc"][2]


@pytest.mark.parametrize(
    ("name", "records", "said"),
    [
        ("spf", {"posta.comune.example.org.": ["v=spf1 mx +all"]}, "v=spf1 mx +all"),
        ("spf", {"posta.comune.example.org.": ["v=spf1 mx -all", "v=spf1 a -all"]}, "2 records"),
        ("dmarc", {"_dmarc.posta.comune.example.org.": ["v=DMARC1; p=none"]}, "p=none"),
    ],
)
def test_what_protects_nobody_is_not_well(look: Look, name: str, records: Mapping[str, list[str]], said: str) -> None:
    well, seen, _ = look(records)[name]
    assert not well
    assert said in seen


def test_without_a_resolver_it_says_what_to_set() -> None:
    assert all(not each.well and each.fix for each in advice(SENDER, RELAY, None))
