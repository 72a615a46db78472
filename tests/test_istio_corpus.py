"""Istio's own samples, a shop that uses Istio, and the examples of a guide: what is wrong in them, and nothing else."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from kubelint.check import check
from kubelint.finding import Finding, Severity

SHARED = Path(os.environ.get("KUBELINT_SHARED", Path(__file__).resolve().parent.parent.parent / "shared"))
SAMPLES = SHARED / "corpus" / "istio" / "samples"
BOUTIQUE = SHARED / "corpus" / "microservices-demo" / "istio-manifests"
GUIDE = SHARED / "reference" / "cloud-native-guide.md"
EXAMPLE = re.compile(r"^( *)```(yaml|diff)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)


def serious(findings: list[Finding]) -> set[tuple[str, str]]:
    return {
        (f"{finding.span.file.path}:{finding.span.line}", finding.rule)
        for finding in findings
        if finding.rule.startswith("istio/") and finding.severity >= Severity.WARNING
    }


@pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"Istio's samples are not at {SAMPLES}")
def test_in_the_samples_one_route_is_never_reached() -> None:
    found = serious(check(SAMPLES).findings)
    assert found == {("bookinfo/networking/fault-injection-details-v1.yaml:18", "istio/unreachable-route")}


@pytest.mark.skipif(not BOUTIQUE.is_dir(), reason=f"the manifests are not at {BOUTIQUE}")
def test_the_boutique_is_silent() -> None:
    assert serious(check(BOUTIQUE).findings) == set()


@pytest.mark.skipif(not GUIDE.is_file(), reason=f"the guide is not at {GUIDE}")
def test_in_the_guide_only_the_delay_forgets_everybody_else(tmp_path: Path) -> None:
    text = GUIDE.read_text(encoding="utf-8").replace("\r\n", "\n")
    examples = [
        "\n".join(f" {line[1:]}" if kind == "diff" and line.startswith("+") else line for line in body.split("\n"))
        for _, kind, body in EXAMPLE.findall(text)
        if "istio.io" in body and "kind:" in body
    ]
    assert len(examples) > 4
    found = []
    for number, example in enumerate(examples):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "example.yaml").write_text(example, encoding="utf-8")
        found += [(finding.rule, "fixedDelay" in example) for finding in check(folder).findings]
    assert found == [("istio/no-default-route", True)]
