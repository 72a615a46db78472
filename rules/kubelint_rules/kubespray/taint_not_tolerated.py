"""kubespray/taint-not-tolerated."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Fix, Safety
from kubelint.graph.query import Graph
from kubelint.rule import Rule
from kubelint.source import TextEdit
from kubelint.suggest import did_you_mean
from kubelint.systems.kubernetes.model import DaemonSet
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.systems.kubespray.nodes import Taint, cluster_nodes, refused, selected
from kubelint.systems.kubespray.slips import toleration_slips


class TaintNotTolerated(Rule[PodTemplate]):
    """Every node that pods may run on has a taint that they do not tolerate.

    ## Why
    The scheduler puts no pod on such a node, so they stay Pending: "node(s) had untolerated taint".

    ## Example
    ```ini inventory/prod/inventory.ini
    [kube_control_plane]
    node1 ansible_host=10.0.0.11

    [etcd]
    node1

    [kube_node]
    node2 ansible_host=10.0.0.12
    node3 ansible_host=10.0.0.13
    ```
    ```yaml inventory/prod/host_vars/node2.yml
    node_labels:
      disktype: ssd
    node_taints:
      - "dedicated=cache:NoSchedule"
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
            disktype: ssd
          containers:
            - name: cache
              image: memcached:1.6.29
    ```

    ## Stays silent when
    - one of the nodes takes the pods, or a label they ask for is not the inventory's
    - the repository has several inventories of clusters, or a taint is a template

    ## Source
    Kubespray, `docs/ansible/vars.md`, `node_taints`; Kubernetes documentation, "Taints and Tolerations".
    """

    fixable = True

    def check(self, template: PodTemplate, graph: Graph) -> Iterator[Finding]:
        """Look for a node that is selected and takes the pods, then for tolerations that are slips."""
        nodes = cluster_nodes(graph)
        if not nodes:
            return
        slips = toleration_slips(template, nodes)
        for slip in slips:
            edit = TextEdit(slip.node.part(0, len(slip.node.text)), slip.meant)
            yield self.finding(
                f"no node has a taint `{slip.node.text}`, which {template.owner} tolerates",
                slip.node,
                did_you_mean([slip.meant]),
                related=[(slip.given, "the taint that a node has")],
                help=f"write `{slip.meant}`",
                fix=Fix(f"replace it by `{slip.meant}`", (edit,), Safety.UNSAFE),
                subject=template.owner,
            )
        meant = selected(template, nodes)
        if slips or not meant or isinstance(template.owner, DaemonSet):
            return
        taints = [refused(template, node) for node in meant]
        if all(taint is not None for taint in taints):
            yield self._finding(template, [node.name for node in meant], [taint for taint in taints if taint])

    def _finding(self, template: PodTemplate, names: list[str], taints: list[Taint]) -> Finding:
        key = template.spec.key("nodeSelector")
        place = key or (template.containers[0].name if template.containers else None) or template.owner
        shown = ", ".join(f"`{name}`" for name in names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
        first = taints[0]
        written = f"{first.key}={first.value}:{first.effect}" if first.value else f"{first.key}:{first.effect}"
        written_at = list({id(taint.node): taint.node for taint in taints if taint.node is not None}.values())
        return self.finding(
            f"{template.owner} tolerates the taints of no node that it may run on",
            place,
            f"this means {shown}" if key is not None else f"may run on {shown}",
            related=[(node, "a node has this taint") for node in written_at[:3]],
            help=f"tolerate `{written}`, or choose other nodes",
            note="the pods stay Pending",
            subject=template.owner,
        )
