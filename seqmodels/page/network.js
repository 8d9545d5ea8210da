// The network: its weights, one step of it, and what it expects next.

// What is kept of each step, one after the other, `units` numbers each. LSTM: gates i, f
// and o, the candidate g, the cell c and the output h. GRU: gates z and r, the candidate
// g, q (what r scales), and the output h.
export const PARTS = { lstm: ["i", "f", "g", "o", "c", "h"], gru: ["z", "r", "g", "q", "h"], rnn: ["h"] };
const NUM_GATES = { lstm: 4, gru: 3, rnn: 1 };

export function bytesOf(base64) {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let n = 0; n < text.length; n++) bytes[n] = text.charCodeAt(n);
  return bytes;
}

function halfTable() {
  const table = new Float32Array(65536);
  for (let n = 0; n < 65536; n++) {
    const exponent = (n >> 10) & 31;
    const fraction = n & 1023;
    const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
    table[n] = n & 0x8000 ? -size : size;
  }
  return table;
}

// Numbers of 16 bits, little-endian; Python has refused what is not finite.
export function floatsOf(bytes) {
  const table = halfTable();
  const floats = new Float32Array(bytes.length >> 1);
  for (let n = 0; n < floats.length; n++) floats[n] = table[bytes[2 * n] | (bytes[2 * n + 1] << 8)];
  return floats;
}

// sums += vector @ matrix, the matrix as Keras has it: a row for each input.
export function addProduct(sums, vector, matrix) {
  const width = sums.length;
  let n = 0;
  for (; n + 3 < vector.length; n += 4) {
    const a = vector[n], b = vector[n + 1], c = vector[n + 2], d = vector[n + 3];
    const at = n * width, bt = at + width, ct = bt + width, dt = ct + width;
    for (let k = 0; k < width; k++) {
      sums[k] += a * matrix[at + k] + b * matrix[bt + k] + c * matrix[ct + k] + d * matrix[dt + k];
    }
  }
  for (; n < vector.length; n++) {
    const a = vector[n], at = n * width;
    for (let k = 0; k < width; k++) sums[k] += a * matrix[at + k];
  }
}

// back += matrix @ vector: what flows back through the product.
export function addBack(back, matrix, vector) {
  const width = vector.length;
  for (let n = 0; n < back.length; n++) {
    const at = n * width;
    let a = 0, b = 0, c = 0, d = 0, k = 0;
    for (; k + 3 < width; k += 4) {
      a += matrix[at + k] * vector[k];
      b += matrix[at + k + 1] * vector[k + 1];
      c += matrix[at + k + 2] * vector[k + 2];
      d += matrix[at + k + 3] * vector[k + 3];
    }
    for (; k < width; k++) a += matrix[at + k] * vector[k];
    back[n] += a + b + c + d;
  }
}

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

export class Network {
  // With `num_matches` it is a `ResidualLM`, which is told what counting says.
  constructor({ cell, units, num_layers, vocab_size, embed_dim, num_matches = null }, weights) {
    Object.assign(this, { cell, units, vocab_size, embed_dim });
    const inputs = num_matches === null ? embed_dim || vocab_size : (2 + num_matches) * vocab_size;
    let start = 0;
    const take = (...shape) => {
      const size = shape.reduce((a, b) => a * b);
      return weights.subarray(start, (start += size));
    };
    const width = NUM_GATES[cell] * units;
    this.embedding = embed_dim ? take(vocab_size, embed_dim) : null;
    this.layers = [];
    for (let n = 0; n < num_layers; n++) {
      const kernel = take(n ? units : inputs, width);
      const recurrent = take(units, width);
      this.layers.push({ kernel, recurrent, bias: take(cell === "gru" ? 2 : 1, width) });
    }
    this.classifier = { kernel: take(units, vocab_size), bias: take(vocab_size) };
    if (num_matches !== null) this.trust = take(vocab_size);
    if (num_matches) this.follow = take(num_matches * vocab_size, vocab_size);
    if (start !== weights.length) throw new Error(`weights: expected ${start} numbers; got ${weights.length}`);
    this.width = width;
    this.known = [];
    this.zeros = this.layers.map(() => new Float32Array(PARTS[cell].length * units));
  }

  // A part of what is kept of a step: "h" of a layer, say.
  part(kept, name) {
    const start = PARTS[this.cell].indexOf(name) * this.units;
    return kept.subarray(start, start + this.units);
  }

  // What a letter adds to the sums of the first layer.
  inputOf(id) {
    const { kernel } = this.layers[0];
    if (!this.embedding) return kernel.subarray(id * this.width, (id + 1) * this.width);
    if (!this.known[id]) {
      const vector = this.embedding.subarray(id * this.embed_dim, (id + 1) * this.embed_dim);
      addProduct((this.known[id] = new Float32Array(this.width)), vector, kernel);
    }
    return this.known[id];
  }

  // Adds to sums what the first layer makes of what it is told: log-probabilities from -8
  // up, brought to between -1 and 1, and of each match which letter followed.
  addTold(sums, { logProbs, followed }) {
    const { kernel } = this.layers[0], { vocab_size: size, width } = this;
    addProduct(sums, logProbs.map((x) => Math.max(x, -8) / 4 + 1), kernel.subarray(size * width));
    this.rowsOf(followed, 2).forEach((row) => {
      for (let k = 0; k < width; k++) sums[k] += kernel[row * width + k];
    });
  }

  // Where the letters that followed stand among one-hot vectors side by side.
  rowsOf(followed, skip) {
    const size = this.vocab_size;
    return Array.from(followed, (id, n) => (id < size ? (skip + n) * size + id : -1)).filter((row) => row >= 0);
  }

  // Reads a letter: for each layer its parts. `before` is what the letter before gave, or
  // null; `hold`, if not null, has the layer, the unit and the value of a cell held; `told`
  // is what `Knowledge` says.
  step(id, before, hold = null, told = null) {
    let below = null;
    return this.layers.map((layer, n) => {
      const sums = layer.bias.slice(0, this.width);
      if (n) addProduct(sums, below, layer.kernel);
      else this.inputOf(id).forEach((x, k) => (sums[k] += x));
      if (!n && told) this.addTold(sums, told);
      const held = hold && hold.layer === n ? hold : null;
      const kept = this[this.cell](layer, sums, (before || this.zeros)[n], held);
      below = this.part(kept, "h");
      return kept;
    });
  }

  lstm({ recurrent }, sums, before, hold) {
    const u = this.units;
    const kept = new Float32Array(6 * u);
    addProduct(sums, this.part(before, "h"), recurrent);
    for (let n = 0; n < u; n++) {
      const i = sigmoid(sums[n]), f = sigmoid(sums[u + n]), g = Math.tanh(sums[2 * u + n]);
      const o = sigmoid(sums[3 * u + n]);
      let c = f * before[4 * u + n] + i * g;
      if (hold && hold.unit === n) c = Math.atanh(hold.value);
      kept[n] = i;
      kept[u + n] = f;
      kept[2 * u + n] = g;
      kept[3 * u + n] = o;
      kept[4 * u + n] = c;
      kept[5 * u + n] = o * Math.tanh(c);
    }
    return kept;
  }

  gru({ recurrent, bias }, sums, before, hold) {
    const u = this.units;
    const kept = new Float32Array(5 * u);
    const inner = bias.slice(3 * u);
    const h = this.part(before, "h");
    addProduct(inner, h, recurrent);
    for (let n = 0; n < u; n++) {
      const z = sigmoid(sums[n] + inner[n]), r = sigmoid(sums[u + n] + inner[u + n]);
      const q = inner[2 * u + n];
      const g = Math.tanh(sums[2 * u + n] + r * q);
      kept[n] = z;
      kept[u + n] = r;
      kept[2 * u + n] = g;
      kept[3 * u + n] = q;
      kept[4 * u + n] = hold && hold.unit === n ? hold.value : z * h[n] + (1 - z) * g;
    }
    return kept;
  }

  rnn({ recurrent }, sums, before, hold) {
    addProduct(sums, before, recurrent);
    const kept = sums.map(Math.tanh);
    if (hold) kept[hold.unit] = hold.value;
    return kept;
  }

  logits(step, told = null) {
    const logits = this.classifier.bias.slice(), { vocab_size: size } = this;
    addProduct(logits, this.part(step[step.length - 1], "h"), this.classifier.kernel);
    if (!told) return logits;
    for (let k = 0; k < size; k++) logits[k] += this.trust[k] * told.logProbs[k];
    this.rowsOf(told.followed, 0).forEach((row) => {
      for (let k = 0; k < size; k++) logits[k] += this.follow[row * size + k];
    });
    return logits;
  }

  // The value of a cell, between -1 and 1: of an LSTM tanh(c), else its output.
  valueOf(step, layer, unit) {
    const [name, bend] = this.cell === "lstm" ? ["c", Math.tanh] : ["h", (x) => x];
    return bend(this.part(step[layer], name)[unit]);
  }
}
