"""Durations of custom resources, which their schemas take for any text.

Source: documentation of cert-manager (CertificateSpec `duration`, `renewBefore`: "Value must be in units accepted by Go
time.ParseDuration") and of the External Secrets Operator (`refreshInterval`: valid time units are ns, us, ms, s, m, h).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kubelint.systems.kubernetes.duration import parse_duration
from kubelint.systems.kubernetes.model import CustomResource
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Scalar

_FIELDS: dict[tuple[str, str], tuple[tuple[str, ...], ...]] = {
    ("cert-manager.io", "Certificate"): (("spec", "duration"), ("spec", "renewBefore")),
    ("cert-manager.io", "CertificateRequest"): (("spec", "duration"),),
    ("external-secrets.io", "ExternalSecret"): (("spec", "refreshInterval"),),
    ("external-secrets.io", "ClusterExternalSecret"): (
        ("spec", "refreshTime"),
        ("spec", "externalSecretSpec", "refreshInterval"),
    ),
    ("external-secrets.io", "PushSecret"): (("spec", "refreshInterval"),),
}
_LONGER = re.compile(r"([0-9]{1,6}) ?(d|days?|w|weeks?|y|years?)\Z")
_SPELT = re.compile(r"([0-9]{1,9}) ?(s|m|h)(?:ec|econds?|in|inutes?|ours?)?\Z")
_HOURS = {"d": 24, "w": 7 * 24, "y": 365 * 24}


class MalformedDuration(NamedTuple):
    """A duration that cannot be read, and how the same is written, where that is known."""

    node: Scalar
    field: str
    meant: str | None


def malformed_durations(item: CustomResource) -> Iterator[MalformedDuration]:
    """Yield the durations of a custom resource that its controller cannot read."""
    for path in _FIELDS.get((item.group, item.kind), ()):
        node = item.root.scalar(*path)
        if node is None or node.opaque or not node.text or not isinstance(node.value(GO_YAML_V2), str):
            continue
        if parse_duration(node.text) is None:
            yield MalformedDuration(node, path[-1], _meant(node.text))


def _meant(text: str) -> str | None:
    longer, spelt = _LONGER.match(text), _SPELT.match(text)
    if longer is not None:
        return f"{int(longer[1]) * _HOURS[longer[2][0]]}h"
    return None if spelt is None else f"{spelt[1]}{spelt[2]}"
