// The page: a network, what one does with it, and what is seen of it.
import { Network, bytesOf, floatsOf } from "./network.js";
import { Reading, ranked } from "./reading.js";
import { Ngram } from "./counting.js";
import { Knowledge, unpacked } from "./knowing.js";
import { Letters } from "./letters.js";
import { fromHash, toHash } from "./address.js";
import { skeleton } from "./skeleton.js";
import { nextLetters } from "./next_letters.js";
import { QUANTITIES, cellsView, finder } from "./cells.js";
import { writing } from "./writing.js";
import { textView } from "./text.js";

const SLICE = 12; // milliseconds of work before the browser may answer something else

// Shows the page in `el`; the form is anywidget's. `model` has a description, weights and
// tables. Returns a function that ends it; a promise of one if there are tables to unpack.
export function render({ model, el }) {
  const description = model.get("description");
  if (!description.knowledge) return open(model, el, null);
  el.textContent = "Opening …";
  return unpacked(bytesOf(model.get("tables"))).then(
    (bytes) => open(model, el, new Knowledge(description.knowledge, bytes)),
    (error) => {
      el.textContent = `This page's tables cannot be unpacked: ${error.message}. It may be cut off, or the browser too old.`;
    },
  );
}

function open(model, el, knowledge) {
  const document = el.ownerDocument;
  const window = document.defaultView;
  const description = model.get("description");
  el.classList.add("seqplay");
  el.dataset.lmSuppressShortcuts = "true"; // JupyterLab would take keys for commands
  el.innerHTML = skeleton(description);
  const els = {};
  for (const part of el.querySelectorAll("[data-el]")) els[part.dataset.el] = part;
  const network = new Network(description, floatsOf(bytesOf(model.get("weights"))));
  const letters = new Letters(description.chars, description.pairs);
  const quantities = Object.keys(QUANTITIES[description.cell]);
  const first = letters.read(description.examples[0] || "").ids;
  const state = {
    ids: first, place: first.length, layer: description.num_layers - 1, unit: 0, quantity: "value",
    by: "cell", temperature: 0.7, topK: null, find: "", hold: null,
  };
  const endings = [];
  const tasks = new Map();
  const app = {
    document, window, els, network, letters, state, random: Math.random, writing: false,
    reading: new Reading(network, letters, knowledge),
    ngram: knowledge ? knowledge.tree : description.ngram ? new Ngram(description.ngram) : null,
    radios: el.querySelectorAll('input[type="radio"]'),
    name: ({ layer, unit } = state) => (description.num_layers > 1 ? `${layer}.${unit}` : `${unit}`),
    value: () => network.valueOf(app.reading.steps[state.place - 1], state.layer, state.unit),
    likeliest: () => ranked(app.reading.probsAt(state.place - 1))[0],
    // In a shadow tree the document knows of its host alone.
    isFocused: (part) => part.getRootNode().activeElement === part,
    say: (text) => (els.message.textContent = text),
    stopWriting: () => write.stop(),
    repaint: () => text.paint(),
    choose(layer, unit) {
      Object.assign(state, { layer, unit });
      app.changed();
    },
    setText(ids, place) {
      Object.assign(state, { ids, place });
      text.put();
      app.changed();
    },
    // Types letters where one stands.
    type(ids) {
      app.stopWriting();
      const { place } = state;
      app.setText([...state.ids.slice(0, place), ...ids, ...state.ids.slice(place)], place + ids.length);
    },
    listen(target, name, does) {
      target.addEventListener(name, does);
      endings.push(() => target.removeEventListener(name, does));
    },
    // Runs a generator in slices; a new one of that name takes the place of the old.
    later(name, work, done) {
      tasks.set(name, work);
      const slice = () => {
        if (tasks.get(name) !== work) return;
        const end = performance.now() + SLICE;
        for (let result = work.next(); ; result = work.next()) {
          if (result.done) {
            tasks.delete(name);
            return done(result.value);
          }
          if (performance.now() > end) break;
        }
        setTimeout(slice);
      };
      setTimeout(slice);
    },
    stopLater: (name) => tasks.delete(name),
    isUnderWay: (name) => tasks.has(name),
    changed,
  };
  const text = textView(app);
  const next = nextLetters(app);
  const cells = cellsView(app);
  const write = writing(app);
  const find = finder(app);
  let waiting = 0;

  function changed() {
    clearTimeout(waiting);
    app.reading.set(state.ids, state.hold);
    if (!app.reading.advance(60)) {
      app.stopLater("lean"); // what it works on is no longer there
      app.say(`Reading: ${app.reading.ends.length} of ${state.ids.length} letters.`);
      waiting = setTimeout(changed);
      return;
    }
    if (els.message.textContent.startsWith("Reading:")) app.say("");
    for (const part of [text, next, cells, write, find]) part.show();
    remember();
  }

  const inPage = Boolean(model.get("page"));
  let last = null;
  let remembering = 0;
  const hash = () => toHash({ ...state, text: letters.write(state.ids) });

  // Writes into the address what is shown, but not at every key: browsers forbid it.
  function remember() {
    if (!inPage) return;
    clearTimeout(remembering);
    remembering = setTimeout(() => {
      last = hash();
      try {
        window.history.replaceState(null, "", last);
      } catch {
        // A frame without an address of its own.
      }
    }, 300);
  }

  function recall() {
    if (!inPage || window.location.hash === last || window.location.hash.length < 2) return;
    const { text: wanted, ...given } = fromHash(window.location.hash, { ...description, quantities });
    Object.assign(state, { hold: null, find: "", topK: null }, given);
    if (wanted !== undefined) {
      const { ids, unknown } = letters.read(wanted);
      state.ids = ids.slice(0, 2000);
      if (unknown.length) app.say("The address has letters that this network does not know; they were left out.");
    }
    state.place = Math.min(given.place ?? state.ids.length, state.ids.length);
    if (given.hold) els.value.value = given.hold.value;
    chosen = chosen || given.unit !== undefined;
  }

  // To begin with, the cell that has most to say: whose value varies most.
  let chosen = false;
  function chooseFirst() {
    if (chosen || !state.ids.length) return;
    app.reading.set(state.ids, state.hold);
    app.reading.advance(200);
    let most = -1;
    const { steps } = app.reading;
    for (let unit = 0; unit < network.units; unit++) {
      const values = steps.map((step) => network.valueOf(step, state.layer, unit));
      const mean = values.reduce((a, b) => a + b, 0) / values.length;
      const spread = values.reduce((a, b) => a + (b - mean) ** 2, 0);
      if (spread > most) [most, state.unit] = [spread, unit];
    }
  }

  async function share() {
    const { href } = window.location;
    const address = href.split("#")[0] + hash();
    try {
      await window.navigator.clipboard.writeText(address);
      app.say("Copied: the address holds all that is shown here.");
    } catch {
      window.location.hash = last = hash();
      app.say("This browser does not let a page copy; the address above holds all that is shown here.");
    }
  }

  let example = 0;
  els.example.hidden = description.examples.length < 2;
  els.example.addEventListener("click", () => {
    app.stopWriting();
    example = (example + 1) % description.examples.length;
    const { ids } = letters.read(description.examples[example]);
    app.setText(ids, ids.length);
  });
  els.share.hidden = !inPage || !/^(file|https?):$/.test(window.location.protocol);
  els.share.addEventListener("click", share);
  app.listen(window, "hashchange", () => {
    recall();
    text.put();
    changed();
  });
  app.listen(window.matchMedia("(prefers-color-scheme: dark)"), "change", cells.draw);
  const sizes = new window.ResizeObserver(() => cells.draw());
  sizes.observe(els.grid);

  recall();
  chooseFirst();
  text.put();
  changed();
  return () => {
    write.stop();
    tasks.clear();
    sizes.disconnect();
    clearTimeout(waiting);
    clearTimeout(remembering);
    endings.forEach((end) => end());
  };
}

export default { render };

// In a page of its own: what is shown stands in the page, and in its address.
export function openPage() {
  const text = (id) => document.getElementById(id).textContent;
  const given = { description: JSON.parse(text("description")), weights: text("weights"), tables: text("tables"), page: true };
  render({ model: { get: (name) => given[name] }, el: document.querySelector("main") });
}
