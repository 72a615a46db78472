"""kubernetes/unused-key."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import DataHolder
from kubelint.systems.kubernetes.usage import data_use, is_discoverable, is_mentioned_beside


class UnusedKey(Rule[DataHolder]):
    """A key of a ConfigMap or Secret is read by nothing, although others of its keys are read one by one.

    ## Why
    Left behind when the variable went. The next reader changes it and wonders why nothing happens.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: web-settings
    data:
      COLOUR: blue
      SHAPE: round
    ---
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: nginx:1.27
        env:
        - name: COLOUR
          valueFrom:
            configMapKeyRef:
              name: web-settings
              key: COLOUR
    ```

    ## Stays silent when
    - some pod takes the object as a whole: `envFrom`, or a volume without `items`
    - the name stands anywhere but in key references: a program may read the object by itself
    - the object has a label or annotation by which a sidecar or a controller may find it, or a custom resource is
      applied with it
    - a pod of the repository uses a ConfigMap (Secret) whose name is only known later

    ## Source
    API reference, ConfigMapKeySelector, SecretKeySelector, KeyToPath.
    """

    severity = Severity.INFO
    group = Group.DRIFT

    def check(self, subject: DataHolder, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each key that no reference asks for."""
        use = data_use(graph, subject)
        if use is None or use.whole or is_discoverable(graph, subject) or is_mentioned_beside(graph, subject, use):
            return
        for name, key in subject.keys.items():
            if name not in use.keys and not key.opaque:
                yield self.finding(
                    f"key `{name}` of {subject.kind} `{subject.name}` is read by nothing",
                    key,
                    "no pod asks for it",
                    help="remove it",
                    subject=subject,
                )
