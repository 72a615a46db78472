"""kubernetes/volume-not-mounted."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.memory_volumes import unmounted_volumes
from kubelint.systems.kubernetes.pod import PodTemplate


class VolumeNotMounted(Rule[PodTemplate]):
    """A pod has a volume that none of its containers mounts.

    ## Why
    The volume is set up for nothing. Either the mount was forgotten, and the files that some program needs are in no
    container, or the volume was left behind.

    ## Example
    ```yaml web.yaml
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
          volumes:
          - name: settings
            configMap:
              name: web-settings
          containers:
          - name: web
            image: nginx:1.27
    ```

    ## Stays silent when
    - some container mounts it, also an init container, or uses it as a block device
    - a mount or a volume is only known later
    - an annotation of the pod names it: a webhook mounts it
    - it is there for a container that is injected (`istio-*`, `linkerd-*`, `vault-*`, `kube-api-access-*`)

    ## Source
    Kubernetes documentation, "Volumes".
    """

    severity = Severity.WARNING
    group = Group.DRIFT
    keys = ("volumes",)

    def check(self, subject: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each volume without a mount."""
        del graph
        if subject.owner.unit.incomplete or not subject.containers:
            return
        for name in unmounted_volumes(subject):
            if not name.text.startswith(_INJECTED):
                yield self.finding(
                    f"no container mounts the volume `{name.text}`",
                    name,
                    "set up for nothing",
                    help="mount it (`volumeMounts`), or remove it",
                    subject=subject.owner,
                )


#: Volumes of containers that an admission webhook adds.
_INJECTED = ("istio", "linkerd", "vault-", "kube-api-access-", "workload-socket", "credential-socket", "workload-certs")
