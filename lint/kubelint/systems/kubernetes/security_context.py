"""What a container runs with: the security contexts of pod and container, merged as the kubelet does.

Source: API reference, SecurityContext ("values that are set here take precedence over PodSecurityContext") and
PodSecurityContext; Kubernetes documentation, "Configure a Security Context for a Pod or Container".
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.systems.kubernetes.pod import Container, PodTemplate
from kubelint.tree.dialect import GO_YAML_V2
from kubelint.tree.node import Node, Scalar
from kubelint_schemas.kubernetes.pod_security import default_capabilities

CONTEXT = "securityContext"
#: What a container takes from the pod when it does not set it itself.
INHERITED = frozenset(
    {
        "appArmorProfile", "runAsGroup", "runAsNonRoot", "runAsUser", "seLinuxOptions", "seccompProfile",
        "windowsOptions",
    }
)  # fmt: skip


def effective(container: Container, *path: str) -> Scalar | None:
    """Return the value of a security setting that takes effect: the container's, else the pod's where it inherits."""
    own = container.node.scalar(CONTEXT, *path)
    if own is not None or path[0] not in INHERITED:
        return own
    return container.template.spec.scalar(CONTEXT, *path)


def is_true(node: Scalar | None) -> bool:
    """Tell whether the API server reads a value as true."""
    return node is not None and node.value(GO_YAML_V2) is True


def is_false(node: Scalar | None) -> bool:
    """Tell whether the API server reads a value as false."""
    return node is not None and node.value(GO_YAML_V2) is False


def number(node: Scalar | None) -> int | None:
    """Return a value that the API server reads as an integer; None for anything else."""
    value = None if node is None else node.value(GO_YAML_V2)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def is_opaque(node: Node | None) -> bool:
    """Tell whether a value is only known later."""
    return isinstance(node, Scalar) and node.opaque


def is_windows(template: PodTemplate) -> bool:
    """Tell whether the pod says that it is for Windows, or asks for a node that runs it."""
    return "windows" in (
        template.spec.text_at("os", "name"),
        template.spec.text_at("nodeSelector", "kubernetes.io/os"),
    )


def in_user_namespace(template: PodTemplate) -> bool:
    """Tell whether root in the pod is nobody on the node."""
    return is_false(template.spec.scalar("hostUsers"))


def is_privileged(container: Container) -> bool:
    """Tell whether a container is privileged."""
    return is_true(container.node.scalar(CONTEXT, "privileged"))


def may_be_root(container: Container) -> bool:
    """Tell whether nothing keeps a container from running as root; what is only known later counts as a bar."""
    user, non_root = effective(container, "runAsUser"), effective(container, "runAsNonRoot")
    if is_opaque(user) or is_opaque(non_root):
        return False
    if user is not None:
        return number(user) == 0 and not is_true(non_root)
    return not is_true(non_root)


def contradicts_non_root(container: Container) -> bool:
    """Tell whether a container must not run as root and is told to: the kubelet does not start it."""
    return number(effective(container, "runAsUser")) == 0 and is_true(effective(container, "runAsNonRoot"))


def capability(node: Scalar) -> str:
    """Return the name of a capability as runtimes read it: in upper case, without prefix."""
    return node.text.upper().removeprefix("CAP_")


def capabilities(container: Container, field: str) -> Iterator[Scalar]:
    """Yield the entries of ``capabilities.add`` or ``capabilities.drop``."""
    for item in container.node.items_at(CONTEXT, "capabilities", field):
        if isinstance(item, Scalar):
            yield item


def kept_capabilities(container: Container) -> frozenset[str]:
    """Return the capabilities of the runtime's default set that a container neither drops nor asks for.

    Nothing is kept where an entry is only known later.
    """
    told = set()
    for item in capabilities(container, "drop"):
        if item.opaque or capability(item) == "ALL":
            return frozenset()
        told.add(capability(item))
    told.update(capability(item) for item in capabilities(container, "add"))
    return default_capabilities() - told


def place(container: Container) -> Node:
    """Return the node to point at for a setting that a container lacks."""
    return container.node.key(CONTEXT) or container.name or container.node.key("image") or container.node


def pod_place(template: PodTemplate) -> Node:
    """Return the node to point at for a setting that a pod lacks."""
    return template.spec.key(CONTEXT) or template.spec.key("containers") or template.spec


def context_unknown(container: Container) -> bool:
    """Tell whether the security context of a container, or of its pod, is only known later."""
    return is_opaque(container.node.at(CONTEXT)) or is_opaque(container.template.spec.at(CONTEXT))
