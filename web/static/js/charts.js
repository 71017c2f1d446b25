// Charts: Vega-Lite specs that came with the page, drawn without eval; colours are the style sheet's own.

import { t } from "./i18n.js";

const OPTIONS = {
  ast: true, // expressions are interpreted, so that the content policy needs no unsafe-eval
  actions: false, // each chart has its own downloads
  renderer: "svg", // follows the style sheet into the dark and onto paper
  defaultStyle: false,
  logLevel: 1, // errors alone: an empty range is no mistake here
  tooltip: { disableDefaultStyle: true, theme: "" },
};

const still = new Map();

export async function draw(root) {
  const boxes = [...root.querySelectorAll(".drawing")];
  await Promise.all(boxes.map((box) => drawOne(box)));
}

async function drawOne(box) {
  const canvas = box.querySelector(".canvas");
  const spec = JSON.parse(box.querySelector("script").textContent);
  try {
    if (!window.vegaEmbed) throw new Error("the script that draws charts did not load");
    const target = document.createElement("div");
    target.className = "canvas-inner";
    canvas.replaceChildren(target);
    const { finalize } = await window.vegaEmbed(target, spec, OPTIONS);
    target.querySelector("svg")?.setAttribute("aria-hidden", "true"); // its words and its table stand beside it
    still.set(canvas, finalize);
    const picture = target.querySelector("svg"); // one picture with words; its figures stand in the table
    picture.setAttribute("role", "img");
    picture.setAttribute("aria-label", spec.description);
  } catch {
    const note = document.createElement("p");
    note.className = "quiet";
    note.textContent = t("The chart could not be drawn here. Its figures stand in the table, and it can be downloaded as a picture.");
    canvas.replaceChildren(note);
  }
}

// Let go of the charts of a part of the page that is about to be replaced.
export function forget(root) {
  for (const canvas of root.querySelectorAll(".canvas")) {
    still.get(canvas)?.();
    still.delete(canvas);
  }
}
