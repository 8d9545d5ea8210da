// The next letters as bars: the network's guess, and the n-gram's beside it.
import { ranked } from "./reading.js";
import { ROWS, percent } from "./letters.js";

// The likeliest by the network; the n-gram's own likeliest is among them in any case.
export function shownIds(probs, counted) {
  const ids = ranked(probs).slice(0, ROWS);
  if (counted) {
    const [favourite] = ranked(counted);
    if (!ids.includes(favourite)) ids[ids.length - 1] = favourite;
  }
  return ids;
}

export function nextLetters(app) {
  const { letters, els, document } = app;
  const columns = app.ngram ? 2 : 1;
  const make = (parent, tag, name) => {
    const el = parent.appendChild(document.createElement(tag));
    if (name) el.className = name;
    return el;
  };
  const rows = Array.from({ length: Math.min(ROWS, letters.chars.length) }, () => {
    const tr = make(els.guesses, "tr");
    const th = make(tr, "th");
    th.scope = "row";
    const button = make(th, "button", "letter");
    button.type = "button";
    const cell = make(tr, "td", "bars");
    const bars = Array.from({ length: columns }, (_, n) => make(cell, "span", n ? "bar counted" : "bar"));
    const numbers = Array.from({ length: columns }, () => make(tr, "td", "value"));
    const row = { tr, button, bars, numbers, id: 0 };
    button.addEventListener("click", () => app.type([row.id]));
    return row;
  });
  let timer = 0;

  function show() {
    const { place } = app.state;
    let probs = place ? app.reading.probsAt(place - 1) : null;
    let counted = app.ngram ? countedAfter(place) : null;
    els.empty.hidden = place > 0;
    const ids = shownIds(probs || counted || [], counted);
    // Of rare letters only some were looked at; now it is known which are shown.
    if (letters.pairs) [probs, counted] = [probs && app.reading.probsAt(place - 1, ids), counted && countedAfter(place, ids)];
    const scale = Math.max(0.25, ...ids.map((id) => Math.max(probs?.[id] ?? 0, counted?.[id] ?? 0)));
    rows.forEach((row, n) => {
      row.tr.hidden = n >= ids.length;
      if (row.tr.hidden) return;
      row.id = ids[n];
      row.button.textContent = letters.seen(row.id);
      row.button.setAttribute("aria-label", `type ${letters.heard(row.id)}`);
      [probs, counted].slice(0, columns).forEach((some, k) => {
        row.numbers[k].textContent = some ? percent(some[row.id]) : "–";
        row.bars[k].style.inlineSize = `${some ? (100 * some[row.id]) / scale : 0}%`;
      });
    });
    if (els.matches) els.matches.textContent = place ? matched(app.reading.toldAt(place - 1).followed) : "";
    clearTimeout(timer);
    timer = setTimeout(() => speak(probs), 700);
  }

  function countedAfter(place, wanted = []) {
    const symbols = app.state.ids.slice(0, place).flatMap((id) => letters.symbolsOf(id));
    const then = (first, num) => {
      const probs = app.ngram.next([...symbols, first]).subarray(0, num);
      const total = probs.reduce((a, b) => a + b, 0);
      return probs.map((p) => p / total);
    };
    return letters.spread(app.ngram.next(symbols), then, wanted);
  }

  // What came where the last letters stood before; nothing if they never did.
  function matched(followed) {
    const { lengths } = app.reading.knowledge.matches;
    const said = followed.map((symbol, n) => `after ${lengths[n]} ${symbol < app.network.vocab_size ? letters.seenSymbol(symbol) : "–"}`);
    return `What came the last time after the same ${letters.pairs ? "symbols" : "letters"}: ${said.join(", ")}.`;
  }

  // For those who listen: once one has stopped typing.
  function speak(probs) {
    if (app.writing || !probs || !app.state.place) return;
    const last = letters.heard(app.state.ids[app.state.place - 1]);
    const likely = ranked(probs).slice(0, 3).map((id) => `${letters.heard(id)} ${percent(probs[id])}`);
    els.live.textContent = `After ${last}: ${likely.join(", ")}.`;
  }

  return { show };
}
