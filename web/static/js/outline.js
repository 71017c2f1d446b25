// Where there is room inside an outline: a box that holds none of its corners and whose edges lie within it.

const CELL = 24; // pixels
const TRIES = 24; // places across an outline, and down it
const LEAST_STEP = 4; // pixels between two of them
const PROBES = 6; // steps along the edges of a box

// Points by the cell of a grid that they lie in.
export class Scatter {
  constructor(points, [left, top, right, bottom]) {
    Object.assign(this, { left, top, columns: Math.ceil((right - left) / CELL) + 2, rows: Math.ceil((bottom - top) / CELL) + 2 });
    this.cells = [];
    for (const point of points) {
      const [column, row] = [this.#column(point[0]), this.#row(point[1])];
      (this.cells[row * this.columns + column] ??= []).push(point);
    }
  }

  // What lies outside the grid is in the cells of its edge.
  #column(x) { return Math.min(Math.max(Math.floor((x - this.left) / CELL) + 1, 0), this.columns - 1); }

  #row(y) { return Math.min(Math.max(Math.floor((y - this.top) / CELL) + 1, 0), this.rows - 1); }

  // Whether any of the points is in a box.
  within([left, top, right, bottom]) {
    for (let row = this.#row(top); row <= this.#row(bottom); row += 1) {
      for (let column = this.#column(left); column <= this.#column(right); column += 1) {
        const points = this.cells[row * this.columns + column];
        if (points?.some(([x, y]) => x > left && x < right && y > top && y < bottom)) return true;
      }
    }
    return false;
  }
}

// A ring of points in pixels, and what of it is seen.
export class Outline {
  constructor(ring, view) {
    this.ring = ring;
    this.corners = new Scatter(ring, view);
    this.rows = new Map();
    const [xs, ys] = [ring.map(([x]) => x), ring.map(([, y]) => y)];
    this.seen = [
      Math.max(Math.min(...xs), view[0]), Math.max(Math.min(...ys), view[1]),
      Math.min(Math.max(...xs), view[2]), Math.min(Math.max(...ys), view[3]),
    ];
  }

  // Boxes of a size all over what is seen, each with how far off its middle it is.
  boxes(width, height) {
    const [left, top, right, bottom] = this.seen;
    const across = Math.max((right - left - width) / TRIES, LEAST_STEP);
    const down = Math.max((bottom - top - height) / TRIES, LEAST_STEP);
    const found = [];
    for (let x = left; x <= right - width; x += across) {
      for (let y = top; y <= bottom - height; y += down) {
        const off = Math.hypot(x + width / 2 - (left + right) / 2, y + height / 2 - (top + bottom) / 2);
        found.push({ box: [x, y, x + width, y + height], off });
      }
    }
    return found;
  }

  contains(box) {
    const [left, top, right, bottom] = box;
    for (let i = 0; i <= PROBES; i += 1) {
      const x = left + ((right - left) * i) / PROBES;
      if (!this.#holds(x, top) || !this.#holds(x, bottom)) return false;
    }
    return !this.corners.within(box);
  }

  #holds(x, y) {
    let past = 0;
    for (const crossed of this.#crossed(y)) if (crossed > x) past += 1;
    return past % 2 === 1;
  }

  // Where the ring crosses a row of pixels; boxes side by side ask for the same rows.
  #crossed(y) {
    if (!this.rows.has(y)) {
      const found = [];
      let [bx, by] = this.ring[this.ring.length - 1];
      for (const [ax, ay] of this.ring) {
        if (ay > y !== by > y) found.push(((bx - ax) * (y - ay)) / (by - ay) + ax);
        [bx, by] = [ax, ay];
      }
      this.rows.set(y, found);
    }
    return this.rows.get(y);
  }
}
