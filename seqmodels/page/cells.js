// All cells at one letter, the gates of the one chosen, holding it, and the finder.
import { finding, marksOf } from "./finding.js";
import { minus } from "./letters.js";

// What can be shown of a cell: its name, the part, and whether tanh bends it.
export const QUANTITIES = {
  lstm: { value: ["value, tanh(c)", "c", Math.tanh], i: ["input gate i", "i"], f: ["forget gate f", "f"],
    g: ["candidate g", "g"], o: ["output gate o", "o"], h: ["output h", "h"] },
  gru: { value: ["value h", "h"], z: ["keeping gate z", "z"], r: ["reset gate r", "r"], g: ["candidate g", "g"] },
  rnn: { value: ["value h", "h"] },
};

// The step as an equation with its numbers.
function equation(cell, part, old) {
  const n = (x) => (x < 0 ? `(${minus(x)})` : minus(x));
  if (cell === "lstm") {
    return `c = f·c′ + i·g = ${n(part("f"))}·${n(old("c"))} + ${n(part("i"))}·${n(part("g"))} = ${minus(part("c"))}\n` +
      `h = o·tanh(c) = ${n(part("o"))}·${n(Math.tanh(part("c")))} = ${minus(part("h"))}`;
  }
  if (cell === "gru") {
    return `h = z·h′ + (1 − z)·g = ${n(part("z"))}·${n(old("h"))} + ${minus(1 - part("z"))}·${n(part("g"))} = ${minus(part("h"))}`;
  }
  return `h = ${minus(part("h"))}, before ${minus(old("h"))}`;
}

export function cellsView(app) {
  const { els, state, network, document } = app;
  const quantities = QUANTITIES[network.cell];
  const { units } = network;
  for (const [name, [label]] of Object.entries(quantities)) els.quantity.add(new app.window.Option(label, name));
  const meters = Object.entries(quantities).map(([name, [label]]) => {
    const tr = els.meters.appendChild(document.createElement("tr"));
    tr.innerHTML = `<th scope="row">${label}</th><td class="meter"><span></span></td><td class="value"></td>`;
    return { name, bar: tr.querySelector("span"), number: tr.querySelector(".value") };
  });
  let layout = { columns: 1, size: 16 };

  // Before the first letter, and while it is still being read, there is nothing.
  const kept = () => (app.reading.steps[state.place - 1] || network.zeros)[state.layer];
  function numbers(name) {
    const [, part, bend] = quantities[name];
    const some = network.part(kept(), part);
    return bend ? some.map((x) => bend(x)) : some;
  }

  function draw() {
    const { canvas, grid } = els;
    const size = units <= 64 ? 22 : units <= 160 ? 18 : units <= 300 ? 15 : 12;
    const columns = Math.max(1, Math.min(units, Math.floor(grid.clientWidth / size)));
    const rows = Math.ceil(units / columns);
    layout = { columns, size };
    const ratio = app.window.devicePixelRatio || 1;
    canvas.width = columns * size * ratio;
    canvas.height = rows * size * ratio;
    canvas.style.inlineSize = `${columns * size}px`;
    canvas.style.blockSize = `${rows * size}px`;
    const style = app.window.getComputedStyle(grid);
    const color = (name) => style.getPropertyValue(name).trim();
    const [up, down, faint, ink] = ["--up", "--down", "--line", "--ink"].map(color);
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    numbers(state.quantity).forEach((value, n) => {
      const x = (n % columns + 0.5) * size, y = (Math.floor(n / columns) + 0.5) * size;
      const half = Math.sqrt(Math.min(1, Math.abs(value))) * (size / 2 - 2);
      pen.fillStyle = faint;
      pen.fillRect(x - 0.5, y - 0.5, 1, 1);
      if (value >= 0) {
        pen.fillStyle = up;
        pen.fillRect(x - half, y - half, 2 * half, 2 * half);
      } else {
        const wide = Math.max(1, half * 0.55);
        pen.strokeStyle = down;
        pen.lineWidth = wide;
        pen.beginPath();
        pen.arc(x, y, Math.max(0.1, half - wide / 2), 0, 7);
        pen.stroke();
      }
      if (n === state.unit) {
        pen.strokeStyle = ink;
        pen.lineWidth = 1.5;
        pen.strokeRect(x - size / 2 + 0.75, y - size / 2 + 0.75, size - 1.5, size - 1.5);
      }
    });
  }

  function show() {
    draw();
    const { layer, unit, place, hold, quantity } = state;
    const before = (place > 1 ? app.reading.steps[place - 2] : network.zeros)[layer];
    for (const { name, bar, number } of meters) {
      const value = numbers(name)[unit];
      number.textContent = place ? minus(value) : "–";
      bar.className = value < 0 ? "down" : "up";
      bar.style.setProperty("--a", Math.min(1, Math.abs(value)).toFixed(3));
    }
    const own = hold && hold.layer === layer && hold.unit === unit;
    const held = own && place > hold.from;
    const at = (some) => (name) => network.part(some, name)[unit];
    els.equation.textContent = !place ? "" : held ? `Held at ${minus(hold.value)}.` : equation(network.cell, at(kept()), at(before));
    els.chosen.textContent = `Cell ${app.name()}`;
    els.grid.setAttribute("aria-valuenow", unit);
    els.grid.setAttribute("aria-valuetext", `cell ${app.name()}, ${quantities[quantity][0]} ${minus(numbers(quantity)[unit])}`);
    els.quantity.value = quantity;
    if (els.layer) els.layer.value = layer;
    if (!app.isFocused(els.unit)) els.unit.value = unit;
    els.hold.checked = Boolean(own);
    if (own) els.value.value = hold.value;
    els.valueOut.textContent = minus(Number(els.value.value));
    els.held.textContent = hold
      ? `Cell ${app.name(hold)} is held at ${minus(hold.value)} from letter ${hold.from + 1} on, typed or written.`
      : "Held, it keeps this value from where you stand on, while you type and while the network writes.";
  }

  const choose = (unit) => app.choose(state.layer, Math.min(units - 1, Math.max(0, unit)));
  els.canvas.addEventListener("click", (event) => {
    const { columns, size } = layout;
    const unit = Math.floor(event.offsetY / size) * columns + Math.floor(event.offsetX / size);
    if (unit < units) choose(unit);
  });
  els.grid.addEventListener("keydown", (event) => {
    const { columns } = layout;
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -units, End: units };
    if (!(event.key in steps)) return;
    event.preventDefault();
    choose(state.unit + steps[event.key]);
  });
  els.unit.addEventListener("input", () => {
    const unit = Number(els.unit.value);
    if (els.unit.value !== "" && Number.isInteger(unit) && unit >= 0 && unit < units) choose(unit);
  });
  els.layer?.addEventListener("change", () => app.choose(Number(els.layer.value), state.unit));
  els.quantity.addEventListener("change", () => {
    state.quantity = els.quantity.value;
    app.changed();
  });
  els.hold.addEventListener("change", () => {
    const { layer, unit, place } = state;
    state.hold = els.hold.checked ? { layer, unit, value: Number(els.value.value), from: place } : null;
    app.changed();
  });
  els.value.addEventListener("input", () => {
    const { hold, layer, unit } = state;
    if (hold && hold.layer === layer && hold.unit === unit) state.hold = { ...hold, value: Number(els.value.value) };
    app.changed();
  });

  return { show, draw };
}

export function finder(app) {
  const { els, state, letters, network, document } = app;
  const say = (text) => (els.chance.textContent = text);
  let timer = 0;

  // For each letter of the text whether it is inside.
  function marks() {
    const range = /^#(\d+)-(\d+)$/.exec(state.find);
    if (range) return state.ids.map((_, n) => n + 1 >= range[1] && n + 1 <= range[2]);
    const found = marksOf(letters.write(state.ids), state.find);
    let offset = 0;
    return state.ids.map((id) => found[(offset += letters.typed[id].length) - letters.typed[id].length]);
  }

  function look() {
    app.inside = null;
    els.found.replaceChildren();
    app.stopLater("find");
    if (!state.find) return say("");
    try {
      app.inside = marks();
    } catch {
      return say("This is no regular expression.");
    }
    const num = app.inside.filter(Boolean).length;
    const size = app.inside.length;
    if (!num) return say("The text does not have it.");
    if (num === size) return say("It is the whole text: there is nothing to tell it from.");
    app.later("find", finding(network, app.reading.steps, app.inside), ({ cells, chance }) => {
      els.found.replaceChildren(...cells.slice(0, 5).map(item));
      say(`${num} of ${size} letters are inside. The number is how often a cell tells a letter inside from one outside: 1 is always, 0.5 a coin's toss. Moved elsewhere in the text, the same marks have a best cell of ${cells.length} with ${minus(chance)}. In a short text some cell always fits: try it on another.`);
    });
  }

  function item({ layer, unit, auc }) {
    const button = document.createElement("button");
    button.type = "button";
    button.innerHTML = `<span>cell ${app.name({ layer, unit })}</span> <b>${minus(Math.max(auc, 1 - auc))}</b> <span>${auc < 0.5 ? "lower" : "higher"} inside</span>`;
    button.addEventListener("click", () => {
      state.by = "cell";
      app.choose(layer, unit);
    });
    const li = document.createElement("li");
    li.append(button);
    return li;
  }

  els.find.addEventListener("input", () => {
    state.find = els.find.value;
    app.changed();
  });
  els.marked.addEventListener("click", () => {
    const [start, end] = app.marked || [0, 0];
    if (end <= start) return say("Mark a passage in the text first, with the mouse or with shift and the arrow keys.");
    state.find = `#${start + 1}-${end}`;
    app.changed();
  });

  let seen = "";
  function show() {
    if (!app.isFocused(els.find)) els.find.value = state.find;
    const now = `${state.find} ${JSON.stringify(state.hold)} ${state.find && state.ids.join()}`;
    if (now === seen) return;
    seen = now;
    app.inside = null;
    clearTimeout(timer);
    timer = setTimeout(() => {
      look();
      app.repaint();
    }, app.writing ? 1000 : 300);
  }

  return { show };
}
