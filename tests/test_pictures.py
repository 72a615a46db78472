"""`kubelint graph` and the HTML report: what is drawn, and in a real browser what a reader does with it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest

from kubelint.check import Report, check
from kubelint.report import render
from kubelint.report.picture import FORMATS, draw
from kubelint.report.picture.layout import arrange
from kubelint.report.picture.model import Picture, picture

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

SHOP = Path(__file__).parent.parent / "fixtures" / "repositories" / "shop"
HOSTILE = """\
apiVersion: v1
kind: Service
metadata:
  name: "</script><img src=x onerror=alert(1)>"
  namespace: '"]; } digraph { "x'
spec:
  selector:
    app: "`|${alert(1)}"
  ports:
  - port: "<b>80</b>"
"""


@pytest.fixture(scope="module")
def shop() -> Report:
    return check(SHOP)


@pytest.fixture(scope="module")
def drawn(shop: Report) -> Picture:
    return picture(shop)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Report:
    root = tmp_path_factory.mktemp("hostile")
    (root / "a<b>&'\".yaml").write_text(HOSTILE, encoding="utf-8")
    (root / "web.yaml").write_text(HOSTILE.replace("Service", "Servce"), encoding="utf-8")
    return check(root)


def node(drawn: Picture, kind: str, name: str, state: str = "here") -> str:
    (found,) = [n.id for n in drawn.nodes if (n.kind, n.name, n.state) == (kind, name, state)]
    return found


def test_references_lead_from_resource_to_resource(drawn: Picture) -> None:
    edges = {(edge.source, edge.target, edge.kind, edge.state) for edge in drawn.edges}
    scaler, storefront = node(drawn, "HorizontalPodAutoscaler", "storefront"), node(drawn, "Deployment", "storefront")
    assert (scaler, storefront, "scales", "resolved") in edges
    service = node(drawn, "Service", "storefront")
    missing = node(drawn, "pods", "app=storefrnt", "missing")
    assert (service, missing, "selects", "near-miss") in edges


def test_findings_are_on_their_nodes(drawn: Picture) -> None:
    by_id = {n.id: n for n in drawn.nodes}
    service = by_id[node(drawn, "Service", "storefront")]
    assert service.worst == "error"
    assert [issue.rule for issue in service.issues] == ["kubernetes/service-selects-nothing"]
    assert by_id[node(drawn, "Service", "reviews")].issues == []
    assert sum(len(n.issues) for n in drawn.nodes) == 8, "each finding of the example is on one node"


def test_around_keeps_what_is_near(drawn: Picture) -> None:
    near = drawn.around([node(drawn, "HorizontalPodAutoscaler", "storefront")], 1)
    assert {(n.kind, n.name) for n in near.nodes} == {
        ("HorizontalPodAutoscaler", "storefront"),
        ("Deployment", "storefront"),
    }
    further = drawn.around([node(drawn, "HorizontalPodAutoscaler", "storefront")], 2)
    assert ("ConfigMap", "storefront-config") in {(n.kind, n.name) for n in further.nodes}


def test_nothing_overlaps(drawn: Picture) -> None:
    layout = arrange(drawn)
    boxes = list(layout.nodes.values())
    for index, one in enumerate(boxes):
        for other in boxes[index + 1 :]:
            apart = one.x + one.width <= other.x or other.x + other.width <= one.x
            assert apart or one.y + one.height <= other.y or other.y + other.height <= one.y
    for n in drawn.nodes:
        box, unit = layout.nodes[n.id], layout.units[n.unit]
        assert unit.x < box.x
        assert unit.y < box.y
        assert box.x + box.width < unit.x + unit.width
        assert box.y + box.height < unit.y + unit.height


def test_the_picture_is_the_same_each_time(shop: Report) -> None:
    for name in FORMATS:
        assert draw(name, picture(shop)) == draw(name, picture(check(SHOP)))


def test_svg_is_svg(drawn: Picture, hostile: Report) -> None:
    for chosen in (drawn, picture(hostile)):
        root = ET.fromstring(draw("svg", chosen))  # noqa: S314 - of our own making
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
        assert not list(root.iter("{http://www.w3.org/2000/svg}img"))


def test_json_names_every_end(drawn: Picture) -> None:
    data = json.loads(draw("json", drawn))
    ids = {n["id"] for n in data["nodes"]}
    assert all(edge["source"] in ids and edge["target"] in ids for edge in data["edges"])
    assert {n["unit"] for n in data["nodes"]} == {unit["id"] for unit in data["units"]}


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_reads_dot(drawn: Picture, hostile: Report) -> None:
    for chosen in (drawn, picture(hostile)):
        subprocess.run(["dot", "-Tsvg"], input=draw("dot", chosen), text=True, check=True, capture_output=True)


def test_mermaid_holds_nothing_of_its_own_in_names(hostile: Report) -> None:
    text = draw("mermaid", picture(hostile))
    assert "<img" not in text
    assert "`" not in text
    assert "Service<br/>#60;/script#62;#60;img src#61;x onerror#61;alert#40;1#41;#62;" in text


def test_the_command_writes_and_refuses(tmp_path: Path) -> None:
    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "kubelint", "graph", "--root", str(SHOP), *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, encoding="utf-8")

    assert run().returncode == 0
    assert (tmp_path / "kubelint-graph.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert run("--format", "dot", "--around", "Service/reviews").stdout.startswith('digraph "shop"')
    refused = run("--around", "Service/reveiws")
    assert refused.returncode == 2
    assert "did you mean `Service/reviews`?" in refused.stderr


# -- in a browser ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("Chromium is not installed")
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield launched
        launched.close()


def opened(browser: Browser, path: Path, text: str) -> tuple[Page, list[str]]:
    """Open a page; the list gets every error of its console and every request that leaves it."""
    path.write_text(text, encoding="utf-8")
    # Without motion: a click must not meet a picture that still moves.
    page = browser.new_page(reduced_motion="reduce")
    troubles: list[str] = []

    def requested(request: Any) -> None:
        if request.url != path.as_uri():
            troubles.append(request.url)

    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: troubles.append(dialog.message))
    page.on("request", requested)
    page.goto(path.as_uri())
    return page, troubles


def test_a_search_finds_a_service_and_a_click_who_refers_to_it(
    browser: Browser, drawn: Picture, tmp_path: Path
) -> None:
    page, troubles = opened(browser, tmp_path / "graph.html", draw("html", drawn))
    page.fill("#search", "service reviews")
    first = page.locator("#results button").first
    assert first.inner_text().startswith("Service/reviews")
    first.click()
    detail = page.locator("#detail")
    assert detail.locator("h3").inner_text() == "reviews"
    referring = detail.locator("h2", has_text="Referred to by").locator("xpath=following-sibling::ul[1]").inner_text()
    assert "VirtualService/reviews" in referring
    assert "mesh/reviews.yaml:" in referring
    # Onwards along a reference, by a click on the canvas, and back to all.
    detail.locator("a", has_text="VirtualService/reviews").first.click()
    assert detail.locator("h3").inner_text() == "reviews"
    assert "no DestinationRule defines subset" in detail.inner_text()
    place = page.evaluate(
        "() => { const n = kubelint.cy.nodes('.entity').filter((n) => n.data('label').startsWith('HorizontalPod'))[0];"
        " kubelint.cy.fit(n, 200); const p = n.renderedPosition();"
        " const box = document.getElementById('graph').getBoundingClientRect();"
        " return [box.x + p.x, box.y + p.y]; }"
    )
    page.mouse.click(*place)
    assert "requests no cpu" in detail.inner_text()
    assert troubles == []


def test_filters_hide_and_show(browser: Browser, drawn: Picture, tmp_path: Path) -> None:
    page, troubles = opened(browser, tmp_path / "graph.html", draw("html", drawn))
    shown = "() => kubelint.cy.nodes('.entity').not('.hidden').length"
    everything = page.evaluate(shown)
    assert everything == len(drawn.nodes)
    page.locator("#systems label", has_text="kustomize").locator("input").uncheck()
    assert page.evaluate(shown) == everything - 3
    page.check("#only")
    with_issues = sum(1 for n in drawn.nodes if n.issues or n.state == "missing")
    assert page.evaluate(shown) == with_issues
    assert troubles == []


def test_hostile_names_stay_text(browser: Browser, hostile: Report, tmp_path: Path) -> None:
    drawn = picture(hostile)
    page, troubles = opened(browser, tmp_path / "graph.html", draw("html", drawn))
    page.fill("#search", "onerror")
    page.locator("#results button").first.click()
    assert page.locator("#detail h3").inner_text() == "</script><img src=x onerror=alert(1)>"
    assert page.locator("img").count() == 0
    assert troubles == []
    report, troubles = opened(browser, tmp_path / "report.html", render("html", hostile))
    assert report.locator("article").count() == len(hostile.findings)
    assert report.locator("img, b b, article script").count() == 0
    assert troubles == []


def test_two_thousand_entities_can_be_looked_at(browser: Browser, tmp_path: Path) -> None:
    root = tmp_path / "many"
    for number in range(40):
        folder = root / f"team-{number}"
        folder.mkdir(parents=True)
        documents = [
            manifest.replace("NAME", f"app-{number}-{name}") for name in range(17) for manifest in MANIFESTS.values()
        ]
        (folder / "all.yaml").write_text("---\n".join(documents), encoding="utf-8")
    drawn = picture(check(root))
    assert len(drawn.nodes) >= 2000
    page, troubles = opened(browser, tmp_path / "graph.html", draw("html", drawn))
    page.fill("#search", "service app-39-16")
    page.locator("#results button").first.click()
    assert "Deployment/app-39-16" in page.locator("#detail").inner_text()
    assert troubles == []


def test_the_report_page_filters_by_rule_file_and_words(browser: Browser, shop: Report, tmp_path: Path) -> None:
    page, troubles = opened(browser, tmp_path / "report.html", render("html", shop))
    shown = page.locator("article:visible")
    assert shown.count() == 8
    page.locator("[data-by=file] button", has_text="mesh/reviews.yaml").click()
    assert shown.count() == 2
    page.locator("[data-by=file] button", has_text="mesh/reviews.yaml").click()
    page.locator("label.warning input").uncheck()
    assert shown.count() == 6
    page.fill("#search", "selects no pod")
    assert shown.count() == 1
    frame = shown.inner_text()
    assert "app: storefrnt" in frame
    assert "write app: storefront" in frame.replace("\u00a0", " ")
    page.fill("#search", "requests no cpu")
    assert shown.locator("svg.picture").count() == 1, "a finding over two files has a picture"
    assert troubles == []


MANIFESTS = {
    "deployment": """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: NAME
spec:
  selector: {matchLabels: {app: NAME}}
  template:
    metadata: {labels: {app: NAME}}
    spec:
      containers:
      - name: app
        image: registry.example.com/NAME:1
        envFrom: [{configMapRef: {name: NAME}}]
""",
    "service": """\
apiVersion: v1
kind: Service
metadata: {name: NAME}
spec:
  selector: {app: NAME}
  ports: [{port: 80}]
""",
    "settings": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: NAME}\ndata: {MODE: fast}\n",
}
