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

// Python's `MatchModel`: what came where the last symbols stood before.
export class Matches {
  constructor({ vocab_size, lengths }, symbols) {
    Object.assign(this, { vocab_size, lengths });
    this.text = asString(symbols);
    this.tail = this.text.slice(-Math.max(...lengths));
  }

  // For each length an id, `vocab_size` where there is none. A longer run stands nowhere
  // but where a shorter one does, so each search goes on from the last. First comes what
  // has been read here, then the text.
  followed(symbols) {
    const recent = this.tail + asString(symbols);
    const found = this.lengths.map(() => this.vocab_size);
    for (const [text, last] of [[recent, recent.length - 2], [this.text, this.text.length - 2]]) {
      let end = last; // where a run ends that is followed by something
      const order = this.lengths.map((length, n) => [length, n]).sort((a, b) => a[0] - b[0]);
      for (const [length, n] of order) {
        if (found[n] < this.vocab_size) continue;
        if (recent.length < length || end < length - 1) break;
        const start = text.lastIndexOf(recent.slice(-length), end - length + 1);
        if (start < 0) break;
        end = start + length - 1;
        found[n] = text.charCodeAt(end + 1);
      }
    }
    return found;
  }
}

// One unit of a string for each symbol: strings are what browsers search fastest.
function asString(symbols) {
  const parts = [];
  for (let n = 0; n < symbols.length; n += 8192) parts.push(String.fromCharCode(...symbols.slice(n, n + 8192)));
  return parts.join("");
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
