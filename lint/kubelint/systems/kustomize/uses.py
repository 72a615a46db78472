"""Which entries of a kustomization name files and folders.

Source: kustomize, the kustomization reference, field by field.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.systems.kustomize.model import Kustomization, Use, Want
from kubelint.tree.node import Node, Scalar

#: Lists of paths.
_LISTS = {
    "resources": Want.RESOURCE,
    "bases": Want.RESOURCE,
    "components": Want.FOLDER,
    "patchesStrategicMerge": Want.FILE_OR_TEXT,
    "configurations": Want.FILE,
    "crds": Want.FILE,
    "generators": Want.PLUGIN,
    "transformers": Want.PLUGIN,
    "validators": Want.PLUGIN,
}
INCLUDING = ("resources", "bases", "components")
PLUGINS = ("generators", "transformers", "validators")
PATCHES = ("patchesStrategicMerge", "patches[].path", "patchesJson6902[].path")
GENERATORS = ("configMapGenerator", "secretGenerator")


def collect(kustomization: Kustomization) -> Iterator[Use]:
    """Yield the uses of a kustomization in the order in which kustomize looks at the fields."""
    root = kustomization.root
    for name, want in _LISTS.items():
        for node in root.items_at(name):
            if isinstance(node, Scalar):
                yield _use(name, node, want)
    for name in ("patches", "patchesJson6902"):
        for entry in root.items_at(name):
            # A bare path is a mistake of its own, yet it says which file is a patch.
            path = entry if isinstance(entry, Scalar) else entry.at("path")
            if isinstance(path, Scalar) and path.text:
                yield _use(f"{name}[].path", path, Want.FILE)
    for name in GENERATORS:
        for entry in root.items_at(name):
            yield from _sources(name, entry)
    for entry in root.items_at("replacements"):
        yield from _single("replacements[].path", entry.scalar("path"))
    yield from _single("openapi.path", root.scalar("openapi", "path"))
    for entry in root.items_at("helmCharts"):
        yield from _single("helmCharts[].valuesFile", entry.scalar("valuesFile"))
        for node in entry.items_at("additionalValuesFiles"):
            if isinstance(node, Scalar):
                yield _use("helmCharts[].additionalValuesFiles", node, Want.FILE)
    for entry in root.items_at("helmChartInflationGenerator"):
        yield from _single("helmChartInflationGenerator[].values", entry.scalar("values"))


def _sources(name: str, entry: Node) -> Iterator[Use]:
    private = name == "secretGenerator"
    for node in entry.items_at("files"):
        if isinstance(node, Scalar):
            start = node.text.find("=") + 1
            if "=" not in node.text[start:]:
                yield Use(f"{name}[].files", node, node.text[start:], Want.FILE, start, private)
    for source in (*entry.items_at("envs"), entry.scalar("env")):
        if isinstance(source, Scalar):
            yield Use(f"{name}[].envs", source, source.text, Want.FILE, 0, private)


def _single(name: str, node: Scalar | None) -> Iterator[Use]:
    if node is not None and node.text:
        yield _use(name, node, Want.FILE)


def _use(name: str, node: Scalar, want: Want) -> Use:
    return Use(name, node, "" if node.is_null else node.text, want)
