// Choosing letters, finding cells, addresses, and letters that are more than one.
import assert from "node:assert/strict";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const page = await import(pathToFileURL(`${process.env.PLAYGROUND}/playground.mjs`));

test("temperature 0 takes the likeliest, the first of equals", () => {
  assert.equal(page.sample([0, 2, 2, 1], { temperature: 0 }), 1);
});

test("draws follow the probabilities, temperature and top-k", () => {
  const logits = [Math.log(1), Math.log(2), Math.log(3), Math.log(4)];
  const draw = (options, x) => page.sample(logits, options, () => x);
  // Likeliest first: shares .4, .3, .2, .1.
  assert.deepEqual([0, 0.39, 0.41, 0.69, 0.71, 0.91, 0.9999].map((x) => draw({}, x)), [3, 3, 2, 2, 1, 0, 0]);
  assert.deepEqual([0.56, 0.58].map((x) => draw({ topK: 2 }, x)), [3, 2]); // 4 : 3
  assert.deepEqual([0.63, 0.65].map((x) => draw({ topK: 2, temperature: 0.5 }, x)), [3, 2]); // 16 : 9
});

test("softmax bears large logits and minus infinity", () => {
  assert.deepEqual([...page.softmax([1e4, 1e4, -Infinity])], [0.5, 0.5, 0]);
});

test("ranks of equal values are their mean", () => {
  assert.deepEqual([...page.ranksOf([3, 1, 3, 2])], [3.5, 1, 3.5, 2]);
});

test("the AUC counts pairs in the right order", () => {
  const ranks = page.ranksOf([1, 5, 2, 5, 0]);
  assert.equal(page.auc(ranks, [false, true, false, true, false]), 1);
  assert.equal(page.auc(ranks, [true, false, true, false, true]), 0);
  // 1 and 5 against 2, 5, 0: of six pairs 1 > 0, 5 > 2, 5 > 0, and 5 = 5 for a half.
  assert.equal(page.auc(ranks, [true, true, false, false, false]), 3.5 / 6);
});

test("the finder names the cell that follows the passage, and what chance gives", () => {
  const inside = Array.from({ length: 40 }, (_, n) => n % 10 < 4);
  const noise = (n, k) => Math.sin(12.9898 * n + 78.233 * k);
  const network = { layers: [0], units: 3, valueOf: (step, _, unit) => step[unit] };
  const steps = inside.map((is, n) => [noise(n, 1), is ? -1 : noise(n, 2) / 2, noise(n, 3)]);
  const work = page.finding(network, steps, inside);
  let result = work.next();
  for (; !result.done; result = work.next());
  const { cells, chance } = result.value;
  assert.deepEqual([cells[0].unit, cells[0].auc], [1, 0]); // always lower inside
  assert.ok(chance > 0.5 && chance < 1, chance);
});

test("passages: all places of a text, of a pattern, of what has a meaning in patterns", () => {
  const where = (text, wanted) => page.marksOf(text, wanted).map(Number).join("");
  assert.equal(where("abcab", "ab"), "11011");
  assert.equal(where("a.b", "."), "010");
  assert.equal(where("a/b(c)", "/b("), "011100");
  assert.equal(where("[[a]] b", "/\\[\\[.*?\\]\\]/"), "1111100");
  assert.equal(where("Aa", "/a/i"), "11");
  assert.throws(() => page.marksOf("a", "/(/"), SyntaxError);
});

test("letters: what is none of ours is told, and left out", () => {
  const letters = new page.Letters("ab😀\r\n");
  assert.deepEqual(letters.read("a😀é b"), { ids: [0, 2, 1], unknown: ["é", " "], text: "a😀b" });
  assert.equal(letters.write([0, 2, 3, 4]), "a😀␍\n");
  assert.deepEqual([2, 3, 4].map((id) => letters.seen(id)), ["😀", "↵", "¶"]);
  assert.equal(new page.Letters(["\u0000"]).seen(0), "U+0000");
  assert.equal(new page.Letters(["\ud83d", "\ude00"]).chars.length, 2);
  assert.equal(page.lettersBefore("😀a", 2), 1);
  assert.equal(page.offsetOf("😀a", 1), 2);
});

const LIMITS = { num_layers: 2, units: 8, vocab_size: 9, quantities: ["value", "f"] };

test("an address holds all, and gives it back", () => {
  const state = {
    text: "a&b=#%\n😀 </script>", place: 3, layer: 1, unit: 7, quantity: "f", by: "lean",
    temperature: 0.35, topK: 4, find: "/a+/", hold: { layer: 0, unit: 2, value: -0.5, from: 2 },
  };
  const hash = page.toHash(state);
  assert.match(hash, /^#[\w%&=.!~*'()-]+$/);
  assert.deepEqual(page.fromHash(hash, LIMITS), state);
});

test("what cannot be so is left out of an address", () => {
  const hash = "#t=%E0%A4%A&p=-1&l=2&c=8&q=i&by=x&T=9&k=10&hold=0_9_0.5_0&x=1&c";
  assert.deepEqual(page.fromHash(hash, LIMITS), {});
  assert.deepEqual(page.fromHash("#hold=0_1_1_0", LIMITS), {});
  assert.deepEqual(page.fromHash("", LIMITS), {});
  assert.deepEqual(page.fromHash("#T=&p=1.5", LIMITS), {});
  assert.equal(page.toHash({ text: "a\ud83d" }), "#t=a%EF%BF%BD");
});

test("numbers are shown with a proper minus, and no minus zero", () => {
  assert.deepEqual([-0.004, -0.25, 1].map((x) => page.minus(x)), ["0.00", "−0.25", "1.00"]);
  assert.deepEqual([0.5, 0.0994, 0.0996, 0.0004].map(page.percent), ["50%", "9.9%", "10%", "<0.1%"]);
});

test("the n-gram's favourite is among what is shown", () => {
  const probs = Array.from({ length: 20 }, (_, n) => 20 - n);
  const counted = probs.map((_, n) => (n === 15 ? 1 : 0));
  assert.deepEqual(page.shownIds(probs, null), [0, 1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual(page.shownIds(probs, counted), [0, 1, 2, 3, 4, 5, 6, 15]);
});

test("behind the half of a pair one looks if it is likely, or what begins so is wanted", () => {
  const chars = String.fromCharCode(...Array.from({ length: 30 }, (_, n) => 0x4e00 + n));
  const letters = new page.Letters(chars, { singles: 10, size: 12 }); // 10 + 12 + 8
  assert.deepEqual([9, 10, 21, 22, 29].map((id) => letters.symbolsOf(id)), [[9], [10, 0], [10, 11], [11, 0], [11, 7]]);
  const asked = [];
  const after = (first, num) => (asked.push([first, num]), new Float64Array(num).fill(1 / num));
  const spread = (half, wanted) => {
    asked.length = 0;
    return letters.spread(Float64Array.from([...new Array(10).fill((1 - half - 0.01) / 10), half, 0.01]), after, wanted);
  };
  assert.equal(spread(0.05)[12], 0);
  assert.deepEqual(asked, []);
  assert.equal(spread(0.05, [12, 3])[12], 0.05 / 12);
  assert.deepEqual(asked, [[10, 12]]);
  assert.equal(spread(0.5, [25])[25], 0.01 / 8);
  assert.deepEqual(asked, [[10, 12], [11, 8]]);
  assert.equal(letters.whole(11, (first, num) => first + num - 14), 27);
});
