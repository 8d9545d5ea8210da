// Networks that are told what counting says, and letters in two symbols, against Python.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

const folder = process.env.PLAYGROUND;
const page = await import(pathToFileURL(`${folder}/playground.mjs`));
const { informed } = JSON.parse(readFileSync(`${folder}/cases.json`, "utf-8"));

async function open({ description, weights, tables }) {
  const bytes = await page.unpacked(page.bytesOf(tables));
  const knowledge = new page.Knowledge(description.knowledge, bytes);
  const network = new page.Network(description, page.floatsOf(page.bytesOf(weights)));
  const letters = new page.Letters(description.chars, description.pairs);
  return { knowledge, network, letters, reading: () => new page.Reading(network, letters, knowledge) };
}

function near(some, others, most) {
  assert.equal(some.length, others.length);
  some.forEach((x, n) => assert.ok(Math.abs(x - others[n]) <= most, `${n}: ${x}, expected ${others[n]}`));
}

const sum = (some) => some.reduce((a, b) => a + b, 0);

for (const some of informed) {
  test(`${some.name}: symbols, n-grams and matches are Python's`, async () => {
    const { knowledge, letters } = await open(some);
    let found = 0;
    for (const { ids, symbols, counted, followed } of some.prompts) {
      assert.deepEqual(ids.flatMap((id) => letters.symbolsOf(id)), symbols);
      const told = knowledge.after(symbols);
      near(told.logProbs.map(Math.exp), counted, 1e-6);
      assert.deepEqual(told.followed, followed || []);
      found += told.followed.filter((id) => id < some.description.vocab_size).length;
    }
    if (knowledge.matches) assert.ok(found > 20, `${found} matches`);
  });

  test(`${some.name}: probabilities are Keras'`, async () => {
    const { reading } = await open(some);
    for (const { ids, probs, followed } of some.prompts) {
      const one = reading();
      one.set(ids);
      assert.ok(one.advance());
      assert.deepEqual(one.toldAt(ids.length - 1).followed, followed || []);
      near(page.softmax(one.logitsAt(ids.length - 1)), probs, 1e-5);
    }
  });

  test(`${some.name}: letters to come, rare ones too`, async () => {
    const { reading, letters } = await open(some);
    for (const { ids, letters: expected } of some.prompts.slice(0, 5)) {
      const one = reading();
      one.set(ids);
      one.advance();
      const probs = one.probsAt(ids.length - 1);
      assert.equal(probs.length, letters.chars.length);
      if (!expected) continue;
      const likeliest = page.ranked(expected).slice(0, 8);
      assert.deepEqual(page.ranked(probs).slice(0, 8), likeliest);
      near(likeliest.map((id) => probs[id]), likeliest.map((id) => expected[id]), 1e-5);
      assert.ok(sum(probs) < 1 + 1e-9);
    }
  });

  test(`${some.name}: draws are letters, as often as they are probable`, async () => {
    const { reading, letters } = await open(some);
    const { ids, letters: expected } = some.prompts[0];
    const one = reading();
    one.set(ids);
    one.advance();
    const often = new Float64Array(letters.chars.length), rounds = 40;
    // Of a pair the second half has a number of its own: all combinations are tried.
    for (let a = 0; a < rounds; a++) {
      for (let b = 0; b < rounds; b++) {
        const numbers = [(a + 0.5) / rounds, (b + 0.5) / rounds];
        often[one.draw(ids.length - 1, {}, () => numbers.shift())] += 1 / rounds ** 2;
      }
    }
    assert.ok(Math.abs(sum(often) - 1) < 1e-9);
    if (expected) near(often, expected, 0.03);
    const best = page.ranked(one.probsAt(ids.length - 1))[0];
    if (!letters.pairs) assert.equal(one.draw(ids.length - 1, { temperature: 0 }), best);
  });

  test(`${some.name}: another text or another held cell costs only what follows`, async () => {
    const { reading } = await open(some);
    const [{ ids }, { ids: others }] = some.prompts;
    const used = reading(), last = ids.length - 1;
    const hold = { layer: 0, unit: 2, value: 0.6, from: 4 };
    const later = { ...hold, from: ids.length };
    for (const [text, held] of [[ids, null], [ids, later], [ids, hold], [[...ids.slice(0, 6), ...others.slice(6)], hold], [ids, null]]) {
      used.set(text, held);
      used.advance();
      used.probsAt(last);
      const fresh = reading();
      fresh.set(text, held);
      fresh.advance();
      near(used.probsAt(last), fresh.probsAt(last), 0);
      near(used.surprises, fresh.surprises, 0);
      assert.deepEqual(used.read, fresh.read);
    }
  });

  test(`${some.name}: leaning, by central differences, what is told being given`, async () => {
    const { reading, network, letters } = await open(some);
    let largest = 0;
    for (const [n, { ids }] of some.prompts.slice(0, 6).entries()) {
      const hold = n % 2 ? { layer: 0, unit: 2, value: -0.4, from: ids.length - 2 } : null;
      const one = reading();
      one.set(ids, hold);
      one.advance();
      const last = ids.length - 1;
      const [target] = letters.symbolsOf(page.ranked(one.probsAt(last))[0]);
      const work = page.leaning(network, one, last, target);
      let result = work.next();
      while (!result.done) result = work.next();
      const logit = (place, strength) => {
        let before = null;
        one.read.forEach(({ symbol, told }, s) => {
          const held = hold && s > one.ends[hold.from - 1] ? hold : null;
          const own = s <= one.ends[place] && s > (place ? one.ends[place - 1] : -1);
          const scaled = Object.create(network, {
            inputOf: { value: (x) => network.inputOf(x).map((v) => v * (own ? strength : 1)) },
          });
          before = scaled.step(symbol, before, held, told);
        });
        return network.logits(before, one.read.at(-1).told)[target];
      };
      const slopes = ids.map((_, t) => (logit(t, 1.01) - logit(t, 0.99)) / 0.02);
      near(result.value, slopes, 2e-3 * Math.max(0.1, ...slopes.map(Math.abs)));
      largest = Math.max(largest, ...slopes.map(Math.abs));
    }
    assert.ok(largest > 0.02, `there is something to see: ${largest}`);
  });
}

test("tables of another length are refused", async () => {
  const { description, tables } = informed[1];
  const bytes = await page.unpacked(page.bytesOf(tables));
  assert.throws(() => new page.Knowledge(description.knowledge, bytes.slice(1)), /tables: expected \d+ bytes; got \d+/);
});

// Of runs of three, some of these symbols have the same number: 1, 0 and 0, 64.
for (const [symbols, lengths] of [[[0, 1, 64, 65, 4096], [3, 5, 4]], [[0, 1], [12, 2, 30]], [[0, 1, 2], [1]], [[7, 8], [20, 25]]]) {
  test(`runs of ${lengths} among ${symbols}: what came the last time`, () => {
    let seed = 1, found = 0;
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const draw = (size) => Uint16Array.from({ length: size }, () => symbols[Math.floor(symbols.length * random())]);
    const text = draw(400);
    text.copyWithin(200, 0, 100); // long runs that come again
    const matches = new page.Matches({ vocab_size: 5000, lengths }, text);
    for (let n = 0; n < 60; n++) {
      const start = Math.floor(400 * random());
      const typed = [...draw(3), ...text.slice(start, start + n), ...(n % 3 ? [] : draw(2))];
      const all = [...text, ...typed];
      const expected = lengths.map((length) => {
        const same = (end) => all.slice(end - length + 1, end + 1).join() === all.slice(-length).join();
        for (let end = all.length - 2; end >= length - 1; end--) if (same(end)) return all[end + 1];
        return 5000;
      });
      assert.deepEqual(matches.followed(typed), expected);
      found += expected.filter((id) => id < 5000).length;
    }
    assert.ok(found > 20, `${found} matches`);
  });
}
