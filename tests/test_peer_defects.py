"""Ten mistakes that other linters make with references and values, and what a user of this one sees instead.

Each case is a fixture of a rule. Where others report what is right, nothing is reported; where they pass what is wrong,
the finding stands at the very value.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from kubelint.check import check
from kubelint.config import Settings

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures" / "kubernetes"


class Case(NamedTuple):
    """A fixture, and what is found there: (path, text under the caret, words of the headline or the label)."""

    tree: str
    found: tuple[tuple[str, str, str], ...]


CASES = {
    "objects that belong together may lie in different folders": Case("service-selects-nothing/good-folders", ()),
    "a selector is met by one pod, not by the labels of two": Case(
        "service-selects-nothing/bad/halves", (("web.yaml", "back", "no pod has this together with the other labels"),)
    ),
    "a selector means pods of its own namespace": Case(
        "service-selects-nothing/bad/namespaces",
        (("ledger.yaml", "ledger", "the pods with these labels are in another namespace"),),
    ),
    "a port without name is not found by any number": Case(
        "service-port-not-found/bad/unnamed",
        (
            ("wrong-number.yaml", "8080", "Service `docs` has no port `8080`"),
            ("ingress.yaml", "http", "Service `docs` has no port `http`"),
        ),
    ),
    "two named ports are two ports": Case("identical-probes/good-named-ports", ()),
    "the port of a registry is no tag": Case(
        "floating-image-tag/bad",
        (
            ("web.yaml", "registry.example.com:5000/shop/web", "no tag"),
            ("web.yaml", "redis:latest", "latest"),
            ("web.yaml", "registry.example.com:5000/shop/search:latest", "latest"),
        ),
    ),
    "an image from a registry with a port may have a tag": Case("floating-image-tag/good-registry-port", ()),
    "every rule of a role counts, and groups count too": Case(
        "wildcard-in-role/bad",
        (
            ("rbac.yaml", '"*"', "Role `deployer` allows every verb"),
            ("rbac.yaml", '"*"', "ClusterRole `operator` allows everything"),
            ("rbac.yaml", '"*"', "ClusterRole `operator` allows every API group"),
            ("rbac.yaml", '"*"', "ClusterRole `operator` allows every path"),
        ),
    ),
    "a policy without rules isolates what it selects": Case("pod-not-isolated/good-default-deny", ()),
    "a broken document hides no other": Case("service-selects-nothing/good-broken-neighbour", ()),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_what_others_get_wrong(case: Case) -> None:
    rule = f"kubernetes/{case.tree.partition('/')[0]}"
    report = check(FIXTURES / case.tree, Settings(extend_select=(rule,)))
    seen = [
        (finding.span.file.path, finding.span.text, f"{finding.headline}: {finding.primary.text}")
        for finding in report.findings
        if finding.rule == rule
    ]
    for path, text, words in case.found:
        assert any(at == path and under == text and words in said for at, under, said in seen), (words, seen)
    assert len(seen) == len(case.found), seen
