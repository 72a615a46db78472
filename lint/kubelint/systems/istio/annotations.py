"""Annotations and labels by which workloads, Services and namespaces speak to Istio.

Source: Istio reference, "Resource Annotations" and "Resource Labels"; Istio, ``pkg/kube/inject`` (annotation
validation).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.istio.fields.names import is_subnet
from kubelint.systems.istio.remark import Remark, Remarks
from kubelint.systems.kubernetes.model import KubernetesObject
from kubelint.systems.kubernetes.quantity import parse_quantity
from kubelint.tree.node import Scalar

_NAMES: dict[str, str] = {
    "sidecar.istio.io": "agentLogLevel bootstrapOverride componentLogLevel controlPlaneAuthPolicy discoveryAddress "
    "enableCoreDump extraStatTags inject interceptionMode logLevel nativeSidecar proxyCPU proxyCPULimit proxyImage "
    "proxyImageType proxyMemory proxyMemoryLimit rewriteAppHTTPProbers statsCompression statsEvictionInterval "
    "statsHistogramBuckets statsInclusionPrefixes statsInclusionRegexps statsInclusionSuffixes status userVolume "
    "userVolumeMount",
    "traffic.sidecar.istio.io": "excludeInboundPorts excludeInterfaces excludeOutboundIPRanges excludeOutboundPorts "
    "includeInboundPorts includeOutboundIPRanges includeOutboundPorts kubevirtInterfaces",
    "readiness.status.sidecar.istio.io": "applicationPorts failureThreshold initialDelaySeconds periodSeconds",
    "status.sidecar.istio.io": "port",
    "proxy.istio.io": "config overrides",
    "inject.istio.io": "templates",
    "prometheus.istio.io": "merge-metrics",
    "networking.istio.io": "exportTo address-type service-type traffic-distribution enable-autoallocate-ip "
    "gatewayPort tunnel",
    "galley.istio.io": "analyze-suppress",
    "topology.istio.io": "controlPlaneClusters cluster network subzone",
    "traffic.istio.io": "nodeSelector",
    "istio.io": "rev dry-run use-waypoint use-waypoint-namespace ingress-use-waypoint waypoint-for dataplane-mode tag "
    "global reroute-virtual-interfaces deploymentController owner connect_strategy",
    "ambient.istio.io": "redirection bypass-inbound-capture dns-capture waypoint-inbound-binding",
    "security.istio.io": "tlsMode autoCertHost",
    "service.istio.io": "canonical-name canonical-revision workload-name",
    "gateway.istio.io": "controller-version managed name-override service-account tls-terminate-mode",
}  # fmt: skip
KNOWN = frozenset(f"{domain}/{name}" for domain, names in _NAMES.items() for name in names.split())
_BOOLEANS = frozenset({"true", "false"})
_INTERCEPTION = frozenset({"REDIRECT", "TPROXY", "NONE"})
_LEVELS = frozenset({"trace", "debug", "info", "warning", "warn", "error", "critical", "off", "none"})


def _is_ports(text: str) -> bool:
    parts = [part.strip() for part in text.split(",")]
    return text.strip() in ("", "*") or all(p.isascii() and p.isdigit() and int(p[:9]) <= 65_535 for p in parts if p)


def _is_ranges(text: str) -> bool:
    return text.strip() in ("", "*") or all(is_subnet(part.strip()) for part in text.split(",") if part.strip())


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit()


_PORTS = (_is_ports, "ports with commas between them, or `*`")
_RANGES = (_is_ranges, "blocks such as `10.0.0.0/8` with commas between them, or `*`")
_BOOLEAN: tuple[Callable[[str], bool], str] = (_BOOLEANS.__contains__, "`true` or `false`")
_AMOUNT: tuple[Callable[[str], bool], str] = (lambda text: parse_quantity(text) is not None, "an amount such as `100m`")
_LEVEL: tuple[Callable[[str], bool], str] = (_LEVELS.__contains__, "a level such as `info` or `debug`")
_COUNT = (_is_count, "a number")
_VALUES: dict[str, tuple[Callable[[str], bool], str]] = {
    "sidecar.istio.io/inject": _BOOLEAN,
    "sidecar.istio.io/enableCoreDump": _BOOLEAN,
    "sidecar.istio.io/rewriteAppHTTPProbers": _BOOLEAN,
    "sidecar.istio.io/nativeSidecar": _BOOLEAN,
    "prometheus.istio.io/merge-metrics": _BOOLEAN,
    "sidecar.istio.io/interceptionMode": (_INTERCEPTION.__contains__, "`REDIRECT`, `TPROXY` or `NONE`"),
    "sidecar.istio.io/logLevel": _LEVEL,
    "sidecar.istio.io/proxyCPU": _AMOUNT,
    "sidecar.istio.io/proxyCPULimit": _AMOUNT,
    "sidecar.istio.io/proxyMemory": _AMOUNT,
    "sidecar.istio.io/proxyMemoryLimit": _AMOUNT,
    "status.sidecar.istio.io/port": _COUNT,
    "readiness.status.sidecar.istio.io/failureThreshold": _COUNT,
    "readiness.status.sidecar.istio.io/initialDelaySeconds": _COUNT,
    "readiness.status.sidecar.istio.io/periodSeconds": _COUNT,
    "readiness.status.sidecar.istio.io/applicationPorts": _PORTS,
    "traffic.sidecar.istio.io/excludeInboundPorts": _PORTS,
    "traffic.sidecar.istio.io/excludeOutboundPorts": _PORTS,
    "traffic.sidecar.istio.io/includeInboundPorts": _PORTS,
    "traffic.sidecar.istio.io/includeOutboundPorts": _PORTS,
    "traffic.sidecar.istio.io/excludeOutboundIPRanges": _RANGES,
    "traffic.sidecar.istio.io/includeOutboundIPRanges": _RANGES,
}  # fmt: skip


def _marks(item: KubernetesObject) -> Iterator[tuple[Scalar, Scalar]]:
    """Yield annotations and labels of an object and of its pods that belong to Istio."""
    holders = [item.root.at("metadata"), *(template.metadata for template in item.pod_templates())]
    seen: set[int] = set()
    for holder in holders:
        for section in ("annotations", "labels"):
            for key, value in holder.pairs_at(section) if holder is not None else ():
                if "istio.io/" in key.text and isinstance(value, Scalar) and id(key) not in seen:
                    seen.add(id(key))
                    yield key, value


def misspelt(item: KubernetesObject) -> Remarks:
    """Yield the annotations and labels that are a slip of one that Istio reads."""
    for key, _ in _marks(item):
        if key.opaque or key.text in KNOWN or key.text.partition("/")[0] not in _NAMES:
            continue
        near = nearest(key.text, KNOWN)
        if near:
            yield Remark(
                key,
                f"Istio does not read `{key.text}`",
                did_you_mean(near),
                f"write `{near[0]}`",
                candidates=tuple(near),
            )


def refused(item: KubernetesObject) -> Remarks:
    """Yield the values of annotations that the injector refuses."""
    for key, value in _marks(item):
        check = _VALUES.get(key.text)
        if check is not None and not value.opaque and not value.is_null and not check[0](value.text):
            yield Remark(
                value,
                f"`{value.text[:40]}` is no value of `{key.text}`",
                f"this must be {check[1]}",
                "correct the value, or the pods are not injected",
            )
