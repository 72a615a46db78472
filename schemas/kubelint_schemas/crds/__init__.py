"""Custom resources of widely used operators, and strict schemas from any CustomResourceDefinition.

Bundled: Argo CD, Argo Rollouts, Flux, Prometheus operator, Gateway API, cert-manager, external-secrets,
sealed-secrets, KEDA (Istio has a pack of its own). Compiled by ``schemas/compile/crds.py``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from kubelint_schemas.crds.pack import Pack
from kubelint_schemas.crds.structural import from_crd
from kubelint_schemas.kubernetes.resources import Resource

__all__ = ["from_crd", "kinds", "resources", "schema"]

_PACK = Pack(__file__)


def schema(api_version: str, kind: str) -> dict[str, Any] | None:
    """Return the self-contained strict JSON Schema (2020-12) of a kind; None where it is not bundled."""
    return _PACK.schema(api_version, kind)


def kinds() -> Iterable[tuple[str, str]]:
    """Return (apiVersion, kind) of all bundled custom resources; looking one up is cheap."""
    return _PACK.kinds.keys()


def resources() -> Mapping[tuple[str, str], Resource]:
    """Return (group, kind) to plural name and scope of all bundled custom resources."""
    return _PACK.resources
