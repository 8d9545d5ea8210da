// Shows the lessons' playgrounds within their pages; what is above the last part is the
// package's page as it stands.
(() => {
"use strict";
/* MODULE */
const STYLE = /* STYLE */;
const PART = `
:host { display: block; container-type: inline-size; text-align: start; }
.seqplay { padding: 1.25rem 0 1rem; max-inline-size: none; }
.seqplay h1 { font-size: 1.375rem; }
:host([data-compact]) .seqplay { grid-template-areas: "text text" "next write"; grid-template-rows: auto; }
:host([data-compact]) :is(header, .cells, .find) { display: none; }
@container (max-width: 52rem) {
  :host([data-compact]) .seqplay { grid-template-areas: "text" "next" "write"; }
}`;
const networks = {};
const base = document.currentScript.src.replace(/playground\.js.*/, "networks/");

window.seqmodelsNetwork = (number, stored) => networks[number].resolve(stored);

// The network is fetched once, by a script: pages in a file may fetch in no other way.
function fetched(number) {
  if (!networks[number]) {
    const entry = (networks[number] = {});
    entry.stored = new Promise((resolve) => (entry.resolve = resolve));
    const script = document.createElement("script");
    script.src = `${base}${number}.js`;
    document.head.append(script);
  }
  return networks[number].stored;
}

async function show(host) {
  const { description, weights, cell } = await fetched(host.dataset.network);
  const root = host.shadowRoot || host.attachShadow({ mode: "open" });
  const el = document.createElement("div");
  const style = document.createElement("style");
  style.textContent = STYLE + PART;
  root.append(style, el);
  const given = { description, weights, tables: "" };
  render({ model: { get: (name) => given[name] }, el });
  if (cell !== null) {
    const unit = root.querySelector('[data-el="unit"]');
    unit.value = cell;
    for (const name of ["input", "change"]) unit.dispatchEvent(new Event(name));
  }
}

function follow(host) {
  host.dataset.theme = document.documentElement.dataset.theme || "light";
}

const hosts = document.querySelectorAll(".playground[data-network]");
const near = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      show(target);
    }
  },
  { rootMargin: "600px" },
);
for (const host of hosts) {
  follow(host);
  const { ask } = host.dataset;
  if (!ask) {
    near.observe(host);
    continue;
  }
  const button = document.createElement("button");
  button.textContent = `Open the playground (${ask})`;
  button.addEventListener("click", () => show(host), { once: true });
  host.replaceChildren(button);
}
new MutationObserver(() => {
  hosts.forEach(follow);
  window.dispatchEvent(new Event("hashchange")); // which has them drawn anew
}).observe(document.documentElement, { attributeFilter: ["data-theme"] });
})();
