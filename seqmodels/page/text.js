// The text one types in, coloured from behind, letter by letter.
import { leaning } from "./leaning.js";
import { LONGEST } from "./reading.js";
import { lettersBefore, offsetOf, minus } from "./letters.js";

const LEGENDS = {
  cell: (app) => `Orange, and a bar upward: cell ${app.name()} is above zero after that letter. Blue, and downward: below.`,
  lean: (app, guess) => `Orange, and a bar upward: with more of this letter, ${guess} would be likelier. Blue, and downward: less likely.
    (The gradient of its logit, times the letter; the last 100 letters.${app.reading.knowledge ? " What counting says is taken as given." : ""})`,
  surprise: () => "The higher the bar, the less the network had expected the letter; full height is 8 bits or more.",
};

export function textView(app) {
  const { els, state, letters, document } = app;
  const spans = [];
  const end = els.backdrop.appendChild(document.createTextNode("\u200b")); // a last, empty line
  let leans = null;
  let composing = false;

  function values() {
    const { steps, surprises } = app.reading;
    if (state.by === "surprise") return surprises.map((bits) => Math.min(bits / 8, 1));
    if (state.by === "cell") return steps.map((step) => app.network.valueOf(step, state.layer, state.unit));
    if (!leans) return [];
    const largest = leans.scores.reduce((a, b) => Math.max(a, Math.abs(b)), 1e-9);
    return Array.from(leans.scores, (score) => score / largest).slice(0, state.place);
  }

  function paint() {
    const all = values();
    while (spans.length > state.ids.length) spans.pop().el.remove();
    while (spans.length < state.ids.length) {
      const el = document.createElement("span");
      els.backdrop.insertBefore(el, end);
      spans.push({ el, id: -1, drawn: "", marks: "" });
    }
    const inside = app.inside && app.inside.length === spans.length ? app.inside : [];
    spans.forEach((span, n) => {
      const id = state.ids[n];
      if (span.id !== id) span.el.textContent = letters.typed[(span.id = id)];
      const value = all[n] || 0;
      const drawn = minus(value);
      if (span.drawn !== drawn) {
        span.el.style.setProperty("--a", Math.abs(value).toFixed(2));
        span.drawn = drawn;
      }
      const marks = [
        value < 0 ? "down" : "up",
        letters.chars[id] === "\n" ? "end" : "",
        n === state.place - 1 ? "here" : "",
        inside[n] ? "inside" : "",
      ].join(" ");
      if (span.marks !== marks) span.el.className = span.marks = marks;
    });
  }

  function lean() {
    const { place } = state;
    if (state.by !== "lean" || !place) {
      leans = null;
      return app.stopLater("lean");
    }
    // While it writes, letter after letter, what is begun is finished first.
    if (app.writing && app.isUnderWay("lean")) return;
    const [target] = letters.symbolsOf(app.likeliest());
    app.later("lean", leaning(app.network, app.reading, place - 1, target), (scores) => {
      leans = { scores };
      paint();
    });
  }

  // Scrolls the field, never the page, to where one stands.
  function reveal() {
    const here = spans[state.place - 1]?.el;
    const top = here ? here.offsetTop : 0;
    const bottom = top + (here ? here.offsetHeight : 0);
    const { scrollTop, clientHeight } = els.scroll;
    if (top < scrollTop) els.scroll.scrollTop = top - 8;
    else if (bottom + 16 > scrollTop + clientHeight) els.scroll.scrollTop = bottom + 16 - clientHeight;
  }

  function show() {
    lean();
    paint();
    reveal();
    const { place, ids, by } = state;
    const guess = place ? `“${letters.seen(app.likeliest())}”` : "";
    els.legend.textContent = LEGENDS[by](app, guess);
    els.place.textContent = place
      ? `After “${letters.seen(ids[place - 1])}”, letter ${place} of ${ids.length}. Cell ${app.name()}: ${minus(app.value())}.` +
        (place > 1 ? ` Surprise: ${app.reading.surprises[place - 1].toFixed(1)} bits.` : "")
      : "Before the first letter.";
    for (const radio of app.radios) radio.checked = radio.value === by;
    els.cellName.textContent = `cell ${app.name()}`;
  }

  // Puts the state's text into the field, with the caret where one stands.
  function put() {
    const text = letters.write(state.ids);
    if (els.text.value !== text) els.text.value = text;
    const offset = offsetOf(text, state.place);
    els.text.setSelectionRange(offset, offset);
  }

  // While a word is composed (pinyin; on a phone, any word) the field is its own: what is
  // known of it is read at once, but nothing is taken out of it before it is done.
  function typed() {
    app.stopWriting();
    const { value, selectionEnd } = els.text;
    const { ids, unknown } = letters.read(value);
    const place = letters.read(value.slice(0, selectionEnd)).ids.length;
    state.ids = ids.slice(0, LONGEST);
    state.place = Math.min(place, state.ids.length);
    if (!composing) tidy(unknown, ids.length > LONGEST);
    app.changed();
  }

  function tidy(unknown, tooLong) {
    if (unknown.length) {
      const some = [...new Set(unknown)].slice(0, 5).map((char) => `“${char}”`).join(" ");
      app.say(`Left out, being none of this network's ${letters.chars.length} letters: ${some}`);
    } else app.say(tooLong ? `A text here has at most ${LONGEST} letters; the rest was left out.` : "");
    if (unknown.length || tooLong) put();
  }

  function moved() {
    if (composing || app.writing || !app.isFocused(els.text)) return;
    const { value, selectionStart, selectionEnd } = els.text;
    const place = lettersBefore(value, selectionEnd);
    app.marked = [lettersBefore(value, selectionStart), place];
    if (place === state.place || place > state.ids.length) return;
    state.place = place;
    app.changed();
  }

  els.text.addEventListener("compositionstart", () => (composing = true));
  els.text.addEventListener("compositionend", () => {
    composing = false;
    typed();
  });
  els.text.addEventListener("input", typed);
  app.listen(document, "selectionchange", moved);
  for (const name of ["select", "keyup", "click"]) els.text.addEventListener(name, moved);
  for (const radio of app.radios) {
    radio.addEventListener("change", () => {
      state.by = radio.value;
      app.changed();
    });
  }
  els.clear.addEventListener("click", () => {
    app.stopWriting();
    app.say("");
    app.setText([], 0);
    els.text.focus();
  });
  return { show, put, paint };
}
