"""Call edges between workloads: a variable that names a Service, or somebody who says that there is a call.

A value of the environment counts only where it is a host or a URL whose host is the name of a Service of the
repository; anything weaker would guess. It may be written in the container or come from a ConfigMap (``envFrom``,
``configMapKeyRef``). A variable beside it may hold the time that the program allows: ``REVIEWS_TIMEOUT: 3s`` beside
``REVIEWS_URL``. What no manifest holds is said in the annotation ``kubelint.io/calls`` or under ``calls`` in the
configuration, see :mod:`kubelint.systems.kubernetes.call_syntax`.

Source of the name forms: Kubernetes documentation, "DNS for Services and Pods".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from kubelint.graph.model import Key, Reference, Resolution
from kubelint.graph.query import Graph
from kubelint.source import Span
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.kubernetes.call_budgets import Variable, with_budgets
from kubelint.systems.kubernetes.call_syntax import HOST, LONGEST_VALUE, Call, parse_calls
from kubelint.systems.kubernetes.environment import given, taken_over
from kubelint.systems.kubernetes.model import CALLS, CustomResource, DataHolder, KubernetesObject, Secret, Service
from kubelint.systems.kubernetes.pod import Container
from kubelint.tree.node import Node, Scalar

CLUSTER_DOMAIN = "cluster.local"


class CallsProblem(NamedTuple):
    """A part of a declaration of calls that cannot be read, why, and what to write instead.

    ``resource`` is the object whose annotation it is; None for the configuration.
    """

    resource: KubernetesObject | None
    span: Span
    message: str
    help: str


def link(graph: Graph) -> None:
    """Add a ``calls`` reference for each value that names a Service, and a problem for what cannot be read."""
    # Only what names a Service matters, and most values do not: ask for the name before anything else.
    names = frozenset(service.name for service in graph.subjects(Service))
    if names:
        for container in graph.subjects(Container):
            _link_variables(graph, container, names)
    for item in graph.subjects(KubernetesObject):
        for annotation in _annotations(item):
            _link_annotation(graph, item, annotation)
    _link_settings(graph)


def callees(graph: Graph, source: KubernetesObject) -> list[Service]:
    """Return the Services that a workload calls."""
    return [
        target
        for reference in graph.outgoing(source, "calls")
        for target in reference.targets
        if isinstance(target, Service)
    ]


def split_host(host: str, namespace: str) -> tuple[str, str] | None:
    """Return name and namespace of the Service that a host name means inside the cluster; None where it means none."""
    parts = host.rstrip(".").split(".")
    if len(parts) == 1:
        return parts[0], namespace
    if len(parts) == 2:
        return parts[0], parts[1]
    suffix = ".".join(parts[2:])
    if suffix in ("svc", f"svc.{CLUSTER_DOMAIN}"):
        return parts[0], parts[1]
    return None


def _annotations(item: KubernetesObject) -> Iterator[Scalar]:
    seen: set[int] = set()
    metadata: list[Node | None] = [item.root.at("metadata")]
    metadata += [template.metadata for template in item.pod_templates()]
    for place in metadata:
        annotation = None if place is None else place.scalar("annotations", CALLS)
        if annotation is not None and id(annotation) not in seen:
            seen.add(id(annotation))
            yield annotation


def _link_variables(graph: Graph, container: Container, names: frozenset[str]) -> None:
    variables = [
        Variable(setting.name, setting.value)
        for setting in (*taken_over(graph, container), *given(container))
        if setting.value is not None and not isinstance(setting.holder, Secret)
    ]
    variables += _single_keys(graph, container)
    calls = [found for variable in variables for found in _call(variable, names)]
    for variable, call in with_budgets(variables, calls):
        named = split_host(call.host, container.owner.namespace)
        if named is None:
            continue
        wanted = Key("kubernetes", "Service", named[1], named[0])
        # `grafana.com` is no Service of a namespace `com` because some Service `grafana` leaves its namespace out.
        exact = len(call.host.rstrip(".").split(".")) == 2
        namespace = named[1]
        targets = graph.find(
            wanted,
            container.owner.unit,
            accept=lambda entity, exact=exact, namespace=namespace: not exact or entity.namespace == namespace,  # type: ignore[misc]
        )
        if targets:
            graph.add_reference(
                Reference(
                    "calls", container.owner, variable.value, wanted, Resolution.RESOLVED, tuple(targets), detail=call
                )
            )


def _single_keys(graph: Graph, container: Container) -> Iterator[Variable]:
    """Yield the variables that take one key of a ConfigMap."""
    for entry in container.environment:
        name, key = entry.scalar("name"), entry.text_at("valueFrom", "configMapKeyRef", "key")
        source = entry.scalar("valueFrom", "configMapKeyRef", "name")
        if name is None or key is None or source is None or source.opaque:
            continue
        wanted = Key("kubernetes", "ConfigMap", container.owner.namespace, source.text)
        holders = graph.find(wanted, container.owner.unit, file=source.source)
        if len(holders) == 1 and isinstance(holders[0], DataHolder):
            value = holders[0].value(key)
            if value is not None:
                yield Variable(name.text, value)


def _call(variable: Variable, names: frozenset[str]) -> Iterator[tuple[Variable, Call]]:
    """Yield the call that a variable stands for, if its value is a host or a URL of a Service of that name."""
    value = variable.value
    if value.opaque or not value.text or len(value.text) > LONGEST_VALUE:
        return
    # `jdbc:postgresql://accounts-db:5432/accounts` has a scheme inside a scheme.
    found = HOST.match(value.text.removeprefix("jdbc:"))
    if found is not None and found["host"].partition(".")[0] in names:
        yield variable, Call(variable.name, found["host"])


def _link_annotation(graph: Graph, source: KubernetesObject, annotation: Scalar) -> None:
    if annotation.opaque:
        wanted = Key("kubernetes", "Service", source.namespace, annotation.text)
        graph.refer("calls", source, annotation, wanted, detail=Call(CALLS, annotation.text))
        return
    for span, message, advice in _declare(graph, source, annotation):
        graph.add_subject(CallsProblem(source, span, message, advice))
    if not any(True for _ in source.pod_templates()) and not isinstance(source, CustomResource):
        message = f"{source.kind} `{source.name}` runs nothing that could call"
        graph.add_subject(
            CallsProblem(source, annotation.span, message, "put the annotation on the workload that calls")
        )


def _declare(graph: Graph, source: KubernetesObject, declaration: Scalar) -> list[tuple[Span, str, str]]:
    """Add a reference for each call of a declaration; return what of it cannot be read."""
    read = parse_calls(declaration)
    for node, call in read.calls:
        named = split_host(call.host, source.namespace)
        # A host of the outside world is a call as well, but no Service of the repository can be meant.
        name, namespace = (call.host, "") if named is None else named
        graph.refer(
            "calls", source, node, Key("kubernetes", "Service", namespace, name), near=named is not None, detail=call
        )
    return read.problems


def _link_settings(graph: Graph) -> None:
    """Add what the configuration says of workloads: ``Deployment/reviews: ratings timeout=10s``."""
    if not graph.settings.calls:
        return
    workloads: dict[str, list[KubernetesObject]] = {}
    for item in graph.subjects(KubernetesObject):
        if any(True for _ in item.pod_templates()):
            workloads.setdefault(f"{item.kind}/{item.name}", []).append(item)
            if item.namespace:
                workloads.setdefault(f"{item.kind}/{item.namespace}/{item.name}", []).append(item)
    for key, declaration in graph.settings.calls:
        sources = workloads.get(key.text, [])
        for source in sources:
            _declare(graph, source, declaration)
        for span, message, advice in parse_calls(declaration).problems:
            graph.add_subject(CallsProblem(None, span, message, advice))
        if not sources:
            meant = did_you_mean(nearest(key.text, workloads))
            message = f"no workload is called `{key.text}`" + (f"; {meant}" if meant else "")
            graph.add_subject(CallsProblem(None, key.span, message, "write Kind/name or Kind/namespace/name"))
