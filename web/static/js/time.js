// The works over time: a slider of years, which of their years count, the scenario, and two states in turn.

import { t } from "./i18n.js";

const SETTLE_MS = 140;

export class Time {
  constructor(state, { go, prepare, announce }) {
    [this.state, this.go, this.prepare, this.announce] = [state, go, prepare, announce];
    this.slider = document.getElementById("year");
    if (!this.slider) return; // the study states no openings
    this.case = document.getElementById("case");
    this.scenario = document.getElementById("scenario");
    this.says = document.getElementById("year-says");
    this.now = Number(this.slider.min);
    this.slider.addEventListener("input", () => this.#slide());
    this.slider.addEventListener("change", () => this.#settle({ push: true }));
    for (const name of ["focus", "pointerenter"]) this.slider.addEventListener(name, () => this.#prepareYears(), { once: true });
    this.case.addEventListener("change", () => { this.go({ case: this.case.value === "central" ? null : this.case.value }, { focus: false }); this.#prepareYears(); });
    this.scenario.addEventListener("change", () => this.go({ scenario: this.scenario.value, as_of: null }, { focus: false }));
    this.button = document.getElementById("compare-here");
    this.button.addEventListener("click", () => this.#compare());
  }

  #words(year) {
    return year === this.now ? this.slider.dataset.today : String(year);
  }

  #slide() {
    const year = Number(this.slider.value);
    this.says.textContent = this.#words(year);
    this.slider.setAttribute("aria-valuetext", year === this.now ? this.slider.dataset.today : t("end of {year}", { year }));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.#settle({ push: false }), SETTLE_MS);
  }

  #settle({ push }) {
    clearTimeout(this.timer);
    this.go(this.#change(Number(this.slider.value)), { push, focus: false, zoom: false });
  }

  #change(year) {
    if (year !== this.now) return { as_of: String(year) };
    return { as_of: null }; // a scenario with a date of its own keeps it
  }

  #prepareYears() {
    const years = [];
    for (let year = this.now; year <= Number(this.slider.max); year += 1) years.push(this.#change(year));
    this.prepare(years);
  }

  #compare() {
    if (this.state.get("vs")) { this.go(this.state.alone(), { focus: false }); return; }
    this.go(this.state.kept(), { focus: false });
    this.announce(t("This state is kept as A. Now move the slider, or choose a scenario: that is B."));
  }

  // Show where the server says that the state stands.
  fill({ year, case: which }) {
    if (!this.slider || year === null) return;
    if (document.activeElement !== this.slider || !this.timer) this.slider.value = year;
    this.slider.value = year;
    this.says.textContent = this.#words(year);
    this.slider.setAttribute("aria-valuetext", year === this.now ? this.slider.dataset.today : t("end of {year}", { year }));
    this.case.value = this.state.get("case") ?? which;
    const named = this.state.get("scenario") ?? "";
    if (![...this.scenario.options].some((option) => option.value === named)) this.scenario.append(new Option(named, named));
    this.scenario.value = named;
    this.button.setAttribute("aria-pressed", String(Boolean(this.state.get("vs"))));
  }
}
