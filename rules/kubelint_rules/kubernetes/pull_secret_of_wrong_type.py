"""kubernetes/pull-secret-of-wrong-type."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, References, Rule
from kubelint.systems.kubernetes.model import KubernetesObject, Secret
from kubelint.systems.kubernetes.registries import PULL_SECRET_TYPES


class PullSecretOfWrongType(Rule[KubernetesObject]):
    """A Secret that images should be pulled with is of a type that holds no registry credentials.

    ## Why
    The kubelet reads `kubernetes.io/dockerconfigjson` and `kubernetes.io/dockercfg` only. It passes over a Secret
    of any other type, and a private image is not pulled (`ImagePullBackOff`).

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Secret
    metadata:
      name: registry
    type: Opaque
    stringData:
      username: deploy
      password: change-me
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
          imagePullSecrets:
          - name: registry
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - the Secret is not in the repository, or somebody else fills it in
    - one of several alternatives of the Secret has the right type
    - the type is a placeholder

    ## Source
    Kubernetes documentation, "Pull an Image from a Private Registry"; "Secrets", section "Docker config Secrets".
    """

    severity = Severity.ERROR
    group = Group.CORRECTNESS
    keys = ("imagePullSecrets",)
    references = References(("pulls-with",))

    def check(self, subject: KubernetesObject, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each Secret that cannot hold credentials."""
        for reference in graph.outgoing(subject, "pulls-with"):
            secrets = [target for target in reference.targets if isinstance(target, Secret)]
            types = [secret.root.scalar("type") for secret in secrets]
            if not secrets or not all(secret.keys for secret in secrets) or subject.unit.incomplete:
                continue
            if any(kind is not None and (kind.opaque or kind.text in PULL_SECRET_TYPES) for kind in types):
                continue
            shown = "Opaque" if types[0] is None else types[0].text
            yield self.finding(
                f"Secret `{secrets[0].name}` holds no registry credentials",
                reference.node,
                "the kubelet passes over it",
                related=[(types[0] or secrets[0].node, f"its type is {shown}")],
                path=(subject, secrets[0]),
                help="make it with `kubectl create secret docker-registry`",
                subject=subject,
            )
