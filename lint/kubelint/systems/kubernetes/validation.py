"""Schemas for API objects: which one fits, and what it says.

An object is validated against the version that the configuration targets or that the inventory of the repository's
cluster installs, else against the newest bundled one. Custom resources are validated against the CRDs of the repository
first, then against the schemas of the folders that the configuration names, then against the bundled ones; a kind that
nobody knows is opaque and counted.
"""

from __future__ import annotations

import re
from typing import Any

from kubelint.graph.query import Graph
from kubelint.schema import Schema, SchemaError
from kubelint.systems.kubernetes.configured import configured_schema
from kubelint.systems.kubernetes.model import (
    BUILTIN_GROUPS,
    ConfigurationFile,
    CustomResourceDefinition,
    KubernetesObject,
    group_of,
)
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Node
from kubelint_schemas import crds, istio
from kubelint_schemas import kubernetes as pack
from kubelint_schemas.crds.structural import from_crd
from kubelint_schemas.kubernetes.lifecycle import lifecycles

_VERSION = re.compile(r"v?(\d{1,3})\.(\d{1,4})(?:[.+-].*)?\Z")


def parse_version(text: str) -> tuple[int, int] | None:
    """Return major and minor of a Kubernetes version; None where the text is none."""
    found = _VERSION.match(text)
    return None if found is None else (int(found[1]), int(found[2]))


def target(graph: Graph) -> str:
    """Return the targeted version as the configuration or an inventory gives it; else the newest bundled one."""
    found = graph.target("kubernetes")
    if found is not None and parse_version(found.version) is not None:
        return found.version
    return pack.versions()[-1]


def target_is_set(graph: Graph) -> bool:
    """Tell whether the configuration or an inventory names a Kubernetes version."""
    return graph.target("kubernetes") is not None


def target_place(graph: Graph) -> list[tuple[Node, str]]:
    """Return the value of an inventory that sets the targeted version, with a label; empty where none does."""
    found = graph.target("kubernetes")
    return [] if found is None or found.node is None else [(found.node, "the version that the cluster runs")]


def schema_errors(graph: Graph, item: KubernetesObject) -> list[SchemaError]:
    """Return what the schema of an object's kind says of it; nothing for kinds without schema."""
    found: list[SchemaError] = graph.once(("schema errors", id(item.root)), lambda: _errors(graph, item))
    return found


def schema_document(graph: Graph, item: KubernetesObject) -> dict[str, Any] | None:
    """Return the schema of an object's kind as data; None for kinds without schema."""
    schema = _schema(graph, item)
    return None if schema is None else schema.document


def is_known(graph: Graph, item: KubernetesObject) -> bool:
    """Tell whether a custom resource's kind has a schema: of the repository or a bundled one."""
    wanted = (item.root.text_at("apiVersion") or "", item.kind)
    return wanted in custom_kinds(graph) or configured_schema(graph, *wanted) is not None


def custom_kinds(graph: Graph) -> frozenset[tuple[str, str]]:
    """Return (apiVersion, kind) of all custom resources with a schema."""
    return graph.once("custom kinds", lambda: frozenset({*repository_kinds(graph), *istio.kinds(), *crds.kinds()}))


def _errors(graph: Graph, item: KubernetesObject) -> list[SchemaError]:
    schema = _schema(graph, item)
    return [] if schema is None else [e for e in schema.errors(item.root, GO_YAML_V2) if not _is_foreign(item, e)]


def _is_foreign(item: KubernetesObject, error: SchemaError) -> bool:
    """Tell whether an error is about what SOPS adds to the file, and takes out again before the object is applied."""
    return error.path == ("sops",) and item.root.at("sops", "mac") is not None


def _schema(graph: Graph, item: KubernetesObject) -> Schema | None:
    if isinstance(item, ConfigurationFile):
        return None
    api_version, kind = item.root.text_at("apiVersion"), item.kind
    if not api_version or not kind:
        return None
    schema: Schema | None = graph.once(("schema", api_version, kind), lambda: _load(graph, api_version, kind))
    return schema


def _load(graph: Graph, api_version: str, kind: str) -> Schema | None:
    data: dict[str, Any] | None
    if group_of(api_version) in BUILTIN_GROUPS:
        data = pack.schema(pack.nearest_version(target(graph)), api_version, kind)
    else:
        data = _repository_schema(graph, api_version, kind)
        if data is None:
            data = configured_schema(graph, api_version, kind)
        if data is None:
            data = istio.schema(api_version, kind) or crds.schema(api_version, kind)
    return None if data is None else Schema(data)


def repository_kinds(graph: Graph) -> dict[tuple[str, str], CustomResourceDefinition]:
    """Return the definitions that the repository holds, by the (apiVersion, kind) that they serve."""

    def collect() -> dict[tuple[str, str], CustomResourceDefinition]:
        return {
            (f"{group}/{version}", kind): definition
            for definition in graph.subjects(CustomResourceDefinition)
            if (group := definition.root.text_at("spec", "group")) is not None
            and (kind := definition.root.text_at("spec", "names", "kind")) is not None
            for version in _versions(definition)
        }

    return graph.once("repository kinds", collect)


def _versions(definition: CustomResourceDefinition) -> list[str]:
    names = [version.text_at("name") for version in definition.root.items_at("spec", "versions")]
    names.append(definition.root.text_at("spec", "version"))  # v1beta1
    return [name for name in names if name is not None]


def _repository_schema(graph: Graph, api_version: str, kind: str) -> dict[str, Any] | None:
    """Return the schema of a kind that the repository defines: a definition is converted when an object needs it."""
    definition = repository_kinds(graph).get((api_version, kind))
    if definition is None:
        return None

    def convert() -> dict[tuple[str, str], dict[str, Any]]:
        try:
            return from_crd(definition.root.data(GO_YAML_V2))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            graph.unchecked["definitions that cannot be read"] += 1  # what is wrong is for the rules about them
            return {}

    return graph.once(("converted", id(definition.root)), convert).get((api_version, kind))


def served(graph: Graph, api_version: str, kind: str) -> bool:
    """Tell whether the targeted version, or the bundled one nearest to it, serves a built-in kind in an API version."""
    return (api_version, kind) in pack.kinds(pack.nearest_version(target(graph)))


def known_kinds(graph: Graph) -> frozenset[tuple[str, str]]:
    """Return (apiVersion, kind) of every built-in kind: of the targeted version, and those that were ever removed."""

    def collect() -> frozenset[tuple[str, str]]:
        current = set(pack.kinds(pack.nearest_version(target(graph))))
        past = set(lifecycles())
        everywhere = {pair for version in (pack.versions()[0], pack.versions()[-1]) for pair in pack.kinds(version)}
        return frozenset(current | past | everywhere)

    return graph.once("known kinds", collect)
