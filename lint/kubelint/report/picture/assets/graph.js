"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const dark = matchMedia("(prefers-color-scheme: dark)").matches;
  const colors = dark
    ? { text: "#e6edf3", faint: "#9fb3bf", line: "#57606a", node: "#161b22", unit: "#10151c", error: "#ff7b72", warning: "#d29922", info: "#58a6ff" }
    : { text: "#1c2b33", faint: "#607d8b", line: "#90a4ae", node: "#ffffff", unit: "#f6f8fa", error: "#c62828", warning: "#b26a00", info: "#1565c0" };
  const byId = new Map(data.nodes.map((node) => [node.id, node]));
  const unitNames = new Map(data.units.map((unit) => [unit.id, unit.name]));

  function short(text) {
    return text.length > 28 ? text.slice(0, 27) + "…" : text;
  }

  const elements = [];
  for (const unit of data.units) elements.push({ data: { id: "unit:" + unit.id, label: unit.name }, classes: "unit" });
  for (const node of data.nodes) {
    elements.push({
      data: { id: node.id, parent: "unit:" + node.unit, label: short(node.kind.split(".")[0]) + "\n" + short(node.name) },
      position: { x: node.x, y: node.y },
      classes: ["entity", node.worst, node.state].join(" "),
    });
  }
  data.edges.forEach((edge, index) =>
    elements.push({
      data: { id: "e" + index, source: edge.source, target: edge.target, label: edge.kind },
      classes: edge.state,
    }),
  );

  const cy = cytoscape({
    container: document.getElementById("graph"),
    elements,
    layout: { name: "preset" },
    minZoom: 0.02,
    maxZoom: 3,
    wheelSensitivity: 0.3,
    hideEdgesOnViewport: data.edges.length > 2000,
    textureOnViewport: data.nodes.length > 800,
    style: [
      { selector: ".unit", style: { "background-color": colors.unit, "border-color": colors.line, "border-width": 1, shape: "round-rectangle", label: "data(label)", color: colors.text, "font-size": 16, "font-weight": 600, "text-valign": "top", "text-margin-y": -4, padding: 20, "min-zoomed-font-size": 5 } },
      { selector: ".entity", style: { shape: "round-rectangle", width: 190, height: 44, "background-color": colors.node, "border-color": colors.line, "border-width": 1, label: "data(label)", color: colors.text, "font-size": 12, "text-valign": "center", "text-wrap": "wrap", "text-max-width": 186, "min-zoomed-font-size": 6 } },
      { selector: ".error", style: { "border-color": colors.error, "border-width": 3 } },
      { selector: ".warning", style: { "border-color": colors.warning, "border-width": 3 } },
      { selector: ".info", style: { "border-color": colors.info, "border-width": 2 } },
      { selector: ".missing", style: { "border-color": colors.error, "border-style": "dashed", "border-width": 2 } },
      { selector: ".outside", style: { "border-style": "dashed", color: colors.faint } },
      { selector: "edge", style: { width: 1.2, "curve-style": "bezier", "line-color": colors.line, "target-arrow-color": colors.line, "target-arrow-shape": "triangle", "arrow-scale": 0.8 } },
      { selector: "edge.near-miss, edge.missing", style: { "line-color": colors.error, "target-arrow-color": colors.error, "line-style": "dashed" } },
      { selector: "edge.unknown", style: { "line-style": "dashed" } },
      { selector: "edge.lit", style: { width: 2.5, label: "data(label)", "font-size": 11, color: colors.text, "text-background-color": colors.unit, "text-background-opacity": 1, "text-background-padding": 2, "min-zoomed-font-size": 6, "line-color": colors.info, "target-arrow-color": colors.info } },
      { selector: ".dim", style: { opacity: 0.15 } },
      { selector: ".chosen", style: { "border-width": 4, "border-color": colors.info } },
      { selector: ".hidden", style: { display: "none" } },
    ],
  });

  // -- filters ---------------------------------------------------------------------------------------------------
  const off = { system: new Set(), kind: new Set(), only: false };
  function visible(node) {
    return !off.system.has(node.system) && !off.kind.has(node.kind) && !(off.only && !node.issues.length && node.state !== "missing") && !(node.state === "outside" && off.kind.has("(outside)"));
  }
  function filter() {
    cy.batch(() => {
      for (const node of data.nodes) cy.getElementById(node.id).toggleClass("hidden", !visible(node));
      for (const unit of data.units) {
        const box = cy.getElementById("unit:" + unit.id);
        box.toggleClass("hidden", box.children().every((child) => child.hasClass("hidden")));
      }
    });
  }
  function boxes(target, values, set) {
    const counts = new Map();
    for (const value of values) counts.set(value, (counts.get(value) || 0) + 1);
    for (const [value, count] of [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))) {
      const label = element("label");
      const box = element("input", { type: "checkbox", checked: true, value });
      box.addEventListener("change", () => {
        box.checked ? set.delete(value) : set.add(value);
        filter();
      });
      label.append(box, element("span", { className: "name", textContent: value, title: value }), element("span", { className: "count", textContent: count }));
      target.append(label);
    }
  }
  boxes(document.getElementById("systems"), data.nodes.map((node) => node.system), off.system);
  boxes(document.getElementById("kinds"), [...data.nodes.map((node) => node.kind), ...data.nodes.filter((node) => node.state === "outside").map(() => "(outside)")], off.kind);
  document.getElementById("only").addEventListener("change", (event) => {
    off.only = event.target.checked;
    filter();
  });

  // -- search ----------------------------------------------------------------------------------------------------
  const search = document.getElementById("search");
  const results = document.getElementById("results");
  search.addEventListener("input", () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = words.length
      ? data.nodes.filter((node) => {
          const text = [node.kind, node.namespace, node.name].join("/").toLowerCase() + " " + (node.place ? node.place.path : node.state);
          return words.every((word) => text.includes(word));
        })
      : [];
    results.replaceChildren(
      ...found.slice(0, 50).map((node) => {
        const item = element("li");
        const button = element("button", { textContent: node.kind + "/" + node.name });
        button.append(element("div", { className: "place", textContent: shown(node) }));
        button.addEventListener("click", () => choose(node.id, true));
        item.append(button);
        return item;
      }),
    );
    if (found.length > 50) results.append(element("li", { className: "faint", textContent: found.length - 50 + " more" }));
  });
  search.addEventListener("keydown", (event) => {
    const first = results.querySelector("button");
    if (event.key === "Enter" && first) first.click();
  });

  // -- details ---------------------------------------------------------------------------------------------------
  const detail = document.getElementById("detail");
  function choose(id, move) {
    const node = byId.get(id);
    if (!node) return;
    const own = cy.getElementById(id);
    own.removeClass("hidden");
    own.parent().removeClass("hidden");
    const near = own.closedNeighborhood();
    cy.batch(() => {
      cy.elements().removeClass("dim lit chosen");
      cy.elements(".entity, edge").not(near).addClass("dim");
      near.edges().addClass("lit");
      own.addClass("chosen");
    });
    if (move) show(near, 80);
    detail.replaceChildren(
      element("h3", { textContent: node.name }),
      element("div", { textContent: node.kind + (node.namespace ? " in " + node.namespace : "") + " · " + node.system }),
      element("div", { className: "place", textContent: shown(node) }),
      element("div", { className: "faint", textContent: unitNames.get(node.unit) || "" }),
      ...section("Findings", node.issues.map(issue)),
      ...section("Refers to", data.edges.filter((edge) => edge.source === id).map((edge) => reference(edge, edge.target))),
      ...section("Referred to by", data.edges.filter((edge) => edge.target === id).map((edge) => reference(edge, edge.source))),
    );
    detail.scrollTop = 0;
    history.replaceState(null, "", "#" + encodeURIComponent(id));
  }
  // Who asked the system for less motion is taken there at once.
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  function show(eles, padding) {
    cy.stop(true);
    if (still.matches) cy.fit(eles, padding);
    else cy.animate({ fit: { eles, padding }, duration: 200 });
  }
  function section(title, items) {
    if (!items.length) return [];
    const list = element("ul", { className: "plain" });
    list.append(...items);
    return [element("h2", { textContent: title + " (" + items.length + ")" }), list];
  }
  function reference(edge, other) {
    const node = byId.get(other);
    const item = element("li");
    const link = element("a", { textContent: node.kind + "/" + node.name, href: "#" + encodeURIComponent(other) });
    link.addEventListener("click", (event) => {
      event.preventDefault();
      choose(other, true);
    });
    const state = edge.state === "resolved" ? "" : " — " + edge.state;
    item.append(element("span", { className: "faint", textContent: edge.kind + " " }), link, element("span", { className: "faint", textContent: (edge.names.length ? " (" + edge.names.join(", ") + ")" : "") + state }));
    for (const place of edge.places) item.append(element("div", { className: "place", textContent: at(place) }));
    return item;
  }
  function issue(found) {
    const item = element("li", { className: "finding " + found.severity });
    item.append(
      element("div", { textContent: found.text }),
      element("div", { className: "place", textContent: at(found.place) + " · " + found.rule }),
    );
    if (found.help) item.append(element("div", { className: "faint", textContent: found.help }));
    return item;
  }
  function shown(node) {
    return node.place ? at(node.place) : node.state === "missing" ? "does not exist" : "may lie outside of the repository";
  }
  function at(place) {
    return place.path + ":" + place.line + ":" + place.column;
  }
  function element(name, properties) {
    return Object.assign(document.createElement(name), properties || {});
  }
  cy.on("tap", ".entity", (event) => choose(event.target.id(), false));
  cy.on("tap", (event) => {
    if (event.target === cy) cy.elements().removeClass("dim lit chosen");
  });
  document.getElementById("fit").addEventListener("click", () => show(undefined, 20));
  addEventListener("keydown", (event) => {
    if (event.key === "/" && event.target === document.body) {
      event.preventDefault();
      search.focus();
    }
  });
  cy.fit(undefined, 20);
  choose(decodeURIComponent(location.hash.slice(1)), true);
  window.kubelint = { cy, choose };
})();
