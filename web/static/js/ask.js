// The question: from where to where, by what rules; places by name, by coordinates, or picked on the map.

import { PlaceField } from "./gazetteer.js";
import { t } from "./i18n.js";

const ENDS = ["from", "to"];
const RULES = ["mode", "vehicle", "cost", "alternatives", "through"];
const DECIMALS = 4; // degrees, about 10 m

export class Ask {
  // `picking` is told when the map is needed, and when it no longer is: on a phone the panel makes room.
  constructor(map, state, { go, picking = () => {} }) {
    [this.map, this.state, this.go, this.told] = [map, state, go, picking];
    this.form = document.getElementById("question");
    this.box = document.getElementById("ask");
    this.says = document.getElementById("ask-says");
    this.notice = document.getElementById("picking");
    this.picking = null;
    const say = (text) => { this.says.textContent = text; };
    for (const name of ENDS) {
      const input = this.form.elements[name];
      new PlaceField(input, document.getElementById(`${input.id}-list`), { say });
    }
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.#submit(); });
    this.form.elements.mode.addEventListener("change", () => this.#fit());
    document.getElementById("ask-turn").addEventListener("click", () => {
      const { from, to } = this.form.elements;
      [from.value, to.value] = [to.value, from.value];
      for (const key of ["id", "name"]) [from.dataset[key], to.dataset[key]] = [to.dataset[key] ?? "", from.dataset[key] ?? ""];
    });
    for (const button of this.form.querySelectorAll("[data-pick]")) button.addEventListener("click", () => this.pick(button.dataset.pick));
    this.#fit();
  }

  // A vehicle and a crossing belong to one mode: those of the other are not offered.
  #fit() {
    const mode = this.form.elements.mode.value;
    for (const option of this.form.elements.vehicle.options) {
      option.hidden = Boolean(option.dataset.mode) && option.dataset.mode !== mode;
      if (option.hidden && option.selected) this.form.elements.vehicle.value = "";
    }
    for (const label of this.form.querySelectorAll("label[data-mode]")) {
      label.hidden = label.dataset.mode !== mode;
      if (label.hidden) label.querySelector("input").checked = false;
    }
  }

  #checked(name) {
    const boxes = [...this.form.querySelectorAll(`input[name="${name}"]`)];
    const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
    // Every status may be used unless some are left out.
    return name === "status" && ticked.length === boxes.length ? [] : ticked;
  }

  #submit() {
    const change = Object.fromEntries(RULES.map((name) => [name, this.form.elements[name].value.trim()]));
    for (const name of ENDS) {
      const { value, dataset } = this.form.elements[name];
      change[name] = dataset.id && value === dataset.name ? dataset.id : value.trim();
    }
    for (const name of ["avoid", "avoid_border", "status"]) change[name] = this.#checked(name);
    this.says.textContent = "";
    this.go({ ...change, route: null, segment: null, provision: null, crossing: null, choke: null });
  }

  // Put the question of the state into the form, with the names that the server gives its places.
  fill({ named }) {
    for (const name of ENDS) {
      const field = this.form.elements[name];
      field.value = named[name] ?? this.state.get(name) ?? "";
      Object.assign(field.dataset, { id: this.state.get(name) ?? "", name: field.value });
    }
    for (const name of RULES) {
      const field = this.form.elements[name];
      const value = this.state.get(name) ?? (name === "mode" ? field.options[0].value : "");
      if (field.options && value && ![...field.options].some((option) => option.value === value)) field.append(new Option(value, value));
      field.value = value;
    }
    for (const name of ["avoid", "avoid_border", "status"]) {
      const values = this.state.list(name);
      for (const box of this.form.querySelectorAll(`input[name="${name}"]`)) box.checked = values.includes(box.value) || (name === "status" && !values.length);
    }
    this.box.open = Boolean(this.state.get("from")) && !document.querySelector(".answer .card");
    this.#fit();
  }

  // The next click on the map is a place; pressing the button again, or Escape, gives that up.
  pick(name) {
    this.picking = this.picking === name ? null : name;
    for (const button of this.form.querySelectorAll("[data-pick]")) button.setAttribute("aria-pressed", String(button.dataset.pick === this.picking));
    this.notice.hidden = !this.picking;
    this.told(Boolean(this.picking));
    this.notice.textContent = this.picking === "from" ? t("Click the map where the way begins; Escape gives up.") : t("Click the map where the way ends; Escape gives up.");
    this.map.getContainer().classList.toggle("is-picking", Boolean(this.picking));
  }

  // Whether a click on the map was a place for the form.
  took(point) {
    if (!this.picking) return false;
    const field = this.form.elements[this.picking];
    field.value = `${point.lng.toFixed(DECIMALS)},${point.lat.toFixed(DECIMALS)}`;
    this.pick(this.picking);
    field.focus();
    return true;
  }
}
