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

// Where each letter is one symbol of the network's, as nearly always: see `Letters`.
const SINGLE = { symbolsOf: (id) => [id], spread: (probs) => probs, whole: (symbol) => symbol };

export class Reading {
  // `letters` tell in which symbols the network reads them; `knowledge`, if there is any,
  // what counting tells the network at each.
  constructor(network, letters = SINGLE, knowledge = null) {
    Object.assign(this, { network, letters, knowledge, ids: [], surprises: [], hold: null, last: null });
    this.read = []; // of each symbol { symbol, step, told }
    this.ends = []; // of each letter its last symbol's place
  }

  // Of each letter the step by its last symbol.
  get steps() {
    return this.ends.map((end) => this.read[end].step);
  }

  // Another text, or another cell held from some letter on: keeps what still holds.
  set(ids, hold = null) {
    let same = 0;
    while (same < this.ends.length && same < ids.length && ids[same] === this.ids[same]) same++;
    if (!sameHold(hold, this.hold)) {
      same = Math.min(same, hold?.from ?? Infinity, this.hold?.from ?? Infinity);
      this.last?.behind.clear();
    }
    this.ids = Array.from(ids);
    this.hold = hold;
    this.ends.length = this.surprises.length = same;
    this.read.length = same ? this.ends[same - 1] + 1 : 0;
    this.last = this.last && this.last.end < this.read.length ? this.last : null;
  }

  // Reads on for so many milliseconds, one letter at least; says whether all is read.
  advance(milliseconds = Infinity, now = () => performance.now()) {
    const end = now() + milliseconds;
    while (this.ends.length < this.ids.length) {
      const t = this.ends.length;
      let bits = 0;
      for (const symbol of this.letters.symbolsOf(this.ids[t])) {
        // How unlikely it was; of the first letter there was no guess.
        if (t) bits -= Math.log2(softmax(this.logitsOf(this.read.length - 1))[symbol]);
        this.read.push(this.stepBy(symbol, this.read.length - 1, t));
      }
      this.surprises.push(bits);
      this.ends.push(this.read.length - 1);
      if (now() > end) break;
    }
    return this.ends.length === this.ids.length;
  }

  // The step by a symbol of the letter at `place`, after those up to `end`.
  stepBy(symbol, end, place) {
    const hold = this.hold && place >= this.hold.from ? this.hold : null;
    const symbols = this.read.slice(0, end + 1).map((one) => one.symbol);
    const told = this.knowledge && this.knowledge.after([...symbols, symbol]);
    const step = this.network.step(symbol, this.read[end]?.step ?? null, hold, told);
    return { symbol, step, told };
  }

  logitsOf(end) {
    if (this.last?.end !== end) {
      const { step, told } = this.read[end];
      this.last = { end, logits: this.network.logits(step, told), behind: new Map() };
    }
    return this.last.logits;
  }

  // Of the symbol to come after a letter.
  logitsAt(place) {
    return this.logitsOf(this.ends[place]);
  }

  // And of the `num` that may stand behind the first half of a pair.
  logitsBehind(place, first, num) {
    this.logitsAt(place); // `last` is then of this place
    const { behind } = this.last;
    if (!behind.has(first)) {
      const { step, told } = this.stepBy(first, this.ends[place], place + 1);
      behind.set(first, this.network.logits(step, told).slice(0, num));
    }
    return behind.get(first);
  }

  toldAt(place) {
    return this.read[this.ends[place]].told;
  }

  // Probabilities of the letters to come: of the likeliest and those `wanted`, and of
  // whatever was looked at to be sure of these.
  probsAt(place, wanted = []) {
    const probs = softmax(this.logitsAt(place));
    return this.letters.spread(probs, (first, num) => softmax(this.logitsBehind(place, first, num)), wanted);
  }

  // Draws the letter to come; of a pair both halves.
  draw(place, { temperature = 1, topK = Infinity }, random) {
    const choose = (logits) => sample(logits, { temperature, topK }, random);
    const symbol = choose(this.logitsAt(place));
    return this.letters.whole(symbol, (first, num) => choose(this.logitsBehind(place, first, num)));
  }
}
