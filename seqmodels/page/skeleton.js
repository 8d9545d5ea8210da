// The parts of the page, still empty, each with the sentence that explains it.

const CELLS = { lstm: "An LSTM", gru: "A GRU", rnn: "A plain recurrent network" };

let pages = 0; // a notebook may show several

const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

const many = (number) => number.toLocaleString("en");

function introduction({ cell, units, num_layers, vocab_size, num_weights, embed_dim, chars, pairs, knowledge }) {
  const size = num_layers > 1 ? `${num_layers} layers of ${units} cells` : `${units} cells`;
  const letters = many(Array.from(chars).length);
  const inputs = embed_dim ? `, ${embed_dim} numbers for each of ${letters} letters` : `, ${letters} letters`;
  const coded = pairs ? ` The ${many(pairs.singles)} most common letters are one of its ${vocab_size} symbols each; the others are two.` : "";
  const told = knowledge ? ` Beside each letter it reads what counting expects next${
    knowledge.lengths.length ? ", and what came where the last letters stood before" : ""}.` : "";
  const text = knowledge?.text_length ? `, the ${many(knowledge.text_length)} ${pairs ? "symbols" : "letters"} of text in which it looks those up included` : "";
  return `${CELLS[cell]} of ${size}${inputs}, ${many(num_weights)} weights. It reads letter by letter,
    and after each guesses the next.${coded}${told} All of it is in this page${text}; nothing you type leaves it.`;
}

export function skeleton(description) {
  const { cell, num_layers, units, vocab_size, ngram, knowledge, pairs } = description;
  const id = `seqplay${++pages}`;
  const counted = ngram && many(ngram.num_grams);
  const kept = ngram && many(ngram.num_kept);
  return `
<header>
  <h1>${escape(description.title)}</h1>
  <p class="lead">${introduction(description)}</p>
</header>
<section class="wide" aria-labelledby="${id}-text">
  <h2 id="${id}-text">Text</h2>
  <p class="hint" id="${id}-hint">Type, or click a letter to stand there: all else on this page is about that place.</p>
  <div class="scroll" data-el="scroll"><div class="field">
    <div class="backdrop" aria-hidden="true" data-el="backdrop"></div>
    <textarea data-el="text" aria-label="Text" aria-describedby="${id}-hint" placeholder="Type here" rows="2"
      autocapitalize="off" autocomplete="off" autocorrect="off" spellcheck="false"></textarea>
  </div></div>
  <p class="place" data-el="place"></p>
  <p class="message" role="status" data-el="message"></p>
  <div class="row">
    <fieldset class="choice"><legend>Colour</legend>
      <label><input type="radio" name="${id}-by" value="cell"><span data-el="cellName">cell</span></label>
      <label><input type="radio" name="${id}-by" value="lean"><span>what it leans on</span></label>
      <label><input type="radio" name="${id}-by" value="surprise"><span>surprise</span></label>
    </fieldset>
    <span class="buttons">
      <button type="button" data-el="example">Next example</button>
      <button type="button" data-el="clear">Clear</button>
      <button type="button" data-el="share">Copy link</button>
    </span>
  </div>
  <p class="hint legend" data-el="legend"></p>
</section>
<section aria-labelledby="${id}-next" class="next">
  <h2 id="${id}-next">Next letter</h2>
  <p class="hint">What the network expects to follow${ngram ? ", and, hatched, what counting does" : ""}; a click on a letter types it.</p>
  <table class="guesses">
    <thead><tr><th scope="col">letter</th><td class="bars"></td><th scope="col">network</th>${ngram ? '<th scope="col">n-gram</th>' : ""}</tr></thead>
    <tbody data-el="guesses"></tbody>
  </table>
  <p class="hint small" data-el="empty" hidden>Nothing is read yet: the first guess comes after the first letter.</p>
  ${ngram ? `<p class="hint small">The n-gram looks at the last ${ngram.order - 1} ${pairs ? "symbols" : "letters"}. Of its ${counted} n-grams the page has room for ${
    ngram.num_kept < ngram.num_grams ? `the ${kept} that matter most` : "all"}.</p>` : ""}
  ${knowledge?.lengths.length ? '<p class="hint small" data-el="matches"></p>' : ""}
  <p class="hidden" role="status" data-el="live"></p>
</section>
<section aria-labelledby="${id}-write" class="write">
  <h2 id="${id}-write">Write</h2>
  <p class="hint">It draws a letter by its probability, adds it to the text, reads it, and goes on. A low temperature keeps to the likeliest; top-k leaves only so many to choose from.</p>
  <div class="row">
    <button type="button" class="main" data-el="write">Write</button>
    <button type="button" data-el="one">One letter</button>
  </div>
  <div class="row">
    <label class="slider">Temperature <input type="range" min="0" max="2" step="0.05" data-el="temperature"><output data-el="temperatureOut"></output></label>
    <label class="number">Top-k <input type="number" min="1" max="${vocab_size}" step="1" inputmode="numeric" data-el="topK"> of ${vocab_size}${pairs ? " symbols" : ""}</label>
  </div>
</section>
<section aria-labelledby="${id}-cells" class="cells">
  <h2 id="${id}-cells">Cells</h2>
  <p class="hint">One mark each, at the letter you stand at: squares are above zero, rings below, and the larger the stronger. Click one to choose it.</p>
  <div class="row">
    ${num_layers > 1 ? `<label class="number">Layer <select data-el="layer">${Array.from({ length: num_layers }, (_, n) => `<option value="${n}">${n}</option>`).join("")}</select></label>` : ""}
    <label class="number">Show <select data-el="quantity"></select></label>
    <label class="number">Cell <input type="number" min="0" max="${units - 1}" step="1" inputmode="numeric" data-el="unit"></label>
  </div>
  <div class="grid" role="slider" tabindex="0" aria-label="Chosen cell" aria-valuemin="0" aria-valuemax="${units - 1}" data-el="grid"><canvas data-el="canvas"></canvas></div>
  <h3 data-el="chosen"></h3>
  <p class="hint">${EXPLAINED[cell]}</p>
  <table class="meters"><tbody data-el="meters"></tbody></table>
  <p class="equation" data-el="equation"></p>
  <div class="row">
    <label class="check"><input type="checkbox" data-el="hold"> Hold it</label>
    <label class="slider">at <input type="range" min="-0.99" max="0.99" step="0.01" data-el="value"><output data-el="valueOut"></output></label>
  </div>
  <p class="hint small" data-el="held"></p>
</section>
<section aria-labelledby="${id}-find" class="find">
  <h2 id="${id}-find">Find a cell</h2>
  <p class="hint">Which cells tell the letters of a passage from all others? Type it, or mark it in the text.</p>
  <div class="row">
    <label class="grow">Passage <input type="text" data-el="find" placeholder="ing, or /\\bt\\w*/" autocapitalize="off" autocomplete="off" spellcheck="false"></label>
    <button type="button" data-el="marked">Use the marked one</button>
  </div>
  <ol class="found" data-el="found"></ol>
  <p class="hint small" role="status" data-el="chance"></p>
</section>`;
}

const EXPLAINED = {
  lstm: "Of what it held, the forget gate f keeps a share; of the candidate g, the input gate i lets in a share; the output gate o shows a share of the result. Its value is tanh(c).",
  gru: "The gate z keeps a share of what it held and fills the rest with the candidate g, for which the gate r lets the other cells speak.",
  rnn: "Its value is made anew at each letter, from the letter and from all cells.",
};
