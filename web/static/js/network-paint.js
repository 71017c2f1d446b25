// One tile of the network on a canvas: status as pattern, structures by their marks, greys that leave the colour to the candidates.

const TILE = 512;
// Width in pixels up to zooms 7, 10, 12, 14 and beyond; how much of the ink; the least first, as the server lists them.
const KINDS = {
  path: { widths: [0, 0, 0, 0.8, 1.4], ink: 0.42 },
  street: { widths: [0, 0.6, 0.8, 1.1, 2.6], ink: 0.42 },
  tertiary: { widths: [0.6, 0.7, 1, 1.8, 3.6], ink: 0.5 },
  secondary: { widths: [0.7, 0.9, 1.3, 2.2, 4.2], ink: 0.58 },
  primary: { widths: [0.8, 1, 1.6, 2.6, 4.8], ink: 0.68 },
  trunk: { widths: [1.1, 1.4, 2.1, 3.2, 5.6], ink: 0.82 },
  rail: { widths: [0.9, 1.1, 1.3, 1.6, 2], ink: 1 },
};
const ZOOMS = [7, 10, 12, 14];
const DASHES = { construction: [10, 5], disused: [3, 5], abandoned: [1, 6] };
// Ticks of a railway fall on the dashes of its status, as on the candidates.
const TICKS = {
  open: { dash: [1.4, 10.6], shift: 0 },
  construction: { dash: [1.4, 13.6], shift: -4.3 },
  disused: { dash: [1.4, 14.6], shift: -0.8 },
  abandoned: { dash: [1.4, 19.6], shift: 0 },
};
const TICKS_FROM = 8;
const BARS_FROM = 13;

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));

function mixed(over, under, share) {
  const [a, b] = [channels(over), channels(under)];
  return `rgb(${a.map((value, i) => Math.round(value * share + b[i] * (1 - share))).join(" ")})`;
}

// The page's own colours, light or dark; fallbacks are those of the light sheet.
export function palette(element) {
  const style = getComputedStyle(element);
  const read = (name, fallback) => (/^#[0-9a-f]{6}$/i.test(style.getPropertyValue(name).trim()) ? style.getPropertyValue(name).trim() : fallback);
  const [ink, paper] = [read("--quiet", "#5d5a52"), read("--paper", "#f6f4ee")];
  return { paper, colours: Object.fromEntries(Object.entries(KINDS).map(([kind, { ink: share }]) => [kind, mixed(ink, paper, share)])) };
}

// Steps become one path; lines that begin within a pattern have one each, since a pattern begins anew with each path.
function paths(group, scale) {
  const whole = new Path2D();
  const phased = [];
  const ends = group.structure === "bridge" ? [] : null;
  const { n, d, o } = group;
  let [x, y, at] = [0, 0, 0];
  for (let line = 0; line < n.length; line += 1) {
    const phase = o ? o[line] : 0;
    const path = phase ? new Path2D() : whole;
    if (phase) phased.push({ path, phase: phase * scale });
    let before = null;
    for (let i = 0; i < n[line]; i += 1) {
      const from = [x, y];
      x += d[at]; y += d[at + 1]; at += 2;
      if (i) path.lineTo(x * scale, y * scale); else path.moveTo(x * scale, y * scale);
      if (ends && i === 1) ends.push([from, [x, y]]);
      before = from;
    }
    if (ends && n[line] > 1) ends.push([[x, y], before]);
  }
  return { whole, phased, ends };
}

export function decode(tile) {
  const scale = TILE / tile.extent;
  for (const group of tile.groups) Object.assign(group, { drawn: paths(group, scale), scale, n: null, d: null, o: null });
  return tile;
}

function stroke(context, { whole, phased }, { width, colour, dash = [], shift = 0, cap = "butt" }) {
  context.lineWidth = width;
  context.strokeStyle = colour;
  context.lineCap = cap;
  context.setLineDash(dash);
  context.lineDashOffset = shift;
  context.stroke(whole);
  for (const { path, phase } of phased) {
    context.lineDashOffset = shift + phase;
    context.stroke(path);
  }
}

function bars(context, { ends }, scale, width, colour) {
  context.beginPath();
  for (const [[x, y], [nextX, nextY]] of ends) {
    const length = Math.hypot(nextX - x, nextY - y) || 1;
    const [right, down] = [(-(nextY - y) / length) * (width / 2 + 2.5), ((nextX - x) / length) * (width / 2 + 2.5)];
    context.moveTo(x * scale - right, y * scale - down);
    context.lineTo(x * scale + right, y * scale + down);
  }
  context.lineWidth = 1.2;
  context.strokeStyle = colour;
  context.setLineDash([]);
  context.stroke();
}

function paintGroup(context, group, zoom, { paper, colours }) {
  const { kind, status, structure, drawn, scale } = group;
  const kindOf = KINDS[kind];
  const step = ZOOMS.findIndex((limit) => zoom <= limit);
  const width = kindOf.widths[step < 0 ? ZOOMS.length : step] || 0.6;
  const colour = colours[kind];
  const dash = DASHES[status] ?? [];
  const hollow = status === "proposed" || (structure === "tunnel" && zoom >= BARS_FROM);
  const core = hollow ? Math.max(width, 3) : Math.max(width, dash.length ? 1.4 : 0);
  stroke(context, drawn, { width: core, colour, dash, cap: dash.length || hollow ? "butt" : "round" });
  if (hollow) stroke(context, drawn, { width: core - 1.8, colour: paper });
  const ticks = kind === "rail" && zoom >= TICKS_FROM ? TICKS[status] : null;
  if (ticks) stroke(context, drawn, { width: core + 3.6, colour, dash: ticks.dash, shift: ticks.shift });
  if (drawn.ends && zoom >= BARS_FROM) bars(context, drawn, scale, core, colour);
}

// Draws what the filters let through; the server sends the least first, so that main lines lie on top.
export function paint(canvas, tile, zoom, colours, wanted) {
  const ratio = Math.min(window.devicePixelRatio || 1, 2);
  canvas.width = TILE * ratio;
  canvas.height = TILE * ratio;
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  context.lineJoin = "round";
  for (const group of tile.groups) if (wanted(group)) paintGroup(context, group, zoom, colours);
}
