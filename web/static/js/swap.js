// A form that asks as one changes it: the server writes the same page, and its answer takes the place of ours.

import { t } from "./i18n.js";

const NOTHING = () => {};
let latest = 0;

export const answer = () => document.getElementById("answer");

export function say(text) {
  const place = document.getElementById("working");
  if (place) place.textContent = text;
}

// The query of a form, without what is left empty.
export function filled(form, submitter = null) {
  const found = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) if (value) found.append(name, value);
  return found;
}

// Show what an address answers: `before` lets go of the old part, `after` brings the new one to life.
export async function show(url, { before = NOTHING, after = NOTHING, busy = t("Looking …"), done = () => "" } = {}) {
  latest += 1;
  const mine = latest;
  answer().setAttribute("aria-busy", "true");
  say(busy);
  try {
    const response = await fetch(url, { headers: { Accept: "text/html" } });
    // Its style elements carry another answer's nonce, and are those of this page already.
    const text = (await response.text()).replace(/<style[\s\S]*?<\/style>/g, "");
    const page = new DOMParser().parseFromString(text, "text/html");
    if (mine !== latest) return;
    const next = page.getElementById("answer");
    if (!next) throw new Error("no answer");
    before(answer());
    answer().replaceWith(document.adoptNode(next));
    window.history.pushState(null, "", response.url);
    say(next.querySelector("[role=alert]") ? "" : done(next));
    await after(next);
  } catch {
    if (mine !== latest) return;
    answer().removeAttribute("aria-busy");
    say(t("No answer came. Check the connection, then press the button."));
  }
}

// Going back shows what was there: the page is asked for again. A jump within the page is no other page.
window.addEventListener("popstate", () => { if (!window.location.hash) window.location.reload(); });
