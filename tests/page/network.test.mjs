// The page's arithmetic, against Keras' own: `test_in_node.py` has written what to expect.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.PLAYGROUND;
const page = await import(pathToFileURL(`${folder}/playground.mjs`));
const cases = JSON.parse(readFileSync(`${folder}/cases.json`, "utf-8"));

const networkOf = ({ description, weights }) =>
  new page.Network(description, page.floatsOf(page.bytesOf(weights)));

function read(network, ids, hold = null) {
  const reading = new page.Reading(network);
  reading.set(ids, hold);
  assert.ok(reading.advance());
  return reading;
}

function finish(work) {
  let result = work.next();
  while (!result.done) result = work.next();
  return result.value;
}

function near(some, others, most) {
  assert.equal(some.length, others.length);
  some.forEach((x, n) => assert.ok(Math.abs(x - others[n]) <= most, `${n}: ${x}, expected ${others[n]}`));
}

test("all numbers of 16 bits are decoded", () => {
  const { base64, floats } = cases.halves;
  near(page.floatsOf(page.bytesOf(base64)), floats, 0);
});

for (const some of cases.networks) {
  test(`${some.name}: probabilities are Keras'`, () => {
    const network = networkOf(some);
    for (const { ids, probs } of some.prompts) {
      const reading = read(network, ids);
      near(page.softmax(reading.logitsAt(ids.length - 1)), probs, 1e-3);
    }
  });

  test(`${some.name}: surprises are those of the text`, () => {
    const reading = read(networkOf(some), some.text);
    near(reading.surprises.slice(1), some.surprises, 1e-4);
  });

  test(`${some.name}: what a guess leans on is GradientTape's`, () => {
    const network = networkOf(some);
    const reading = read(network, some.text);
    const last = some.text.length - 1;
    near(finish(page.leaning(network, reading, last, some.target)), some.leans, 1e-4);
    const short = finish(page.leaning(network, reading, last, some.target, 3));
    near(short.slice(-3), some.leans.slice(-3), 1e-4);
    assert.ok(short.slice(0, -3).every((x) => x === 0));
  });

  test(`${some.name}: held from a letter on, as by NumPy`, () => {
    const network = networkOf(some);
    const { hold, logits, values } = some.held;
    const reading = read(network, some.text, hold);
    near(reading.steps.map((step) => network.valueOf(step, hold.layer, hold.unit)), values, 1e-5);
    near(reading.logitsAt(some.text.length - 1), logits, 1e-4);
  });

  for (const held of [false, true]) {
    test(`${some.name}: leaning, by central differences${held ? ", held" : ""}`, () => {
      const network = networkOf(some);
      const hold = held ? { layer: 0, unit: 2, value: -0.4, from: 3 } : null;
      const reading = read(network, some.text, hold);
      const last = some.text.length - 1;
      const leans = finish(page.leaning(network, reading, last, some.target));
      const logit = (place, strength) => {
        let before = null;
        some.text.forEach((id, t) => {
          const scaled = Object.create(network, {
            inputOf: { value: (x) => network.inputOf(x).map((v) => v * (t === place ? strength : 1)) },
          });
          before = scaled.step(id, before, hold && t >= hold.from ? hold : null);
        });
        return network.logits(before)[some.target];
      };
      const slopes = some.text.map((_, t) => (logit(t, 1.01) - logit(t, 0.99)) / 0.02);
      near(leans, slopes, 2e-3 * Math.max(1, ...slopes.map(Math.abs)));
      assert.ok(Math.max(...slopes.map(Math.abs)) > 0.02, "there is something to see");
    });
  }
}

test("a key costs one step, a change only what follows it", () => {
  const network = networkOf(cases.networks[0]);
  let steps = 0;
  const counting = Object.create(network, {
    step: { value: (...given) => (steps++, network.step(...given)) },
  });
  const reading = new page.Reading(counting);
  const go = (ids, hold = null) => {
    steps = 0;
    reading.set(ids, hold);
    reading.advance();
    return steps;
  };
  const hold = { layer: 0, unit: 1, value: 0.5, from: 3 };
  assert.equal(go([1, 2, 3, 4, 5]), 5);
  assert.equal(go([1, 2, 3, 4, 5, 6]), 1);
  assert.equal(go([1, 2, 3, 4]), 0);
  assert.equal(go([1, 0, 3, 4]), 3);
  assert.equal(go([1, 0, 3, 4], hold), 1);
  assert.equal(go([1, 0, 3, 4], { ...hold, from: 2 }), 2);
  assert.equal(go([1, 0, 3, 4], null), 2);
  near(reading.logitsAt(3), read(network, [1, 0, 3, 4]).logitsAt(3), 0);
  near(reading.surprises, read(network, [1, 0, 3, 4]).surprises, 0);
  for (const ids of [[1], [2]]) {
    go(ids);
    near(reading.logitsAt(0), read(network, ids).logitsAt(0), 0);
  }
});

test("reading stops when its time is over, and goes on", () => {
  const reading = new page.Reading(networkOf(cases.networks[0]));
  reading.set([1, 2, 3]);
  let time = 0;
  const now = () => time++;
  assert.equal(reading.advance(0, now), false);
  assert.equal(reading.steps.length, 1);
  assert.equal(reading.advance(10, now), true);
});

test("weights of another number are refused", () => {
  const { description, weights } = cases.networks[0];
  const few = page.floatsOf(page.bytesOf(weights)).slice(1);
  assert.throws(() => new page.Network(description, few), /weights: expected \d+ numbers; got \d+/);
});

test("the n-gram's guess is Python's, of what was kept", () => {
  for (const { packed, histories, probs, most } of cases.ngrams) {
    const ngram = new page.Ngram(packed);
    histories.forEach((ids, n) => {
      const next = ngram.next(ids);
      near(next, probs[n], most);
      assert.ok(Math.abs(next.reduce((a, b) => a + b) - 1) < 1e-9);
    });
  }
});
