// What counting tells a `ResidualLM`: n-grams as a tree, and where letters stood before.

// What a byte stands for as a count: see Python's `CODES`.
const CODES = Float64Array.from({ length: 256 }, (_, n) => (n < 128 ? n : Math.round(127 * 1.12 ** (n - 127))));

// Python's `CompactNGramLM`. For each length: of all n-grams shorter by one how many hang
// from them and how many were dropped; of each that hangs its last symbol and its count.
export class Tree {
  constructor({ vocab_size, sizes, discounts }, take) {
    this.vocab_size = vocab_size;
    let shorter = 1;
    this.branches = sizes.map((size, n) => {
      const children = take(shorter), dropped = take(shorter, 1);
      const first = new Uint32Array(shorter + 1);
      for (let k = 0; k < shorter; k++) first[k + 1] = first[k] + children[k];
      shorter = size;
      return { first, dropped, tokens: take(size), counts: take(size, 1), discounts: discounts[n] };
    });
  }

  // Where the n-gram stands that goes on from that at `at` by a symbol, or -1.
  find({ first, tokens }, at, symbol) {
    let low = first[at], high = first[at + 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (tokens[middle] < symbol) low = middle + 1;
      else high = middle;
    }
    return low < first[at + 1] && tokens[low] === symbol ? low : -1;
  }

  // Probabilities of all symbols to come after `symbols`, from the shortest history on.
  next(symbols) {
    const probs = new Float64Array(this.vocab_size).fill(1 / this.vocab_size);
    this.branches.forEach((branch, length) => {
      if (length > symbols.length) return;
      let at = 0;
      for (let n = 0; n < length && at >= 0; n++) at = this.find(this.branches[n], at, symbols[symbols.length - length + n]);
      if (at >= 0) this.mix(probs, branch, at);
    });
    return probs;
  }

  // Kneser and Ney's smoothing: from each count a discount goes to shorter histories.
  mix(probs, { first, tokens, counts, dropped, discounts }, at) {
    let total = CODES[dropped[at]], left = total;
    for (let n = first[at]; n < first[at + 1]; n++) {
      const count = CODES[counts[n]];
      total += count;
      left += discounts[Math.min(count, 3)];
    }
    if (!total) return;
    for (let k = 0; k < probs.length; k++) probs[k] *= left / total;
    for (let n = first[at]; n < first[at + 1]; n++) {
      const count = CODES[counts[n]];
      probs[tokens[n]] += (count - discounts[Math.min(count, 3)]) / total;
    }
  }
}

const BITS = 18; // of the number of a run of symbols

// Python's `MatchModel`: what came where the last symbols stood before.
export class Matches {
  constructor({ vocab_size, lengths }, text) {
    Object.assign(this, { vocab_size, lengths, text });
    this.tail = text.slice(-Math.max(...lengths));
    this.order = lengths.map((_, n) => n).sort((a, b) => lengths[a] - lengths[b]);
    this.shortest = lengths[this.order[0]];
    // Of each number the last place where such a run ends and something follows; of each
    // such place the one before. A search through a long text looks at these alone.
    this.last = new Int32Array(2 ** BITS).fill(-1);
    this.before = new Int32Array(text.length);
    for (let end = 0, number = 0; end < text.length - 1; end++) {
      number = this.next(number, text[end]);
      this.before[end] = this.last[number];
      this.last[number] = end;
    }
  }

  // The number of a run as long as the shortest, from that of the run that ends one symbol
  // before: what is older is shifted out. Now and then runs that differ have the same.
  next(number, symbol) {
    return ((number << Math.ceil(BITS / this.shortest)) ^ symbol) & (2 ** BITS - 1);
  }

  // For each length an id, `vocab_size` where there is none. First comes what has been
  // read here, then the text.
  followed(symbols) {
    const { tail, text } = this;
    const recent = new text.constructor(tail.length + symbols.length);
    recent.set(tail);
    recent.set(symbols, tail.length);
    const found = this.lengths.map(() => this.vocab_size);
    this.look(found, recent, recent, recent.length - 2);
    let number = 0;
    for (const symbol of recent.slice(-this.shortest)) number = this.next(number, symbol);
    this.look(found, recent, text, this.last[number], this.before);
    return found;
  }

  // Looks in a text from one place to that before, each if `before` names none. A longer
  // run ends nowhere but where a shorter one does, so each search goes on from the last.
  look(found, recent, text, end, before = null) {
    for (const n of this.order) {
      if (found[n] < this.vocab_size) continue;
      while (end >= 0 && !isSame(recent, text, end, this.lengths[n])) end = before ? before[end] : end - 1;
      if (end < 0) return;
      found[n] = text[end + 1];
    }
  }
}

// Whether so many symbols up to `end` are those that were read last. Of two runs with the
// same number the first symbols differ most likely.
function isSame(recent, text, end, length) {
  let n = end - length + 1, m = recent.length - length;
  if (n < 0) return false;
  while (n <= end && text[n] === recent[m]) {
    n++;
    m++;
  }
  return n > end;
}

export class Knowledge {
  constructor(description, bytes) {
    let start = 0;
    const take = (size, width = description.width) => {
      const piece = bytes.slice(start, (start += size * width));
      return width === 1 ? piece : new Uint16Array(piece.buffer);
    };
    this.tree = new Tree(description, take);
    this.matches = description.lengths.length ? new Matches(description, take(description.text_length)) : null;
    if (start !== bytes.length) throw new Error(`tables: expected ${start} bytes; got ${bytes.length}`);
  }

  // What the network is told after so many symbols.
  after(symbols) {
    const logProbs = Float32Array.from(this.tree.next(symbols), Math.log);
    return { logProbs, followed: this.matches ? this.matches.followed(symbols) : [] };
  }
}

// Undoes gzip.
export async function unpacked(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
