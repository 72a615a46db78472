"""kubernetes/non-resource-url-form."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.source import TextEdit
from kubelint.systems.kubernetes.model import ClusterRole
from kubelint.tree.node import Scalar


class NonResourceUrlForm(Rule[ClusterRole]):
    """A non-resource URL of a ClusterRole does not start with `/`, so the rule never matches a request.

    ## Why
    The authorizer compares the path of a request, which starts with `/`, with the entry as it stands. `metrics` grants
    nothing; the scraper gets 403.

    ## Example
    ```yaml role.yaml
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRole
    metadata:
      name: prometheus
    rules:
    - nonResourceURLs: [metrics]
      verbs: [get]
    ```

    ## Stays silent when
    - the entry is `*`, which means all paths

    ## Source
    Kubernetes documentation, "Using RBAC Authorization", section "Referring to non-resource endpoints".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("nonResourceURLs",)

    def check(self, subject: ClusterRole, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each entry without a leading slash."""
        del graph
        for rule in subject.root.items_at("rules"):
            for url in rule.items_at("nonResourceURLs"):
                if isinstance(url, Scalar) and not url.opaque and url.text != "*" and not url.text.startswith("/"):
                    fix = None
                    if url.plain:
                        fix = Fix(f"write `/{url.text}`", (TextEdit(url.span, f"/{url.text}"),), Safety.SAFE)
                    yield self.finding(
                        f"the non-resource URL `{url.text}` must start with `/`",
                        url,
                        "matches no request",
                        help=f"write `/{url.text}`",
                        fix=fix,
                        subject=subject,
                    )
