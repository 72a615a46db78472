"""kubespray/node-label-not-found."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubespray.nodes import cluster_nodes
from kubelint.systems.kubespray.slips import LabelSlip, label_slips


class NodeLabelNotFound(Rule[PodTemplate]):
    """Pods ask for nodes with a label that no node has, and that is nearly one that the inventory gives.

    ## Why
    No node fits, so the pods stay Pending: "node(s) didn't match Pod's node affinity/selector".

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12
    ```
    ```yaml inventory/prod/host_vars/node2.yml
    node_labels:
      disktype: ssd
    ```
    ```yaml deploy/cache.yaml
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: cache
    spec:
      replicas: 3
      selector:
        matchLabels: {app: cache}
      template:
        metadata:
          labels: {app: cache}
        spec:
          nodeSelector:
            disktype: sdd
          containers:
            - name: cache
              image: memcached:1.6.29
    ```

    ## Stays silent when
    - the label resembles none of the inventory's: somebody else may set it
    - the repository has several inventories of clusters, or a label is a template
    - one of several values that would do is there

    ## Source
    Kubespray, `docs/ansible/vars.md`, `node_labels`; Kubernetes documentation, "Assigning Pods to Nodes".
    """

    fixable = True

    def check(self, template: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Compare what the pods ask for with the labels of the inventory's hosts."""
        if template.spec.at("nodeSelector") is None and template.spec.at("affinity", "nodeAffinity") is None:
            return
        nodes = cluster_nodes(graph)
        for slip in label_slips(template, nodes) if nodes else ():
            yield self._finding(template, slip)

    def _finding(self, template: PodTemplate, slip: LabelSlip) -> Finding:
        written = f"a label `{slip.node.text}`" if slip.is_key else f"`{slip.key}: {slip.node.text}`"
        edit = TextEdit(slip.node.part(0, len(slip.node.text)), slip.meant)
        return self.finding(
            f"no node has {written}, which {template.owner} asks for",
            slip.node,
            did_you_mean([slip.meant]),
            related=[(slip.given, "what the inventory gives a node")],
            help=f"write `{slip.meant}`",
            note="the pods stay Pending",
            fix=Fix(f"replace it by `{slip.meant}`", (edit,), Safety.UNSAFE),
            subject=template.owner,
        )
