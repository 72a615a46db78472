"""kubernetes/key-not-found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from kubelint.finding import Finding, Label, Severity
from kubelint.graph.query import Graph
from kubelint.rule import DANGLING, Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject


class KeyNotFound(Rule[KubernetesObject]):
    """A pod reads a key that the ConfigMap or Secret does not have.

    ## Why
    The container stays in `CreateContainerConfigError`, or the volume cannot be set up.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web-conf
    data:
      LOG_LEVEL: info
    ---
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      selector:
        matchLabels:
          app: web
      template:
        metadata:
          labels:
            app: web
        spec:
          containers:
          - name: web
            image: nginx:1.27
            env:
            - name: LOG_LEVEL
              valueFrom:
                configMapKeyRef:
                  name: web-conf
                  key: LOGLEVEL
    ```

    ## Stays silent when
    - the reference is `optional`
    - the Secret is empty or filled in by a controller, or a generator reads files that are not in the repository
    - several objects bear the name and one of them has the key

    ## Source
    Kubernetes documentation, "ConfigMaps" and "Secrets".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    fixable = True
    keys = ("items", "configMapKeyRef", "secretKeyRef", "secretTargetRef")
    references = References(("reads-key",), DANGLING)

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each reference of that kind that dangles."""
        for reference in graph.outgoing(subject, "reads-key"):
            if reference.dangling:
                owner, _, key = reference.wanted.name.partition("/")
                kind = reference.wanted.kind.partition(" ")[0]
                finding = self.dangling(reference, "key", f"{kind} `{owner}` has no such key")
                holders = reference.detail if isinstance(reference.detail, list) else []
                if not reference.candidates and holders:
                    extra = Label(holders[0].span, f"the {kind} is defined here")
                    finding = replace(finding, related=(extra,), help=f"define the key `{key}` in {kind} `{owner}`")
                yield finding
