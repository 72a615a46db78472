"""One page that stands alone: the graph to zoom into, search and filter, with the findings and places of each node.

The page loads nothing: Cytoscape.js (MIT) is part of it, and its policy forbids every request. What comes from the
repository is data in a JSON block that no name can end, and reaches the page as text only.
"""

from __future__ import annotations

import json
from collections import Counter
from html import escape as html_escape
from importlib import resources

from kubelint.report.picture.json_ import plain
from kubelint.report.picture.layout import HEIGHT, WIDTH, arrange
from kubelint.report.picture.model import Picture
from kubelint.report.terminal import escape, plural

_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} | kubelint graph</title>
<style>{style}</style>
</head>
<body>
<header><h1>{title}</h1><span class="counts">{counts}</span>
<div class="tools"><button id="fit" type="button">Show all</button></div></header>
<aside id="side">
<input id="search" type="search" placeholder="Search, for example service web" aria-label="Search" autocomplete="off">
<ul id="results"></ul>
<label><input type="checkbox" id="only"> only with findings <span class="count">{found}</span></label>
<h2>Systems</h2><div id="systems"></div>
<h2>Kinds</h2><div id="kinds"></div>
</aside>
<main id="graph" aria-label="Graph"></main>
<aside id="detail"><p class="faint">Choose a node to see what it refers to, who refers to it, and what is wrong with it.
Press / to search.</p></aside>
<script type="application/json" id="data">{data}</script>
<script>{library}</script>
<script>{script}</script>
</body>
</html>
"""


def draw(picture: Picture) -> str:
    """Return the page."""
    layout = arrange(picture)
    data = plain(picture)
    for node in data["nodes"]:
        box = layout.nodes[node["id"]]
        node |= {"x": round(box.x + WIDTH / 2), "y": round(box.y + HEIGHT / 2)}
    severities = Counter(node.worst for node in picture.nodes if node.worst)
    nodes = [node for node in picture.nodes if node.state == "here"]
    counts = f"{plural(len(nodes), 'resource')}, {plural(len(picture.edges), 'reference')}"
    assets = resources.files("kubelint.report.picture") / "assets"
    return _PAGE.format(
        policy=_POLICY,
        title=html_escape(escape(picture.title)),
        counts=counts,
        found=sum(severities.values()),
        data=embedded(data),
        style=(assets / "graph.css").read_text(encoding="utf-8"),
        library=(assets / "cytoscape.min.js").read_text(encoding="utf-8"),
        script=(assets / "graph.js").read_text(encoding="utf-8"),
    )


def embedded(data: object) -> str:
    """Return JSON that cannot end the script element it stands in."""
    return json.dumps(data, separators=(",", ":")).replace("<", "\\u003c").replace(">", "\\u003e")
