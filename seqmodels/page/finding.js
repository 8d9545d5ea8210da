// Which cells follow a passage: a score for each, and what chance would give the best.

// Where a passage stands, as a yes or no for each letter: every place of a text, or, between
// slashes, of a regular expression. Offsets are those of the string.
export function marksOf(text, wanted) {
  const found = new Array(text.length).fill(false);
  const between = /^\/(.+)\/(i?)$/s.exec(wanted);
  const plain = wanted.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  const pattern = between ? new RegExp(between[1], `gu${between[2]}`) : new RegExp(plain, "gu");
  for (const { 0: passage, index } of text.matchAll(pattern)) found.fill(true, index, index + passage.length);
  return found;
}

// Ranks from 1, of equal values their mean.
export function ranksOf(values) {
  const order = Array.from(values, (_, n) => n).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let n = 0; n < order.length; ) {
    let end = n + 1;
    while (end < order.length && values[order[end]] === values[order[n]]) end++;
    for (let k = n; k < end; k++) ranks[order[k]] = (n + 1 + end) / 2;
    n = end;
  }
  return ranks;
}

// AUC: how often the cell is higher at a letter inside than at one outside.
export function auc(ranks, inside, shift = 0) {
  const size = ranks.length;
  let sum = 0, num = 0;
  for (let n = 0; n < size; n++) {
    if (inside[n]) {
      sum += ranks[(n + shift) % size];
      num++;
    }
  }
  return (sum - (num * (num + 1)) / 2) / (num * (size - num));
}

const SHIFTS = 19;

// Cells from the best to the worst, as { layer, unit, auc }: an AUC near 0 is as good as one
// near 1, the cell is then low inside. `chance` is what the best cell reaches if the marks
// are moved along the text, the middle one of some moves. A generator, as `leaning`.
export function* finding(network, steps, inside) {
  const cells = [];
  const best = new Float64Array(SHIFTS);
  const good = (score) => Math.max(score, 1 - score);
  for (let layer = 0; layer < network.layers.length; layer++) {
    for (let unit = 0; unit < network.units; unit++) {
      const ranks = ranksOf(steps.map((step) => network.valueOf(step, layer, unit)));
      cells.push({ layer, unit, auc: auc(ranks, inside) });
      for (let n = 0; n < SHIFTS; n++) {
        const shift = Math.round(((n + 1) * steps.length) / (SHIFTS + 1));
        best[n] = Math.max(best[n], good(auc(ranks, inside, shift)));
      }
      yield unit;
    }
  }
  cells.sort((a, b) => good(b.auc) - good(a.auc));
  return { cells, chance: best.sort()[SHIFTS >> 1] };
}
