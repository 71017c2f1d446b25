// The reader's language for our scripts: texts come with the page, by their English ones; numbers follow <html lang>.

const block = document.getElementById("texts");
const texts = block ? JSON.parse(block.textContent) : {};
export const language = document.documentElement.lang || "en";
const plurals = new Intl.PluralRules(language);
const THIN = "\u202f";

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (hole, name) => (Object.hasOwn(values, name) ? String(values[name]) : hole));

// t("{km} km to build", { km: 3 }): the text in the reader's language; a value may be any text, and stays text.
export function t(text, values = {}) {
  const found = Object.hasOwn(texts, text) ? texts[text] : text;
  return fill(Array.isArray(found) ? found[0] : found, values);
}

// tn("{n} segment", "{n} segments", n): the form for a count.
export function tn(one, many, n, values = {}) {
  const forms = Object.hasOwn(texts, one) ? [texts[one]].flat() : [one, many];
  const form = plurals.select(n) === "one" ? 0 : 1;
  return fill(forms[Math.min(form, forms.length - 1)], { n: number(n), ...values });
}

// A number with thin spaces between thousands and the decimal sign of the language, as the server writes it.
export function number(value, digits = 0) {
  const sign = language === "en" ? "." : ",";
  const [whole, rest] = Math.abs(value).toFixed(digits).split(".");
  const minus = value < 0 && Number(value.toFixed(digits)) !== 0 ? "\u2212" : "";
  return minus + whole.replace(/\B(?=(\d{3})+$)/g, THIN) + (rest ? sign + rest : "");
}

// An address of this window in the reader's language.
export function link(path) {
  if (language === "en") return path;
  const url = new URL(path, window.location.href);
  url.searchParams.set("lang", language);
  return url.pathname + url.search + url.hash;
}

// The switch leads to the page as it is now: scripts change the address without loading it again.
for (const choice of document.querySelectorAll("a[data-lang]")) {
  choice.addEventListener("click", () => {
    const url = new URL(window.location.href);
    if (choice.dataset.lang === "en") url.searchParams.delete("lang");
    else url.searchParams.set("lang", choice.dataset.lang);
    choice.href = url.href;
  });
}
