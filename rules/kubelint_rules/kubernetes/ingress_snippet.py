"""kubernetes/ingress-snippet."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Ingress
from kubelint.tree.node import Scalar


class IngressSnippet(Rule[Ingress]):
    """An Ingress puts configuration of its own into the server (`…-snippet` annotations).

    ## Why
    Whoever writes the Ingress runs directives in the process of the controller, which reads the Secrets of all
    namespaces: its token is one `alias` or one line of Lua away (CVE-2021-25742).

    ## Example
    ```yaml ingress.yaml
    apiVersion: networking.k8s.io/v1
    kind: Ingress
    metadata:
      name: shop
      annotations:
        nginx.ingress.kubernetes.io/configuration-snippet: |
          more_set_headers "X-Frame-Options: DENY";
    spec:
      rules:
      - host: shop.example.com
        http:
          paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: web
                port:
                  number: 80
    ```

    ## Stays silent when
    - other annotations of the controller do what is wanted
    - the snippet is empty
    - the value is only known later (a template, a placeholder)

    ## Source
    Ingress-NGINX documentation, "Annotations" (allow-snippet-annotations); CVE-2021-25742. NGINX Ingress Controller
    documentation, "Advanced configuration with Snippets".
    """

    severity = Severity.WARNING
    group = Group.SECURITY
    keys = ("annotations",)

    def check(self, subject: Ingress, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each snippet."""
        del graph
        for key, value in subject.annotations():
            domain, _, name = key.text.partition("/")
            if domain not in ("nginx.ingress.kubernetes.io", "nginx.org") or not name.endswith(
                ("-snippet", "-snippets")
            ):
                continue
            if not isinstance(value, Scalar) or value.opaque or not value.text.strip():
                continue
            text = value.text.lower()
            worse = (
                "runs Lua in the controller"
                if "lua" in text
                else "reads files of the controller"
                if "alias" in text
                else ""
            )
            yield self.finding(
                f"Ingress `{subject.name}` puts its own directives into the controller",
                key,
                worse or "runs in the process that has the Secrets of all namespaces",
                help="use the annotation for the purpose, or the configuration of the controller",
                subject=subject,
            )
