// The network writes, letter by letter.
import { LONGEST } from "./reading.js";

const PAUSE = 70; // milliseconds between letters, so that one can follow

export function writing(app) {
  const { els, state, letters, network } = app;
  const calm = app.window.matchMedia("(prefers-reduced-motion: reduce)");
  let timer = 0, begun = 0;

  function draw() {
    const { temperature, topK } = state;
    return app.reading.draw(state.ids.length - 1, { temperature, topK: topK ?? Infinity }, app.random);
  }

  function write(num) {
    const ids = state.ids.slice();
    for (let n = 0; n < num && ids.length && ids.length < LONGEST; n++) {
      app.reading.set(ids, state.hold);
      app.reading.advance();
      state.ids = ids;
      ids.push(draw());
    }
    app.setText(ids, ids.length);
  }

  function start() {
    if (!state.ids.length) return app.say("It goes on from what is there: type a letter first.");
    begun = state.ids.length;
    app.writing = true;
    els.write.textContent = "Stop";
    tick();
  }

  function tick() {
    write(calm.matches ? 20 : 1); // who wants no movement sees a line at a time
    if (state.ids.length >= LONGEST) {
      stop();
      return app.say(`A text here has at most ${LONGEST} letters.`);
    }
    timer = setTimeout(tick, calm.matches ? 1000 : PAUSE);
  }

  function stop() {
    if (!app.writing) return;
    clearTimeout(timer);
    app.writing = false;
    els.write.textContent = "Write";
    els.live.textContent = `It wrote: ${letters.write(state.ids.slice(begun))}`;
  }

  els.write.addEventListener("click", () => (app.writing ? stop() : start()));
  els.one.addEventListener("click", () => {
    stop();
    if (state.ids.length) write(1);
    else app.say("It goes on from what is there: type a letter first.");
  });
  els.temperature.addEventListener("input", () => {
    state.temperature = Number(els.temperature.value);
    app.changed();
  });
  els.topK.addEventListener("change", () => {
    const wanted = Math.round(Number(els.topK.value)) || network.vocab_size;
    state.topK = Math.min(network.vocab_size, Math.max(1, wanted));
    app.changed();
  });

  function show() {
    els.temperature.value = state.temperature;
    els.temperatureOut.textContent = state.temperature.toFixed(2);
    if (!app.isFocused(els.topK)) els.topK.value = state.topK ?? network.vocab_size;
  }

  return { show, stop };
}
