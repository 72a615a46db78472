"""kubernetes/bare-pod."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kubernetes.model import Pod

HOOKS = ("helm.sh/hook", "argocd.argoproj.io/hook")


class BarePod(Rule[Pod]):
    """A Pod stands alone, without a controller: when its node goes, it is gone.

    ## Why
    A Pod is bound to a node once. An eviction, a drain or the loss of the node ends it, and nothing makes it again; a
    new image means to delete it by hand.

    ## Example
    ```yaml web.yaml
    apiVersion: v1
    kind: Pod
    metadata:
      name: web
    spec:
      containers:
      - name: web
        image: nginx:1.27
    ```

    ## Stays silent when
    - it ends by itself: `restartPolicy` is `Never` or `OnFailure`
    - it is a hook of Helm (a test) or of Argo CD
    - it is a static pod of the control plane, which the kubelet keeps: it has the label `tier: control-plane`, or the
      file lies in a folder `manifests` below `kubernetes`

    ## Source
    Kubernetes documentation, "Pods", section "Working with Pods".
    """

    severity = Severity.INFO
    group = Group.RELIABILITY

    def check(self, subject: Pod, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for a Pod that is meant to go on and that nobody makes again."""
        del graph
        if subject.root.text_at("spec", "restartPolicy") in ("Never", "OnFailure"):
            return
        tier = subject.labels.get("tier")
        static = (tier is not None and tier.text == "control-plane") or subject.source.directory.endswith(
            "kubernetes/manifests"
        )
        if static or any(subject.annotation(name) is not None for name in HOOKS):
            return
        yield self.finding(
            f"Pod `{subject.name}` has no controller",
            subject.name_node or subject.node,
            "is not made again when it or its node goes",
            help="make it a Deployment, or a Job if it ends",
            subject=subject,
        )
