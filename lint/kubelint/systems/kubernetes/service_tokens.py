"""Tokens of the ``default`` ServiceAccount: whether a pod that names no account gets one.

Source: Kubernetes documentation, "Configure Service Accounts for Pods" (Opt out of API credential automounting).
"""

from __future__ import annotations

from kubelint.graph.model import Key
from kubelint.graph.query import Graph
from kubelint.systems.kubernetes.model import ServiceAccount
from kubelint.systems.kubernetes.pod import PodTemplate
from kubelint.tree.node import Scalar

DEFAULT = "default"
SWITCH = "automountServiceAccountToken"


def gets_default_token(graph: Graph, template: PodTemplate) -> bool:
    """Tell whether a pod that runs as the default account gets its token; what is only known later counts as a no.

    The pod decides before the account, which gives its token unless a file of the repository says otherwise.
    """
    own = template.spec.scalar(SWITCH)
    if own is not None:
        return _gives(own)
    wanted = Key("kubernetes", "ServiceAccount", template.owner.namespace, DEFAULT)
    found = graph.find(wanted, template.owner.unit, file=template.spec.source)
    return all(_gives(item.root.scalar(SWITCH)) for item in found if isinstance(item, ServiceAccount))


def _gives(switch: Scalar | None) -> bool:
    return switch is None or (not switch.opaque and switch.text != "false")
