// Mathematics, by the KaTeX that comes with the site.
for (const el of document.querySelectorAll(".math")) {
  const display = el.tagName === "DIV";
  window.katex.render(el.textContent, el, { displayMode: display, strict: false });
  if (!display) together(el);
}

// What is wider than its place can be moved by the keyboard, too.
function reachable() {
  for (const el of document.querySelectorAll("div.math, .cell_output:has(> img.wide)")) {
    if (el.scrollWidth > el.clientWidth) el.tabIndex = 0;
    else el.removeAttribute("tabindex");
  }
}
document.fonts.ready.then(reachable);
window.addEventListener("resize", reachable);

// A page in a file may not read another one, to show where in it a word was found.
if (window.location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

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
