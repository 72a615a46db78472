"use strict";
(function () {
  const articles = [...document.querySelectorAll("article")];
  const texts = new Map(articles.map((article) => [article, article.textContent.toLowerCase()]));
  const search = document.getElementById("search");
  const severities = [...document.querySelectorAll("input[name=severity]")];
  const chosen = {};
  function apply() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const shown = new Set(severities.filter((box) => box.checked).map((box) => box.value));
    for (const article of articles) {
      const fits =
        shown.has(article.dataset.severity) &&
        Object.entries(chosen).every(([by, value]) => value === null || article.dataset[by].split("\n").includes(value)) &&
        words.every((word) => texts.get(article).includes(word));
      article.hidden = !fits;
    }
  }
  if (!search) return;
  search.addEventListener("input", apply);
  for (const box of severities) box.addEventListener("change", apply);
  for (const list of document.querySelectorAll(".choice")) {
    list.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      const pressed = button.getAttribute("aria-pressed") === "true";
      for (const other of list.querySelectorAll("button")) other.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", String(!pressed));
      chosen[list.dataset.by] = pressed ? null : button.dataset.value;
      apply();
    });
  }
})();
