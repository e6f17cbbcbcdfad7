/* Makes the forms more comfortable. Everything works without it: the server judges conditions, rows and lengths again. */
(() => {
  "use strict";
  document.documentElement.classList.add("js");

  /* answers ------------------------------------------------------------------------------------------------ */
  const hidden = (element) => element.closest("[hidden]") !== null;

  function answer(form, field) {
    const inputs = [...form.querySelectorAll(`[name="${field}"]`)];
    const visible = inputs.filter((input) => !hidden(input));
    if (!visible.length) return "";
    if (visible[0].type === "checkbox" || visible[0].type === "radio") {
      const ticked = visible.filter((input) => input.checked).map((input) => input.value);
      return visible[0].type === "radio" ? ticked[0] ?? "" : ticked;
    }
    return visible[0].value.trim();
  }

  const list = (value) => (Array.isArray(value) ? value : [value]);
  const number = (text) => Number(String(text).replace(",", "."));

  /* Full years on the day the server gave; NaN while the date is not readable. */
  function age(form, field) {
    const text = answer(form, field);
    const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
    const said = /^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4})$/.exec(text);
    const [year, month, day] = iso ? iso.slice(1).map(Number) : said ? said.slice(1).map(Number).reverse() : [];
    const [thisYear, thisMonth, today] = form.dataset.today.split("-").map(Number);
    const before = thisMonth < month || (thisMonth === month && today < day);
    return thisYear - year - (before ? 1 : 0);
  }

  /* conditions: the tree that app/web/condition_words.py writes into data-show-if ---------------------------- */
  const tests = {
    all: (form, parts) => parts.every((part) => holds(form, part)),
    any: (form, parts) => parts.some((part) => holds(form, part)),
    not: (form, part) => !holds(form, part),
    one_of: (form, [field, values]) => list(answer(form, field)).some((value) => values.includes(value)),
    more_than: (form, [field, limit]) => number(answer(form, field)) > limit,
    empty: (form, field) => list(answer(form, field)).join("") === "",
    younger: (form, [field, years]) => age(form, field) < years,
    fixed: (form, truth) => truth,
  };

  function holds(form, condition) {
    const [kind, argument] = Object.entries(condition)[0];
    return tests[kind](form, argument);
  }

  function showConditional(form) {
    /* Twice: a field that hides may hide another that depends on it. */
    for (let pass = 0; pass < 2; pass += 1) {
      for (const part of form.querySelectorAll("[data-show-if]")) {
        part.hidden = !holds(form, JSON.parse(part.dataset.showIf));
      }
    }
  }

  /* counters --------------------------------------------------------------------------------------------------- */
  function count(area) {
    const length = area.value.replace(/\r\n|\r|\n/g, "\n").length;
    const left = Number(area.dataset.longest) - length;
    let counter = area.nextElementSibling;
    if (!counter || !counter.classList.contains("hub-counter")) {
      counter = document.createElement("p");
      counter.className = "hub-counter";
      area.after(counter);
    }
    counter.textContent = area.dataset.left.replace("#", left);
    counter.classList.toggle("hub-counter-over", left < 0);
  }

  /* repeated rows ---------------------------------------------------------------------------------------------- */
  function renumber(group) {
    const blank = group.querySelector("template").content.querySelector("[data-row]");
    const title = blank.querySelector("legend").textContent;
    const remove = blank.querySelector("[data-remove-row]").textContent;
    const rows = [...group.querySelectorAll("[data-row]")];
    group.querySelector("[data-add-row]").hidden = rows.length >= Number(group.dataset.most);
    rows.forEach((row, index) => {
      const pattern = new RegExp(`^${group.dataset.repeat}-(\\d+|__n__)`);
      for (const element of row.querySelectorAll("[id], [name], [for], [aria-describedby], [value]")) {
        for (const key of ["id", "name", "for", "aria-describedby", "value"]) {
          const text = element.getAttribute(key);
          if (text === null || (key === "value" && element.tagName !== "BUTTON")) continue;
          const changed = text.split(" ").map((word) => word.replace(pattern, `${group.dataset.repeat}-${index}`));
          element.setAttribute(key, changed.join(" "));
        }
      }
      row.querySelector("legend").textContent = title.replace("__n__", index + 1);
      row.querySelector("[data-remove-row]").textContent = remove.replace("__n__", index + 1);
    });
  }

  function addRow(group) {
    group.querySelector("[data-rows]").append(group.querySelector("template").content.cloneNode(true));
    renumber(group);
    [...group.querySelectorAll("[data-row]")].at(-1).querySelector("input, select, textarea")?.focus();
  }

  function removeRow(group, row) {
    row.remove();
    renumber(group);
    group.focus();
  }

  /* suggestions: a few names for what was typed so far, into the input's own list ------------------------------ */
  async function suggest(input) {
    const typed = input.value.trim();
    if (typed.length < 2 || typed === input.dataset.asked) return;
    input.dataset.asked = typed;
    const answer = await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(typed)}`).catch(() => null);
    if (!answer?.ok || input.value.trim() !== typed) return;
    const options = (await answer.json()).map((name) => Object.assign(document.createElement("option"), { value: name }));
    input.list.replaceChildren(...options);
  }

  /* start ------------------------------------------------------------------------------------------------------ */
  for (const form of document.querySelectorAll("form[data-today]")) {
    const refresh = () => showConditional(form);
    form.addEventListener("input", (event) => {
      if (event.target.dataset.longest) count(event.target);
      if (event.target.dataset.suggest) suggest(event.target);
      refresh();
    });
    form.addEventListener("change", refresh);
    form.addEventListener("click", (event) => {
      const group = event.target.closest("[data-repeat]");
      if (event.target.matches("[data-add-row]")) {
        event.preventDefault();
        addRow(group);
      } else if (event.target.matches("[data-remove-row]")) {
        event.preventDefault();
        removeRow(group, event.target.closest("[data-row]"));
      }
    });
    form.querySelectorAll("textarea[data-longest]").forEach(count);
    refresh();
  }
  document.querySelectorAll("[data-print]").forEach((button) => {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  });
})();
