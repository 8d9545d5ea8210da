// Letters: ids to what is seen and heard, and back.

const SEEN = { " ": "·", "\n": "¶", "\t": "→", "\r": "↵" };
const HEARD = { " ": "space", "\n": "line end", "\t": "tab", "\r": "carriage return" };

export const ROWS = 8; // letters shown that may come next

export class Letters {
  // `pairs`, if there are any: how many of the `size` symbols stand for a letter each; the
  // others begin a pair, which stands for a rarer letter (see Python's `CodedVocab`).
  constructor(chars, pairs = null) {
    this.chars = Array.from(chars);
    this.pairs = pairs;
    // In a text field a carriage return would become a line end.
    this.typed = this.chars.map((char) => (char === "\r" && !this.chars.includes("␍") ? "␍" : char));
    this.ids = new Map(this.typed.map((char, id) => [char, id]));
  }

  // The ids of a text, those of its letters that are none of ours, and the text without.
  read(text) {
    const chars = Array.from(text);
    const unknown = chars.filter((char) => !this.ids.has(char));
    const known = chars.filter((char) => this.ids.has(char));
    return { ids: known.map((char) => this.ids.get(char)), unknown, text: known.join("") };
  }

  write(ids) {
    return Array.from(ids, (id) => this.typed[id]).join("");
  }

  // In which symbols the network reads a letter.
  symbolsOf(id) {
    if (!this.pairs || id < this.pairs.singles) return [id];
    const { singles, size } = this.pairs, n = id - singles;
    return [singles + Math.floor(n / size), n % size];
  }

  // The letter of a symbol; if it is half a pair, `second` chooses the other one of `num`.
  whole(symbol, second) {
    if (!this.pairs || symbol < this.pairs.singles) return symbol;
    const { start, num } = this.behind(symbol);
    return start + second(symbol, num);
  }

  // The letters whose pairs begin so.
  behind(first) {
    const { singles, size } = this.pairs;
    const start = singles + (first - singles) * size;
    return { start, num: Math.min(size, this.chars.length - start) };
  }

  // Probabilities of letters from those of symbols; `after` gives those of the `num` second
  // halves. Behind a half that is less likely than eight whole letters it does not look,
  // unless a letter is wanted that begins so.
  spread(probs, after, wanted = []) {
    if (!this.pairs) return probs;
    const { singles } = this.pairs;
    const found = new Float64Array(this.chars.length);
    found.set(probs.subarray(0, singles));
    const needed = new Set(wanted.map((id) => this.symbolsOf(id)[0]));
    const halves = Array.from(probs.subarray(singles), (p, n) => [p, singles + n]).sort((a, b) => b[0] - a[0]);
    for (const [p, first] of halves) {
      if (p <= found.slice().sort().at(-ROWS) && !needed.has(first)) continue;
      const { start, num } = this.behind(first);
      after(first, num).forEach((q, k) => (found[start + k] = p * q));
    }
    return found;
  }

  seen(id) {
    const char = this.chars[id];
    if (SEEN[char]) return SEEN[char];
    const hidden = /[\p{Cc}\p{Cs}\p{Zs}\p{Cf}]/u.test(char);
    return hidden ? `U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}` : char;
  }

  // Of half a pair there is nothing to see but that it is one.
  seenSymbol(symbol) {
    return this.pairs && symbol >= this.pairs.singles ? "half a pair" : `“${this.seen(symbol)}”`;
  }

  heard(id) {
    return HEARD[this.chars[id]] || this.seen(id);
  }
}

// Places in a string, which counts some letters twice, to letters, and back.
export const lettersBefore = (text, offset) => Array.from(text.slice(0, offset)).length;
export const offsetOf = (text, place) => Array.from(text).slice(0, place).join("").length;

export const minus = (x, digits = 2) => x.toFixed(digits).replace(/^-(?=0\.?0*$)/, "").replace("-", "−");
export const percent = (p) => (p >= 0.0995 ? `${Math.round(100 * p)}%` : p >= 0.001 ? `${(100 * p).toFixed(1)}%` : "<0.1%");
