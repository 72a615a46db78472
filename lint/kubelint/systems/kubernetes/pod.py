"""Pods: templates, containers, ports, environment and volumes, whatever kind of workload they come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from kubelint.systems.kubernetes.selectors import label_map
from kubelint.tree.node import Mapping, Node, Scalar

if TYPE_CHECKING:
    from kubelint.systems.kubernetes.model import KubernetesObject

CONTAINER_LISTS = ("initContainers", "containers", "ephemeralContainers")


@dataclass(eq=False)
class ContainerPort:
    """A port that a container declares."""

    container: Container
    node: Node

    @property
    def name(self) -> Scalar | None:
        """Its name."""
        return self.node.scalar("name")

    @property
    def number(self) -> Scalar | None:
        """Its number."""
        return self.node.scalar("containerPort")

    @property
    def protocol(self) -> str:
        """TCP unless set."""
        return self.node.text_at("protocol") or "TCP"


@dataclass(eq=False)
class Container:
    """One container of a pod template; ``section`` is the list that it stands in."""

    template: PodTemplate
    node: Mapping
    section: str

    @property
    def name(self) -> Scalar | None:
        """Its name."""
        return self.node.scalar("name")

    @property
    def label(self) -> str:
        """The name for sentences."""
        return self.name.text if self.name is not None else "without name"

    @property
    def owner(self) -> KubernetesObject:
        """The object that the pod template belongs to."""
        return self.template.owner

    @property
    def long_running(self) -> bool:
        """Whether it runs as long as the pod: a main container or a sidecar (an init container that restarts)."""
        return self.section == "containers" or (
            self.section == "initContainers" and self.node.text_at("restartPolicy") == "Always"
        )

    @cached_property
    def ports(self) -> list[ContainerPort]:
        """Its declared ports."""
        return [ContainerPort(self, node) for node in self.node.items_at("ports") if isinstance(node, Mapping)]

    @property
    def environment(self) -> Iterator[Node]:
        """Yield the entries of ``env``."""
        return (node for node in self.node.items_at("env") if isinstance(node, Mapping))

    def request(self, resource: str) -> Node | None:
        """Return the request for a resource; a limit counts, because the API server copies it into the request."""
        return self.node.at("resources", "requests", resource) or self.node.at("resources", "limits", resource)

    def __str__(self) -> str:
        return f"container `{self.label}` of {self.owner}"


@dataclass(eq=False)
class PodTemplate:
    """A pod specification with its metadata: a Pod itself, or the template of a workload."""

    owner: KubernetesObject
    metadata: Node | None
    spec: Mapping

    @cached_property
    def labels(self) -> dict[str, Scalar]:
        """The labels that pods get from here; controllers add more (see :data:`INJECTED_LABELS`)."""
        return label_map(None if self.metadata is None else self.metadata.at("labels"))

    @cached_property
    def containers(self) -> list[Container]:
        """All containers, in the order in which they start."""
        return [
            Container(self, node, section)
            for section in CONTAINER_LISTS
            for node in self.spec.items_at(section)
            if isinstance(node, Mapping)
        ]

    @cached_property
    def volumes(self) -> dict[str, Node]:
        """The volumes by name, those of a StatefulSet's claim templates included."""
        found: dict[str, Node] = {}
        for node in self.spec.items_at("volumes"):
            name = node.text_at("name")
            if name is not None:
                found[name] = node
        for node in self.owner.root.items_at("spec", "volumeClaimTemplates"):
            name = node.text_at("metadata", "name")
            if name is not None:
                found[name] = node
        return found

    @property
    def host_network(self) -> bool:
        """Whether its pods share the node's network."""
        return self.spec.text_at("hostNetwork") == "true"

    @cached_property
    def ports(self) -> list[ContainerPort]:
        """The ports of all containers."""
        return [port for container in self.containers for port in container.ports]

    @cached_property
    def port_numbers(self) -> dict[str, Scalar]:
        """The numbers of the ports of all containers, by their text."""
        return {number.text: number for port in self.ports if (number := port.number) is not None}

    @cached_property
    def has_hidden_ports(self) -> bool:
        """Whether the number of a port is only known once a template is rendered."""
        return any(number.opaque for number in self.port_numbers.values())


#: Labels that a controller puts on the pods it makes, so that a selector may ask for them.
INJECTED_LABELS = frozenset(
    {
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "controller-revision-hash",
        "pod-template-hash",
        "pod-template-generation",
        "batch.kubernetes.io/job-name",
        "batch.kubernetes.io/controller-uid",
        "batch.kubernetes.io/job-completion-index",
        "job-name",
        "controller-uid",
        "rollouts-pod-template-hash",
    }
)
