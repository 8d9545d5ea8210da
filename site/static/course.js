// Mathematics, by the KaTeX that comes with the site.
for (const el of document.querySelectorAll(".math")) {
  const display = el.tagName === "DIV";
  window.katex.render(el.textContent, el, { displayMode: display, strict: false });
  if (!display) together(el);
}

// A bracket before a symbol and a mark behind it stay on its line.
function together(el) {
  const before = el.previousSibling?.nodeType === Node.TEXT_NODE && el.previousSibling.data.match(/[([“]+$/);
  const behind = el.nextSibling?.nodeType === Node.TEXT_NODE && el.nextSibling.data.match(/^[)\].,;:?”]+/);
  if (!before && !behind) return;
  const span = document.createElement("span");
  span.className = "nowrap";
  el.replaceWith(span);
  span.append(before ? before[0] : "", el, behind ? behind[0] : "");
  if (before) span.previousSibling.data = span.previousSibling.data.slice(0, -before[0].length);
  if (behind) span.nextSibling.data = span.nextSibling.data.slice(behind[0].length);
}
