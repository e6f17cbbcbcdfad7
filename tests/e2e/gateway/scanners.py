"""Programs that open mails before people do, from the harmless to those that fill in and press everything."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote, urljoin

import requests
from playwright.sync_api import Error, Page

from tests.e2e.gateway.scene import AGENTS, PATIENCE, Mail, Scene

TIMES = 20
SEEDS = 2
"""How often the random one tries each page, each time otherwise."""

_WORDS = ("Approvo", "Va bene, la proposta è coerente con il bando e con gli spazi.", "12345678", "16/11/2026", "ABCD")
Scanner = Callable[[Scene, Mail], None]


def heads(_: Scene, mail: Mail) -> None:
    """HEAD and OPTIONS of every link, again and again, as many programs."""
    for number in range(TIMES):
        agent = {"User-Agent": AGENTS[number % len(AGENTS)]}
        for link in mail.links:
            requests.head(link, headers=agent, allow_redirects=True, timeout=PATIENCE)
            requests.options(link, headers=agent, timeout=PATIENCE)


def gets(_: Scene, mail: Mail) -> None:
    """GET of the link, with cookies kept and thrown away."""
    for number in range(TIMES):
        agent = {"User-Agent": AGENTS[number % len(AGENTS)]}
        requests.get(mail.link, headers=agent, timeout=PATIENCE)
        with requests.Session() as session:
            session.get(mail.link, headers=agent, timeout=PATIENCE)


def all_at_once(_: Scene, mail: Mail) -> None:
    """Every link of the mail in parallel."""
    with ThreadPoolExecutor(8) as hands:
        list(hands.map(lambda link: requests.get(link, timeout=PATIENCE), mail.links * 4))


def crawls(_: Scene, mail: Mail) -> None:
    """The page, and whatever its links lead to, two steps deep."""
    with requests.Session() as session:
        pages = [session.get(mail.link, timeout=PATIENCE)]
        for _depth in range(2):
            found = {urljoin(page.url, each) for page in pages for each in re.findall(r'href="([^"#]+)"', page.text)}
            own = sorted(each for each in found if each.startswith(pages[0].url[:18]) and "/static/" not in each)
            pages = [session.get(each, timeout=PATIENCE) for each in own[:TIMES]]


def re_wrapped(_: Scene, mail: Mail) -> None:
    """The link inside another address, encoded once and twice, and encoded itself."""
    token = mail.link.rpartition("/")[2]
    encoded = "".join(f"%{ord(letter):02X}" for letter in token)
    start = mail.link.removesuffix(token)
    for link in (start + encoded, start + quote(encoded), f"{start}{quote(mail.link, safe='')}", f"{mail.link}."):
        requests.get(link, timeout=PATIENCE)


def posts_blindly(_: Scene, mail: Mail) -> None:
    """A POST of what might be there, without having looked, and with the link's own cookie."""
    guesses = {"esito": "approve", "azione": "approva", "approve": "1", "conferma_codice": "ABCD"}
    requests.post(mail.link, data=guesses, timeout=PATIENCE)
    with requests.Session() as session:
        page = session.get(mail.link, timeout=PATIENCE)
        session.post(page.url, data=guesses, timeout=PATIENCE)
        session.post(f"{page.url}/passa", data={**guesses, "indirizzo": "scanner@example.org"}, timeout=PATIENCE)


def submits_first_form(scene: Scene, mail: Mail) -> None:
    """Chromium that runs the page's scripts and submits the first form, in each way there is."""
    for way in ("submit()", "requestSubmit()", "querySelector('button').click()"):
        with scene.chromium.new_context() as context:
            page = context.new_page()
            page.goto(mail.link, wait_until="networkidle")
            if page.evaluate("document.forms.length"):
                page.evaluate(f"document.forms[0].{way}")
                page.wait_for_load_state("networkidle")


def fills_at_random(scene: Scene, mail: Mail) -> None:
    """Chromium that fills in every field it finds, at random, and presses each button."""
    for seed in range(SEEDS):
        _press_each(scene, mail, random.Random(seed), everything=True)  # noqa: S311 - a scanner needs no good dice


def fills_what_shows(scene: Scene, mail: Mail) -> None:
    """The same, but it leaves alone what is hidden from people, and ticks every box."""
    for seed in range(SEEDS):
        _press_each(scene, mail, random.Random(seed), everything=False)  # noqa: S311 - a scanner needs no good dice


def picks_one_and_presses(scene: Scene, mail: Mail) -> None:
    """Chromium that picks the first choice, types nothing, and presses the form's own button: as a person would."""
    with scene.chromium.new_context() as context:
        page = context.new_page()
        page.goto(mail.link, wait_until="networkidle")
        page.locator("input[type=radio]").first.check(force=True)
        page.locator("button.btn-primary").first.click()
        page.wait_for_load_state("networkidle")


SCANNERS: Mapping[str, Scanner] = {
    "HEAD and OPTIONS storm, eight agents": heads,
    "GET storm, eight agents": gets,
    "every link of the mail at once": all_at_once,
    "crawler, two steps deep": crawls,
    "link re-wrapped and encoded twice": re_wrapped,
    "POST without having looked": posts_blindly,
    "Chromium: scripts, submits the first form": submits_first_form,
    "Chromium: fills in all at random, presses each button": fills_at_random,
    "Chromium: fills in what shows, presses each button": fills_what_shows,
    "Chromium: picks one choice, types nothing, presses": picks_one_and_presses,
}


def _press_each(scene: Scene, mail: Mail, dice: random.Random, *, everything: bool) -> None:
    for number in range(_buttons(scene, mail)):
        with scene.chromium.new_context() as context:
            page = context.new_page()
            page.goto(mail.link, wait_until="networkidle")
            _fill(page, dice, everything=everything)
            button = page.locator("main button").nth(number)
            try:
                button.dispatch_event("click", timeout=3000)
                page.wait_for_load_state("networkidle")
            except Error:  # a button that went away is not pressed
                continue


def _buttons(scene: Scene, mail: Mail) -> int:
    with scene.chromium.new_context() as context:
        page = context.new_page()
        page.goto(mail.link, wait_until="networkidle")
        return page.locator("main button").count()


def _fill(page: Page, dice: random.Random, *, everything: bool) -> None:
    radios = page.locator("main input[type=radio]").all()
    names = dict.fromkeys(each.get_attribute("name") or "" for each in radios)
    for name in names:
        group = page.locator(f"main input[type=radio][name={name}]").all()
        dice.choice(group).evaluate(
            "one => { one.checked = true; one.dispatchEvent(new Event('change', {bubbles: true})) }"
        )
    for box in page.locator("main input[type=checkbox]").all():
        if not everything or dice.random() > 0.5:
            box.evaluate("box => { box.checked = true }")
    fields = "main textarea, main input[type=text], main input[type=email], main input[type=tel]"
    for typed in page.locator(fields).all():
        if everything or not typed.evaluate("field => field.closest('[aria-hidden=true], [hidden]') !== null"):
            typed.evaluate("(field, words) => { field.value = words }", dice.choice(_WORDS))
