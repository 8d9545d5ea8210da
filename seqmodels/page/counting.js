// What an n-gram guesses, from the counts that the file has room for.
import { bytesOf } from "./network.js";

// Whole numbers, seven bits a byte, the lowest first. Up to 2^53: no bit operations.
export function* numbersOf(bytes) {
  for (let n = 0; n < bytes.length; n++) {
    let value = bytes[n] & 127;
    for (let scale = 128; bytes[n] > 127; scale *= 128) value += (bytes[++n] & 127) * scale;
    yield value;
  }
}

// p(w | h) = kept(h w) + left(h) p(w | h without its first letter): see `NGramLM`. For each
// length there are histories, and for each the letters that follow and what is kept of
// them, in parts of 65535; what is not kept is left. A history not there leaves all.
export class Ngram {
  constructor({ base64, num_levels, vocab_size }) {
    this.vocab_size = vocab_size;
    this.levels = [];
    const numbers = numbersOf(bytesOf(base64));
    const next = () => numbers.next().value;
    for (let n = 0; n < num_levels; n++) {
      const level = new Map();
      let history = 0;
      for (let count = next(); count; count--) {
        history += next();
        const row = [];
        let id = 0;
        for (let num = next(); num; num--) {
          id += next();
          row.push(id, next() / 65535);
        }
        level.set(history, row);
      }
      this.levels.push(level);
    }
  }

  // Probabilities of all letters to come after `ids`.
  next(ids) {
    const probs = new Float64Array(this.vocab_size).fill(1 / this.vocab_size);
    let history = 0, scale = 1;
    for (let n = 0; n < this.levels.length && n <= ids.length; n++) {
      if (n) {
        history += ids[ids.length - n] * scale;
        scale *= this.vocab_size;
      }
      const row = this.levels[n].get(history);
      if (!row) continue;
      let left = 1;
      for (let k = 1; k < row.length; k += 2) left -= row[k];
      for (let k = 0; k < probs.length; k++) probs[k] *= left;
      for (let k = 0; k < row.length; k += 2) probs[row[k]] += row[k + 1];
    }
    return probs;
  }
}
