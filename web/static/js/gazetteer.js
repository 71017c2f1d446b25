// A field for a place: an ARIA combobox over the server's gazetteer, which knows each place in every language it has.

import { link, t, tn } from "./i18n.js";

const PAUSE_MS = 120;

export class PlaceField {
  constructor(input, list, { chosen = () => {}, say = () => {} } = {}) {
    [this.input, this.list, this.chosen, this.say] = [input, list, chosen, say];
    this.at = -1;
    this.serial = 0;
    input.addEventListener("input", () => { clearTimeout(this.timer); this.timer = setTimeout(() => this.#search(), PAUSE_MS); });
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.close());
    // A press on an option must not take the focus from the field before it is a click.
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => { const row = event.target.closest("[role=option]"); if (row) this.#choose(row); });
  }

  async #search() {
    const text = this.input.value.trim();
    const serial = (this.serial += 1);
    if (!text || /^-?\d/.test(text)) { this.close(); return; }
    let found = null;
    try {
      const response = await fetch(link(`/api/places?q=${encodeURIComponent(text)}`));
      found = (await response.json()).features;
    } catch { found = null; }
    if (serial !== this.serial) return; // the reader has typed on
    if (!found) { this.say(t("The list of places did not answer; type on, or give longitude,latitude.")); return; }
    this.#show(found);
    this.say(found.length ? tn("{n} place found", "{n} places found", found.length) : t("No place of that name; try another spelling, or pick it on the map."));
  }

  #show(found) {
    this.list.replaceChildren(...found.map(({ id, properties }, i) => {
      const row = document.createElement("li");
      row.id = `${this.list.id}-${i}`;
      row.setAttribute("role", "option");
      row.setAttribute("aria-selected", "false");
      [row.dataset.id, row.dataset.name] = [id, properties.label];
      const name = document.createElement("b");
      name.textContent = properties.label;
      const rest = document.createElement("span");
      rest.className = "quiet";
      rest.textContent = [properties.matched, properties.where].filter(Boolean).join(" · ");
      row.append(name, " ", rest);
      return row;
    }));
    this.at = -1;
    this.list.hidden = found.length === 0;
    this.input.setAttribute("aria-expanded", String(found.length > 0));
    this.input.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    const rows = [...this.list.children];
    if (event.key === "Escape" && !this.list.hidden) { event.stopPropagation(); this.close(); return; }
    if (event.key === "Enter" && this.at >= 0 && !this.list.hidden) { event.preventDefault(); this.#choose(rows[this.at]); return; }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || this.list.hidden) return;
    event.preventDefault();
    this.at = (this.at + step + rows.length) % rows.length;
    rows.forEach((row, i) => row.setAttribute("aria-selected", String(i === this.at)));
    rows[this.at].scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", rows[this.at].id);
  }

  #choose(row) {
    this.input.value = row.dataset.name;
    Object.assign(this.input.dataset, { id: row.dataset.id, name: row.dataset.name }); // several places may share a name
    this.close();
    this.say(t("{name} chosen", { name: row.dataset.name }));
    this.chosen();
  }

  close() {
    this.serial += 1;
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}
