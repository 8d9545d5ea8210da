// Letters: ids to what is seen and heard, and back.

const SEEN = { " ": "·", "\n": "¶", "\t": "→", "\r": "↵" };
const HEARD = { " ": "space", "\n": "line end", "\t": "tab", "\r": "carriage return" };

export class Letters {
  constructor(chars) {
    this.chars = Array.from(chars);
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

  seen(id) {
    const char = this.chars[id];
    if (SEEN[char]) return SEEN[char];
    const hidden = /[\p{Cc}\p{Cs}\p{Zs}\p{Cf}]/u.test(char);
    return hidden ? `U+${char.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}` : char;
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
