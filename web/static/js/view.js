// What the server answers to a question: asked for once, kept, and put into the page part by part.

import { t } from "./i18n.js";

const SLOW_MS = 250; // an answer that is there sooner needs no words
const KEPT = 60;

export class Views {
  constructor({ busy }) {
    this.busy = busy; // a live region
    this.kept = new Map();
    this.wanted = null;
  }

  async #fetched(question) {
    if (!this.kept.has(question)) {
      const asked = fetch(`/api/view?${question}`, { headers: { Accept: "application/json" } }).then(async (response) => {
        const found = await response.json();
        if (!response.ok) throw new Error(found.detail);
        return found;
      });
      this.kept.set(question, asked);
      asked.catch(() => this.kept.delete(question));
      while (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
    }
    return this.kept.get(question);
  }

  // The answer to a question; null where the reader has asked for something else meanwhile, or the server is silent.
  async get(question) {
    this.wanted = question;
    this.#say(null);
    const slow = setTimeout(() => this.#say(this.busy.dataset.working), SLOW_MS);
    try {
      const found = await this.#fetched(question);
      if (this.wanted !== question) return null;
      clearTimeout(slow);
      this.#say(null);
      return found;
    } catch (error) {
      clearTimeout(slow);
      if (this.wanted === question) this.#say(t("The server did not answer ({why}). What you see is as it was before; try again.", { why: error.message }));
      return null;
    } finally {
      clearTimeout(slow);
    }
  }

  // Words at the head of the panel, whatever it shows; null takes them away.
  #say(text) {
    this.busy.hidden = text === null;
    this.busy.textContent = text ?? "";
  }

  // Ask ahead for what will probably be wanted, one after the other.
  async prepare(questions) {
    for (const question of questions) {
      if (this.kept.has(question)) continue;
      try { await this.#fetched(question); } catch { return; }
    }
  }
}

// Put the parts of an answer into the page; what had the focus, and what was open, stays so.
export function place(html) {
  const focused = document.activeElement;
  const part = focused?.closest?.("[data-part]");
  const key = part && ["route", "segment", "crossing", "provision", "findChokes"].map((name) => [name, focused.dataset?.[name]]).filter(([, value]) => value);
  for (const [name, text] of Object.entries(html)) {
    const box = document.querySelector(`[data-part="${name}"]`);
    if (!box) continue;
    const open = [...box.querySelectorAll("details")].map((details) => details.open);
    box.innerHTML = text; // written by our server's templates, which escape every text
    box.querySelectorAll("details").forEach((details, i) => { details.open = open[i] ?? details.open; });
  }
  if (key?.length && !document.contains(focused)) {
    const again = [...part.querySelectorAll("a, button")].find((link) => key.every(([name, value]) => link.dataset[name] === value));
    again?.focus({ preventScroll: true });
  }
}
