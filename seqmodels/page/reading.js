// A text under way: each letter is read once, and what was read is kept.

export const LONGEST = 2000; // letters; a step of 512 units keeps 12 kB

export function softmax(logits) {
  const top = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  const probs = Float64Array.from(logits, (x) => Math.exp(x - top));
  const total = probs.reduce((a, b) => a + b, 0);
  return probs.map((p) => p / total);
}

// Indices from the largest value to the smallest; of equal ones the lower first.
export function ranked(values) {
  return Array.from(values, (_, n) => n).sort((a, b) => values[b] - values[a] || a - b);
}

// Draws an id as Python's `sample_logits` does; `random` gives numbers from 0 to below 1.
export function sample(logits, { temperature = 1, topK = logits.length } = {}, random = Math.random) {
  const order = ranked(logits);
  if (temperature === 0) return order[0];
  const allowed = order.slice(0, topK);
  const probs = softmax(allowed.map((id) => logits[id] / temperature));
  let left = random();
  for (let n = 0; n < allowed.length; n++) {
    left -= probs[n];
    if (left < 0) return allowed[n];
  }
  return allowed[0];
}

const sameHold = (a, b) => JSON.stringify(a) === JSON.stringify(b);

export class Reading {
  constructor(network) {
    Object.assign(this, { network, ids: [], steps: [], surprises: [], hold: null, last: null });
  }

  // Another text, or another cell held from some letter on: keeps what still holds.
  set(ids, hold = null) {
    let same = 0;
    while (same < this.steps.length && same < ids.length && ids[same] === this.ids[same]) same++;
    if (!sameHold(hold, this.hold)) same = Math.min(same, hold?.from ?? Infinity, this.hold?.from ?? Infinity);
    this.ids = Array.from(ids);
    this.hold = hold;
    this.steps.length = same;
    this.surprises.length = Math.min(this.surprises.length, same);
    this.last = this.last && this.last.place < same ? this.last : null;
  }

  // Reads on for so many milliseconds, one letter at least; says whether all is read.
  advance(milliseconds = Infinity, now = () => performance.now()) {
    const end = now() + milliseconds;
    while (this.steps.length < this.ids.length) {
      const t = this.steps.length;
      const hold = this.hold && t >= this.hold.from ? this.hold : null;
      const before = t ? this.steps[t - 1] : null;
      // How unlikely this letter was, in bits; of the first there was no guess.
      this.surprises[t] = t ? -Math.log2(softmax(this.logitsAt(t - 1))[this.ids[t]]) : 0;
      this.steps.push(this.network.step(this.ids[t], before, hold));
      if (now() > end) break;
    }
    return this.steps.length === this.ids.length;
  }

  logitsAt(place) {
    if (this.last?.place !== place) this.last = { place, logits: this.network.logits(this.steps[place]) };
    return this.last.logits;
  }
}
