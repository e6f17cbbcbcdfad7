"""Forms filled in through a browser's page: by locators, as somebody without JavaScript would, or by keys only."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from tests.e2e.applications import Application

STEPS = 4
MOST_TABS = 120


def fill_in(page: Page, asked: Application) -> None:
    """Fill in the questions that the page asks, with as many rows as the application has."""
    for field in asked.form.fields:
        if field.item and page.locator(f'fieldset[data-repeat="{field.id}"]').count():
            for number in range(len(_rows(asked, field.id))):
                row = page.locator(f'[name="{field.id}-{number}-{field.item[0].id}"]')
                if not row.count():
                    page.click(f'[name="aggiungi"][value="{field.id}"]')
                    row.wait_for()
    for name in asked.files:
        upload = page.locator(f'input[type=file][name="{name}"]')
        if upload.count():
            upload.set_input_files(asked.files[name])
    for name, values in asked.inputs.items():
        _put(page, name, values)


def _put(page: Page, name: str, values: list[str]) -> None:
    question = page.locator(f'[name="{name}"]:not([type=hidden])')
    for value in values if question.count() else ():
        kind = question.first.get_attribute("type")
        if kind in ("radio", "checkbox"):
            page.check(f'[name="{name}"][value="{value}"]')
        elif question.evaluate("element => element.tagName") == "SELECT":
            question.select_option(value)
        else:
            question.fill(value)


def go_on(page: Page) -> None:
    """Press the step's own button."""
    with page.expect_navigation():
        page.locator(".hub-step-buttons .btn-primary").click()


def send(page: Page, address: str, asked: Application) -> None:
    """Fill in a form step by step, up to the press of the last button."""
    page.goto(address + asked.path)
    for _ in range(STEPS):
        fill_in(page, asked)
        go_on(page)


def type_answers(page: Page, asked: Application, button: str) -> None:
    """Go from control to control with the tabulator, answer each, press `button` when it has the focus."""
    chosen: set[str] = set()
    stay = False  # a button has moved the focus to what is to be answered next
    for _ in range(MOST_TABS):
        if not stay:
            page.keyboard.press("Tab")
        stay = False
        focus = page.locator(":focus")
        if not focus.count():  # the browser's own controls
            continue
        name = focus.get_attribute("name") or ""
        if name == "vai" and focus.get_attribute("value") == button:
            with page.expect_navigation():
                page.keyboard.press("Enter")
            return
        if name == "aggiungi":
            stay = _add_row(page, asked, focus.get_attribute("value") or "")
        elif name in asked.files:
            with page.expect_file_chooser() as chooser:
                page.keyboard.press("Enter")
            chooser.value.set_files(asked.files[name])
        elif name in asked.inputs:
            _answer(page, focus, name, asked.inputs[name], chosen)
    raise AssertionError(f"{button} is not within reach of the keyboard")


def _rows(asked: Application, group: str) -> set[str]:
    return {name.split("-")[1] for name in asked.inputs if name.startswith(f"{group}-")}


def _add_row(page: Page, asked: Application, group: str) -> bool:
    """Press the button of a repeated group while rows are missing; the focus is then in the new row."""
    if page.locator(f'[data-repeat="{group}"] [data-row]').count() >= len(_rows(asked, group)):
        return False
    page.keyboard.press("Enter")
    return True


def _answer(page: Page, focus: Locator, name: str, values: list[str], chosen: set[str]) -> None:
    kind = focus.get_attribute("type")
    if kind == "checkbox":
        if focus.get_attribute("value") in values and not focus.is_checked():
            page.keyboard.press("Space")
    elif kind == "radio":
        _choose(page, name, values[0], chosen)
    elif focus.evaluate("element => element.tagName") == "SELECT":
        label = focus.locator(f'option[value="{values[0]}"]').inner_text()
        page.keyboard.type(label)
    else:
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.insert_text(values[0])


def _choose(page: Page, name: str, value: str, chosen: set[str]) -> None:
    """One of the radio buttons, with the arrows."""
    if name in chosen:
        return
    chosen.add(name)
    page.keyboard.press("Space")
    for _ in range(page.locator(f'[name="{name}"]').count()):
        if page.locator(":focus").get_attribute("value") == value:
            return
        page.keyboard.press("ArrowDown")
