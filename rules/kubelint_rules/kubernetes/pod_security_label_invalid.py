"""kubernetes/pod-security-label-invalid."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.kubernetes.model import Namespace
from kubelint.tree.node import Scalar
from kubelint_schemas.kubernetes.pod_security import LEVELS

_PREFIX = "pod-security.kubernetes.io/"
_MODES = ("enforce", "audit", "warn")
_NAMES = (*_MODES, *(f"{mode}-version" for mode in _MODES))
_VERSION = re.compile(r"v1\.[0-9]{1,4}\Z")


class PodSecurityLabelInvalid(Rule[Namespace]):
    """A Pod Security label of a Namespace is none, or its value is no level or no version.

    ## Why
    The API server refuses a Namespace whose label has an unknown level or version. A label that does not exist is
    accepted and enforces nothing.

    ## Example
    ```yaml pod.yaml
    apiVersion: v1
    kind: Namespace
    metadata:
      name: shop
      labels:
        pod-security.kubernetes.io/enforce: restrict
    ```

    ## Stays silent when
    - the value is `privileged`, `baseline` or `restricted`; that of a `…-version` label `latest` or like `v1.30`
    - the label belongs to another domain
    - the value is only known later (a template, a placeholder)

    ## Source
    Kubernetes documentation, "Pod Security Admission", section "Pod Security Admission labels for namespaces".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True

    def check(self, subject: Namespace, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each label of the domain that the API server does not know."""
        del graph
        for key, value in subject.root.pairs_at("metadata", "labels"):
            name = key.text.removeprefix(_PREFIX)
            if not key.text.startswith(_PREFIX) or key.opaque or not isinstance(value, Scalar) or value.opaque:
                continue
            if name not in _NAMES:
                near = [f"{_PREFIX}{word}" for word in nearest(name, _NAMES)]
                yield self._finding(subject, key, f"there is no label `{key.text}`", "enforces nothing", near)
            elif name in _MODES and value.text not in LEVELS:
                near = nearest(value.text, LEVELS) or [level for level in LEVELS if level.startswith(value.text or "-")]
                yield self._finding(subject, value, f"`{value.text}` is no Pod Security level", "is refused", near)
            elif name not in _MODES and value.text != "latest" and not _VERSION.match(value.text):
                near = [f"v{value.text}"] if _VERSION.match(f"v{value.text}") else []
                yield self._finding(
                    subject, value, f"`{value.text}` is no version of a Pod Security level", "is refused", near
                )

    def _finding(self, subject: Namespace, node: Scalar, headline: str, label: str, near: list[str]) -> Finding:
        meant = did_you_mean(near)
        one = near[0] if len(near) == 1 else None
        edit = TextEdit(node.span, one) if one is not None and node.plain else None
        return self.finding(
            headline,
            node,
            f"{label}; {meant}" if meant else label,
            help=f"write `{one}`"
            if one
            else "levels are `privileged`, `baseline` and `restricted`, versions like `v1.30`",
            fix=None if edit is None else Fix(f"write `{one}`", (edit,), Safety.UNSAFE),
            subject=subject,
        )
