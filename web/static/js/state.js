// The state of the map page is its address: this is the one place that reads and writes it.

import { language } from "./i18n.js";

// What the server must be asked about, and what the page shows of its answer.
const QUESTION = [
  "scenario", "as_of", "case", "close", "vs", "vs_scenario", "vs_as_of", "vs_case", "vs_close",
  "from", "to", "mode", "vehicle", "cost", "avoid", "avoid_border", "require", "cap", "price", "through", "status", "forbid_class", "alternatives",
];
const SHOWN = ["route", "segment", "provision", "crossing", "line", "choke", "hide", "network"];
const CIRCUMSTANCES = ["scenario", "as_of", "case", "close"];
const JOURNEY = QUESTION.slice(QUESTION.indexOf("from"));

export class State {
  // `moved` is called where the reader goes back or forward.
  constructor(moved) {
    this.#read();
    window.addEventListener("popstate", () => { this.#read(); moved(); });
  }

  #read() {
    const asked = new URLSearchParams(window.location.search);
    this.values = new Map();
    for (const name of [...QUESTION, ...SHOWN]) {
      const given = asked.getAll(name).filter(Boolean); // a form repeats a name; an address lists its values
      if (given.length) this.values.set(name, given.join(","));
    }
  }

  get(name) {
    return this.values.get(name) ?? null;
  }

  list(name) {
    return (this.get(name) ?? "").split(",").filter(Boolean);
  }

  // Change some values (null drops one). A step of the slider replaces the address, so that "back" leaves the slider.
  change(changes, { push = true } = {}) {
    for (const [name, value] of Object.entries(changes)) {
      const text = Array.isArray(value) ? value.join(",") : value;
      if (text) this.values.set(name, String(text));
      else this.values.delete(name);
    }
    const address = this.address();
    if (address === window.location.pathname + window.location.search) return;
    if (push) window.history.pushState(null, "", address);
    else window.history.replaceState(null, "", address);
  }

  // The part of the state that the server answers.
  question() {
    return this.#written(QUESTION).toString();
  }

  address() {
    const written = this.#written([...QUESTION, ...SHOWN]);
    return window.location.pathname + (written.size ? `?${written.toString().replaceAll("%2C", ",").replaceAll("%3A", ":")}` : "");
  }

  // Changes that exchange the circumstances here with those compared with; that keep these to compare with; that stop.
  swapped() {
    return this.#pairs((here, there) => [here, there]);
  }

  kept() {
    return { vs: "1", ...this.#pairs((here) => [here, here]) };
  }

  alone() {
    return { vs: null, ...Object.fromEntries(CIRCUMSTANCES.map((name) => [`vs_${name}`, null])) };
  }

  // Changes that drop the question; that put another journey in its place.
  cleared() {
    return Object.fromEntries(JOURNEY.map((name) => [name, null]));
  }

  // Changes that make the question the one of an address.
  questionOf(address) {
    const asked = new URL(address, window.location.href).searchParams;
    return Object.fromEntries(QUESTION.map((name) => [name, asked.get(name)]));
  }

  #pairs(put) {
    const found = {};
    for (const name of CIRCUMSTANCES) {
      const [there, here] = put(this.get(name), this.get(`vs_${name}`));
      found[`vs_${name}`] = there;
      found[name] = here;
    }
    return found;
  }

  #written(names) {
    const written = new URLSearchParams();
    for (const name of names) if (this.values.has(name)) written.set(name, this.values.get(name));
    if (language !== "en") written.set("lang", language);
    return written;
  }
}
