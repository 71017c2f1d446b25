// The panel: levels (the list; one way; one segment, provision or crossing); on a phone a sheet of three heights.

import { t } from "./i18n.js";
import { crossingLevel, crossingRows, lineLevel, provisionLevel, segmentLevel } from "./levels.js";

const HEIGHTS = ["peek", "half", "full"];
const DRAGGED = 24; // pixels; less is a press

export class Panel {
  constructor(data, { go, hover, focusOn }) {
    this.data = data;
    this.go = go;
    this.hovered = hover;
    this.box = document.getElementById("panel");
    this.list = document.getElementById("level-list");
    this.title = this.box.querySelector("h1"); // of every level; seen over the list alone
    this.deep = Object.fromEntries(["segment", "provision", "crossing", "line"].map((name) => [name, document.getElementById(`level-${name}`)]));
    this.announced = document.getElementById("announce");
    this.box.addEventListener("click", (event) => this.#click(event));
    for (const [begin, end] of [["pointerover", "pointerout"], ["focusin", "focusout"]]) {
      this.box.addEventListener(begin, (event) => this.#point(event.target, hover, focusOn, begin === "focusin"));
      this.box.addEventListener(end, (event) => { if (this.#pointed(event.target)) { hover(null); focusOn(null); } });
    }
    this.#sheet();
  }

  announce(text) {
    this.announced.textContent = text;
  }

  detail(route) {
    return [...this.box.querySelectorAll("[data-detail]")].find((section) => section.dataset.detail === route);
  }

  // How many pixels of the map the panel covers from below.
  seen() {
    return Math.max(0, window.innerHeight - this.box.getBoundingClientRect().top);
  }

  #pointed(target) {
    return target.closest?.("a[data-route], [data-segment], [data-crossing], [data-choke]");
  }

  // What the pointer or the focus is on in the list is marked on the map: the twin of pointing at it there.
  #point(target, hover, focusOn, byKeyboard) {
    const found = this.#pointed(target);
    if (!found) return;
    const { route, segment, crossing, choke } = found.dataset;
    if (segment || crossing || choke !== undefined) focusOn({ route, segment, crossing, choke: choke ?? null, byKeyboard });
    else hover(route);
  }

  #click(event) {
    const link = event.target.closest("a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    const { route, segment, provision, crossing, back } = link.dataset;
    const none = { segment: null, provision: null, crossing: null, line: null };
    let change = null;
    if (segment) change = { ...none, segment, ...(route ? { route } : {}) };
    else if (crossing) change = { ...none, crossing };
    else if (route) change = { ...none, route };
    else if (provision) change = { ...none, provision };
    else if (back === "route") change = none;
    else if (back !== undefined) change = { ...none, route: null };
    if (!change) return;
    event.preventDefault();
    if ("route" in change) change.choke = null;
    this.go(change);
  }

  // Show the level of a state. `closed` lists what the reader has closed.
  show({ route, segment, provision, crossing, line }, { focus, closed }) {
    const parts = segment ? segmentLevel(this.data, route, segment, closed)
      : provision ? provisionLevel(this.data, route, provision)
      : crossing ? crossingLevel(this.data, route, crossing, closed)
      : line ? lineLevel(this.data, line, closed) : null;
    let level = (route && this.detail(route)) || this.list;
    if (parts) {
      level = this.deep[segment ? "segment" : provision ? "provision" : crossing ? "crossing" : "line"];
      level.replaceChildren(...parts);
    }
    for (const section of this.box.querySelectorAll(".level")) section.hidden = section !== level;
    const key = level.dataset.detail ?? level.id;
    if (key === this.shown && !parts) return;
    const again = key === this.shown;
    if (this.shown === this.list.id && !again) this.listTop = this.box.scrollTop;
    if (!again) this.box.scrollTop = level === this.list ? this.listTop ?? 0 : 0;
    this.shown = key;
    if (focus) {
      const heading = level === this.list ? this.title : level.querySelector("h2");
      heading.focus({ preventScroll: true });
      this.announce(heading.textContent.trim());
      if (this.box.dataset.height === "peek") this.height("half");
    }
  }

  // The list twin holds the crossings too.
  fillTwin() {
    this.list.querySelector("[data-crossings]")?.replaceChildren(...crossingRows(this.data));
  }

  hover(route) {
    for (const card of this.list.querySelectorAll(".card[data-route]")) card.classList.toggle("is-hovered", card.dataset.route === route);
  }

  // -- the sheet on a phone ------------------------------------------------------------------------------------------

  height(name) {
    this.box.dataset.height = name;
    const words = { full: t("Panel: full height; press to change"), half: t("Panel: half height; press to change"), peek: t("Panel: closed; press to change") };
    this.handle.setAttribute("aria-label", words[name]);
  }

  #sheet() {
    this.handle = document.getElementById("handle");
    this.height("half");
    const step = (by) => this.height(HEIGHTS[(HEIGHTS.indexOf(this.box.dataset.height) + by + HEIGHTS.length) % HEIGHTS.length]);
    let start = null;
    this.handle.addEventListener("pointerdown", (event) => {
      start = event.clientY;
      this.handle.setPointerCapture(event.pointerId);
    });
    this.handle.addEventListener("pointerup", (event) => {
      const moved = start === null ? 0 : event.clientY - start;
      start = null;
      const now = HEIGHTS.indexOf(this.box.dataset.height);
      if (Math.abs(moved) > DRAGGED) this.height(HEIGHTS[Math.min(2, Math.max(0, now + (moved < 0 ? 1 : -1)))]);
      else step(1);
    });
    this.handle.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); step(1); }
    });
  }
}
