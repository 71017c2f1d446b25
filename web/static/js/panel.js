// The panel: three levels (the list, one candidate, one segment or provision); on a phone a sheet of three heights.

const HEIGHTS = ["peek", "half", "full"];

function element(name, { text = null, className = "", attributes = {} } = {}, ...children) {
  const made = document.createElement(name);
  if (text !== null) made.textContent = text;
  if (className) made.className = className;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

export class Panel {
  constructor(data, { go, hover }) {
    this.data = data;
    this.go = go;
    this.box = document.getElementById("panel");
    this.list = document.getElementById("level-list");
    this.segment = document.getElementById("level-segment");
    this.provision = document.getElementById("level-provision");
    this.announce = document.getElementById("announce");
    this.box.addEventListener("click", (event) => this.#click(event));
    for (const card of this.list.querySelectorAll("[data-route]")) {
      for (const name of ["pointerenter", "focus"]) card.addEventListener(name, () => hover(card.dataset.route));
      for (const name of ["pointerleave", "blur"]) card.addEventListener(name, () => hover(null));
    }
    this.#sheet();
  }

  detail(route) {
    return [...this.box.querySelectorAll("[data-detail]")].find((section) => section.dataset.detail === route);
  }

  // How many pixels of the map the panel covers from below.
  seen() {
    return Math.max(0, window.innerHeight - this.box.getBoundingClientRect().top);
  }

  #click(event) {
    const link = event.target.closest("a");
    if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
    const { route, segment, provision, back } = link.dataset;
    let change = null;
    if (route) change = { route, segment: null, provision: null };
    else if (segment) change = { segment, provision: null };
    else if (provision) change = { provision, segment: null };
    else if (back === "route") change = { segment: null, provision: null };
    else if (back !== undefined) change = { route: null, segment: null, provision: null };
    if (!change) return;
    event.preventDefault();
    this.go(change);
  }

  show({ route, segment, provision }, { focus }) {
    const level = segment ? this.segment : provision ? this.provision : route ? this.detail(route) : this.list;
    if (segment) this.#fillSegment(route, segment);
    if (provision && !segment) this.#fillProvision(route, provision);
    for (const section of this.box.querySelectorAll(":scope > .level")) section.hidden = section !== level;
    if (level === this.shown) return;
    if (this.shown === this.list) this.listTop = this.box.scrollTop;
    this.box.scrollTop = level === this.list ? this.listTop ?? 0 : 0;
    this.shown = level;
    if (focus) {
      const heading = level.querySelector("h1, h2");
      heading.focus({ preventScroll: true });
      this.announce.textContent = heading.textContent.trim();
      if (this.box.dataset.height === "peek") this.height("half");
    }
  }

  hover(route) {
    for (const card of this.list.querySelectorAll("[data-route]")) card.classList.toggle("is-hovered", card.dataset.route === route);
  }

  #back(route) {
    const owner = this.data.routes.find(({ id }) => id === route);
    return element("a", { text: owner ? owner.title : "All ways across", className: "back", attributes: { href: "/", "data-back": owner ? "route" : "" } });
  }

  #provisionLink(id) {
    const { title, kind, verb, status, last_seen: seen } = this.data.provisions[id];
    const link = element("a", { attributes: { href: `/provisions/${encodeURIComponent(id)}`, "data-provision": id } });
    link.append(this.#badge(kind), element("b", { text: title }), element("span", { className: "quiet", text: ` ${verb} it; ${status}; last seen ${seen}` }));
    return element("li", {}, link);
  }

  // The badge is copied from the page, where the server drew one of each kind.
  #badge(kind) {
    const model = [...document.querySelectorAll(".badge")].find((badge) => badge.textContent.trim() === kind);
    const row = element("span");
    row.append(model ? model.cloneNode(true) : element("span", { className: "badge", text: kind }));
    return row;
  }

  #fillSegment(route, id) {
    const segment = this.data.routes.find((entry) => entry.id === route)?.segments.find((entry) => entry.id === id);
    if (!segment) return;
    const facts = element("dl", { className: "facts" });
    for (const [label, text] of segment.facts) facts.append(element("dt", { text: label }), element("dd", { text }));
    const governing = element("ul", { className: "provisions" }, ...segment.provisions.map((key) => this.#provisionLink(key)));
    const parts = [this.#back(route), element("h2", { text: segment.title, attributes: { tabindex: "-1" } }), facts];
    parts.push(element("p", { className: "downloads" }, element("a", { className: "button", text: "Sources of these figures", attributes: { href: segment.url } })));
    parts.push(element("h3", { text: "Provisions that govern or concern it" }));
    parts.push(segment.provisions.length ? governing : element("p", { className: "quiet", text: "None found." }));
    if (segment.works.length) {
      parts.push(element("h3", { text: "Works on it" }), element("ul", { className: "plain" }, ...segment.works.map((text) => element("li", { text }))));
    }
    this.segment.replaceChildren(...parts);
  }

  #fillProvision(route, id) {
    const { title, kind, verb, status, last_seen: seen, text, url, routes } = this.data.provisions[id];
    const rows = routes.map(({ route: key, length, segments }) => {
      const owner = this.data.routes.find((entry) => entry.id === key);
      return element("li", {}, element("a", { text: owner.title, attributes: { href: owner.url, "data-route": key } }), element("span", { className: "km", text: segments.length ? length : "crossings" }));
    });
    const links = element("p", { className: "downloads" }, element("a", { className: "button", text: "Full record and sources", attributes: { href: url } }));
    this.provision.replaceChildren(
      this.#back(route),
      element("h2", { text: title, attributes: { tabindex: "-1" } }),
      element("p", {}, this.#badge(kind), element("span", { text: ` ${status} ` }), element("span", { className: "quiet", text: `(last seen ${seen})` })),
      element("p", { text }),
      links,
      element("h3", { text: `What it ${verb}` }),
      rows.length ? element("ul", { className: "plain" }, ...rows) : element("p", { className: "quiet", text: "No segment of any way across." }),
    );
  }

  // -- the sheet on a phone ------------------------------------------------------------------------------------------

  height(name) {
    this.box.dataset.height = name;
    this.handle.setAttribute("aria-label", `Panel: ${name === "full" ? "full height" : name === "half" ? "half height" : "closed"}; press to change`);
  }

  #sheet() {
    this.handle = document.getElementById("handle");
    this.height("half");
    let start = null;
    this.handle.addEventListener("pointerdown", (event) => {
      start = { y: event.clientY, top: this.box.getBoundingClientRect().top };
      this.handle.setPointerCapture(event.pointerId);
    });
    this.handle.addEventListener("pointerup", (event) => {
      const moved = start ? event.clientY - start.y : 0;
      start = null;
      const now = HEIGHTS.indexOf(this.box.dataset.height);
      if (Math.abs(moved) > 24) this.height(HEIGHTS[Math.min(2, Math.max(0, now + (moved < 0 ? 1 : -1)))]);
      else this.height(HEIGHTS[(now + 1) % HEIGHTS.length]);
    });
    this.handle.addEventListener("keydown", (event) => {
      const now = HEIGHTS.indexOf(this.box.dataset.height);
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); this.height(HEIGHTS[(now + 1) % HEIGHTS.length]); }
    });
  }
}
