// Where a name can run along a line: smooth, beside it, near nothing else.

const STEP = 6; // pixels between the points of a line
const SMOOTH = 7; // points to either side that a baseline is averaged over
const HARDER = 21; // the same, for lines that wind
const CELL = 10; // pixels; lines nearer than about this run together
const EDGE = 8; // cells about the view, more than a name's line is beside its own
const SIDES = [-11, 11, -18, 18, -27, 27]; // pixels beside the line
const HALF_LETTER = 7;
const BITS = 31; // lines told apart in one number

// Points every few pixels along lines, in runs: a new one begins where a line comes back into the box.
export function even(lines, box = [-Infinity, -Infinity, Infinity, Infinity]) {
  const runs = [];
  let run = null;
  for (const points of lines) {
    let left = 0;
    for (let i = 1; i < points.length; i += 1) {
      const [a, b] = [points[i - 1], points[i]];
      const length = Math.hypot(b.x - a.x, b.y - a.y);
      if (apart(a, b, box)) {
        run = null;
        if (left <= length) left += Math.ceil((length - left) / STEP) * STEP;
      } else {
        if (!run) runs.push(run = []);
        for (; left <= length && length > 0; left += STEP) {
          const share = left / length;
          run.push([a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share]);
        }
      }
      left -= length;
    }
  }
  return runs;
}

function apart(a, b, [left, top, right, bottom]) {
  return (a.x < left && b.x < left) || (a.x > right && b.x > right) || (a.y < top && b.y < top) || (a.y > bottom && b.y > bottom);
}

// Which lines come near a place in the view, one bit a line.
export class Crowd {
  constructor(lines, [left, top, right, bottom]) {
    this.column = Math.round(left / CELL) - EDGE;
    this.row = Math.round(top / CELL) - EDGE;
    this.columns = Math.round(right / CELL) + EDGE - this.column;
    this.rows = Math.round(bottom / CELL) + EDGE - this.row;
    this.cells = new Int32Array(this.columns * this.rows);
    lines.forEach((runs, line) => { for (const run of runs) for (const point of run) this.#add(point, 1 << line % BITS); });
  }

  #cell([x, y]) {
    const [column, row] = [Math.round(x / CELL) - this.column, Math.round(y / CELL) - this.row];
    return column > 0 && row > 0 && column < this.columns - 1 && row < this.rows - 1 ? row * this.columns + column : -1; // no cell
  }

  #add(point, bit) {
    const cell = this.#cell(point);
    if (cell < 0) return;
    for (let above = cell - this.columns; above <= cell + this.columns; above += this.columns) {
      for (let near = above - 1; near <= above + 1; near += 1) this.cells[near] |= bit;
    }
  }

  // The share of some points that lines other than `own` come near.
  share(points, own) {
    const others = own === null ? ~0 : ~(1 << own % BITS);
    let count = 0;
    for (const point of points) if (this.cells[this.#cell(point)] & others) count += 1;
    return count / points.length;
  }
}

// The straightest stretch long enough for a name, away from other names and from other lines; null where there is none.
// A line that winds too much for letters is smoothed harder the second time.
export function bestBaseline({ runs, ...wanted }) {
  for (const reach of [SMOOTH, HARDER]) {
    let best = null;
    for (const run of runs) best = bestAlong(smoothed(run, reach), wanted, best);
    if (best) return best;
  }
  return null;
}

// As good as `best` or better, along one smooth line.
function bestAlong(smooth, { width, own, view, crowd, free }, best) {
  const count = Math.ceil(width / STEP);
  for (let start = 0; start + count < smooth.length; start += 3) {
    const [a, b] = [smooth[start], smooth[start + count]];
    const [x, y] = smooth[start + (count >> 1)];
    if (x < view[0] || y < view[1] || x > view[2] || y > view[3]) continue;
    const chord = Math.hypot(b[0] - a[0], b[1] - a[1]);
    if (chord < width * 0.75) continue;
    const run = smooth.slice(start, start + count + 1);
    const shared = crowd.share(run, own);
    const slope = Math.abs(b[1] - a[1]) / chord;
    const off = Math.hypot(x - view[2] / 2, y - view[3] / 2) / view[2];
    const fixed = (1 - chord / width) * 4 + slope * 0.6 + shared * 3 + off * 0.8;
    for (const side of SIDES) {
      if (fixed >= (best?.cost ?? Infinity)) break;
      const base = beside(run, width, side);
      if (!base) continue;
      const cost = fixed + crowd.share(base, own) * 2 + bend(base) * 2 + Math.abs(side) * 0.04;
      if (cost >= (best?.cost ?? Infinity)) continue;
      const boxes = base.map(([left, top]) => [left - HALF_LETTER, top - HALF_LETTER, left + HALF_LETTER, top + HALF_LETTER]);
      if (boxes.every(free)) best = { base, boxes, cost };
    }
  }
  return best;
}

// A moving average, spaced evenly anew: a line that winds is shorter once it is smooth.
function smoothed(points, reach) {
  const sums = [[0, 0]];
  for (const [x, y] of points) sums.push([sums[sums.length - 1][0] + x, sums[sums.length - 1][1] + y]);
  const averages = points.slice(0, Math.max(0, points.length - 2 * reach)).map((_, i) => {
    const count = 2 * reach + 1;
    const [from, to] = [sums[i], sums[Math.min(i + count, points.length)]];
    return { x: (to[0] - from[0]) / count, y: (to[1] - from[1]) / count };
  });
  return even([averages])[0] ?? [];
}

// A line beside a run of points, from left to right, for the middle of the letters; null where letters would turn over.
function beside(run, width, side) {
  const points = run[0][0] <= run[run.length - 1][0] ? run : [...run].reverse();
  const moved = [];
  let total = 0;
  for (let i = 0; i < points.length; i += 2) {
    const [a, b] = [points[Math.max(0, i - 4)], points[Math.min(points.length - 1, i + 4)]];
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
    const next = [points[i][0] - ((b[1] - a[1]) / length) * side, points[i][1] + ((b[0] - a[0]) / length) * side];
    const last = moved[moved.length - 1];
    if (last && next[0] < last[0] - 1) return null;
    if (last) total += Math.hypot(next[0] - last[0], next[1] - last[1]);
    moved.push(next);
  }
  return total >= width - 10 ? moved : null;
}

function bend(points) {
  let most = 0;
  for (let i = 4; i < points.length - 4; i += 1) {
    const before = Math.atan2(points[i][1] - points[i - 4][1], points[i][0] - points[i - 4][0]);
    const after = Math.atan2(points[i + 4][1] - points[i][1], points[i + 4][0] - points[i][0]);
    most = Math.max(most, Math.abs(after - before));
  }
  return most;
}
