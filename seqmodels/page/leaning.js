// Which letters a guess leans on: the gradient of its logit, by hand, back through time.
import { addBack } from "./network.js";

// How much the logit of `target` after letter `last` grows with the strength of each
// letter read: the gradient of its input (one-hot or embedded) times that input. Letters
// further back than `most` are left out. A generator, so that it can be done in pieces:
// it yields after each letter and returns an array, one number for each letter up to last.
// What counting tells the network is taken as given.
export function* leaning(network, reading, last, target, most = 100) {
  const { units, layers, classifier, vocab_size } = network;
  const { read, ends, hold } = reading;
  const scores = new Float32Array(last + 1);
  const dh = layers.map(() => new Float32Array(units));
  const dc = layers.map(() => new Float32Array(units));
  const sums = new Float32Array(network.width);
  const inner = new Float32Array(network.width);
  for (let n = 0; n < units; n++) dh[layers.length - 1][n] = classifier.kernel[n * vocab_size + target];
  for (let t = last; t >= 0 && t > last - most; t--) {
    const begin = t ? ends[t - 1] + 1 : 0;
    for (let s = ends[t]; s >= begin; s--) {
      for (let n = layers.length - 1; n >= 0; n--) {
        const before = s ? read[s - 1].step[n] : network.zeros[n];
        const held = hold && t >= hold.from && hold.layer === n ? hold.unit : -1;
        BACK[network.cell](units, read[s].step[n], before, dh[n], dc[n], sums, inner, held);
        addBack(dh[n], layers[n].recurrent, inner);
        if (n) addBack(dh[n - 1], layers[n].kernel, sums);
      }
      const input = network.inputOf(read[s].symbol);
      for (let k = 0; k < sums.length; k++) scores[t] += input[k] * sums[k];
    }
    yield t;
  }
  return scores;
}

// Each takes dh and dc, what flows into the step's results, and leaves in them what flows
// straight into those of the step before; in `sums` what flows into the input's part, in
// `inner` into the recurrent part. A held cell is a constant: nothing flows through it.
const BACK = {
  lstm(u, kept, before, dh, dc, sums, inner, held) {
    for (let n = 0; n < u; n++) {
      const i = kept[n], f = kept[u + n], g = kept[2 * u + n], o = kept[3 * u + n];
      const bent = Math.tanh(kept[4 * u + n]);
      const into = n === held ? 0 : dc[n] + dh[n] * o * (1 - bent * bent);
      sums[n] = into * g * i * (1 - i);
      sums[u + n] = into * before[4 * u + n] * f * (1 - f);
      sums[2 * u + n] = into * i * (1 - g * g);
      sums[3 * u + n] = dh[n] * bent * o * (1 - o);
      dc[n] = into * f;
      dh[n] = 0;
    }
    inner.set(sums);
  },
  gru(u, kept, before, dh, dc, sums, inner, held) {
    for (let n = 0; n < u; n++) {
      const z = kept[n], r = kept[u + n], g = kept[2 * u + n], q = kept[3 * u + n];
      const into = n === held ? 0 : dh[n];
      const dg = into * (1 - z) * (1 - g * g);
      sums[n] = into * (before[4 * u + n] - g) * z * (1 - z);
      sums[u + n] = dg * q * r * (1 - r);
      sums[2 * u + n] = dg;
      inner[n] = sums[n];
      inner[u + n] = sums[u + n];
      inner[2 * u + n] = dg * r;
      dh[n] = into * z;
    }
  },
  rnn(u, kept, before, dh, dc, sums, inner, held) {
    for (let n = 0; n < u; n++) {
      sums[n] = n === held ? 0 : dh[n] * (1 - kept[n] * kept[n]);
      dh[n] = 0;
    }
    inner.set(sums);
  },
};
