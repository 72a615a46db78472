"""The schema of ``kustomization.yaml``: all fields of Kustomization and Component, unknown ones refused.

The facts are ``kustomization.json``, kept by hand from the types of kustomize (``api/types``), the newest release and
what is on its way into the next one together. Every field may be null, as Go's JSON decoder takes it. What kustomize
itself takes for granted is required: a generator without a name and a patch without content fail the build,
``replicas`` without ``count`` scale to zero.

Everything returned is shared: read it, never change it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from kubelint_schemas.data import read_json

API_VERSIONS = {
    "Kustomization": "kustomize.config.k8s.io/v1beta1",
    "Component": "kustomize.config.k8s.io/v1alpha1",
}
KINDS = tuple(API_VERSIONS)


@cache
def schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a kind, ``Kustomization`` or ``Component``.

    The two differ in their apiVersion alone. Raises KeyError for any other kind.
    """
    base: dict[str, Any] = read_json(__file__, "kustomization.json")
    version = {"enum": [API_VERSIONS[kind], None]}
    return {**base, "properties": {**base["properties"], "apiVersion": version}}


@cache
def transformers() -> dict[str, Any]:
    """Return the places that the transformers of kustomize 5.5 write to by default, by transformer."""
    tables: dict[str, Any] = read_json(__file__, "transformers.json")
    return tables


@cache
def merge_keys() -> dict[str, Any]:
    """Return by which fields the items of lists are merged, as kustomize 5.5 knows it (Kubernetes 1.21).

    ``kinds``: ``apiVersion kind`` to the number of a type; ``types``: for each type, field to the number of its type or
    to ``[keys, type]`` for a list that is merged. Whatever is not there is replaced as a whole.
    """
    found: dict[str, Any] = read_json(__file__, "merge-keys.json")
    return found


@cache
def cluster_scoped() -> frozenset[str]:
    """Return the kinds that kustomize 5.5 knows to have no namespace, as ``apiVersion kind``."""
    return frozenset(read_json(__file__, "cluster-scoped.json"))
