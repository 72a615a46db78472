"""The fast validator and the reference one agree on every document, and ours finds an error exactly where they refuse.

``jsonschema`` is the reference implementation for Python; ``jsonschema-rs`` is what a run uses. One difference is known
and wanted: where an error hangs on a value that is only known later, the document counts as valid for us.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from kubelint.schema import Schema
from kubelint.source import SourceFile
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Mapping, Node, Scalar
from kubelint.tree.yaml import read_yaml
from kubelint_schemas import crds, istio, kubernetes

FIXTURES = Path(__file__).parent.parent / "fixtures"
WORDS = ("true", "yes", "010", "1.0", "-1", "1e3", "~", "''", "'1'", "[]", "{}", "text", "2147483648", "0.5", "nul")


def schema_of(root: Node) -> dict[str, Any] | None:
    api_version, kind = root.text_at("apiVersion") or "", root.text_at("kind") or ""
    newest = kubernetes.versions()[-1]
    return (
        kubernetes.schema(newest, api_version, kind)
        or istio.schema(api_version, kind)
        or crds.schema(api_version, kind)
    )


class Both:
    """Both validators, compiled once for each schema."""

    def __init__(self) -> None:
        self._compiled: dict[int, tuple[Schema, Draft202012Validator]] = {}
        self.compared = self.refused = 0

    def compare(self, text: str) -> None:
        """Assert that both say the same of each document of a text."""
        for document in read_yaml(SourceFile("object.yaml", text)).documents:
            schema = None if document.root is None else schema_of(document.root)
            if schema is None or document.root is None:
                continue
            if id(schema) not in self._compiled:
                self._compiled[id(schema)] = Schema(schema), Draft202012Validator(schema)
            ours, reference = self._compiled[id(schema)]
            data = document.root.data(GO_YAML_V2)
            errors = ours.errors(document.root, GO_YAML_V2)
            verdict = reference.is_valid(data)
            self.compared += 1
            self.refused += not verdict
            if errors:
                assert not verdict, (errors, text)
            elif not verdict:
                # Known differences: templates, and alternatives that a default of the API server tells apart.
                defaulted = all(error.validator == "oneOf" for error in reference.iter_errors(data))
                assert defaulted or any(node.opaque for node in scalars(document.root)), text


def scalars(root: Node) -> Iterator[Scalar]:
    for node in root.walk():
        if isinstance(node, Scalar):
            yield node


def texts() -> list[str]:
    return [
        path.read_bytes().decode(errors="replace")
        for system in ("istio", "kubernetes", "kustomize")
        for path in sorted((FIXTURES / system).glob("*/*/**/*.yaml"))
    ]


def mutated(text: str, chosen: random.Random) -> str:
    """Return the text with one value, key or entry changed."""
    documents = [document.root for document in read_yaml(SourceFile("f.yaml", text)).documents]
    roots = [root for root in documents if isinstance(root, Mapping)]
    if not roots:
        return text
    nodes = [node for node in chosen.choice(roots).walk() if isinstance(node, Scalar)]
    node = chosen.choice(nodes)
    new = chosen.choice((*WORDS, node.text + "x", node.text[:-1] or "x"))
    return text[: node.start] + new + text[node.end :]


def test_both_validators_agree_on_fixtures_and_mutated_ones() -> None:
    both = Both()
    chosen = random.Random(8)
    for text in texts():
        both.compare(text)
        if chosen.random() < 0.4:
            both.compare(mutated(text, chosen))
    assert both.compared > 1_000
    assert both.refused > 150
