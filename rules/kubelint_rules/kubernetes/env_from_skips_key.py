"""kubernetes/env-from-skips-key."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.environment import unusable
from kubelint.systems.kubernetes.pod import Container


class EnvFromSkipsKey(Rule[Container]):
    """A whole ConfigMap or Secret becomes variables, although one of its keys is none.

    ## Why
    `envFrom` makes a variable of each key. A whole file under `nginx.conf` is no variable that a program could be
    meant to read: it was meant to be mounted. Before Kubernetes 1.32 such keys are left out, with an event and
    nothing else.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web-conf
    data:
      WORKERS: "4"
      nginx.conf: |
        events {}
        http {}
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
            envFrom:
            - configMapRef:
                name: web-conf
    ```

    ## Stays silent when
    - Kubernetes 1.32 or later is targeted and the value is one line: a program may read variables such as
      `spring.datasource.url`
    - a `prefix` makes a proper name of the key
    - the source is not in the repository, or there are several alternatives of it

    ## Source
    API reference, Container, `envFrom`; Kubernetes documentation, "Feature Gates",
    RelaxedEnvironmentVariableValidation.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS
    keys = ("envFrom",)

    def check(self, subject: Container, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each key that makes no variable."""
        for setting in unusable(graph, subject):
            holder, reference = setting.holder, setting.reference
            if holder is None or reference is None:
                continue
            yield self.finding(
                f"`{setting.key.text}` of {holder.kind} `{holder.name}` is no variable",
                reference,
                f"all keys become variables of container `{subject.label}`",
                related=[(setting.key, "this one is a file" if "." in setting.key.text else "no name of a variable")],
                help="mount the key as a file, or take over the others by name",
                subject=subject.owner,
            )
