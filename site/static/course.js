// Mathematics, by the KaTeX that comes with the site.
for (const el of document.querySelectorAll(".math")) {
  const display = el.tagName === "DIV";
  window.katex.render(el.textContent, el, { displayMode: display, strict: false });
}
