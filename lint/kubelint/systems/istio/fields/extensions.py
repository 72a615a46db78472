"""Fields of Telemetries, WasmPlugins and TrafficExtensions that no schema checks.

Source: Istio, ``pkg/config/validation/validation.go`` (``ValidateTelemetry``, ``ValidateWasmPlugin``); Istio reference,
"Telemetry" and "Wasm Plugin".
"""

from __future__ import annotations

from kubelint.systems.istio.fields import common
from kubelint.systems.istio.fields.fault import Faults, complete, idle, mappings, missing, place
from kubelint.systems.istio.model import IstioObject, Telemetry, TrafficExtension, WasmPlugin
from kubelint.tree.node import Mapping, Scalar

_TAG_SOURCES = ("literal", "environment", "header", "formatter")


def telemetry_faults(item: Telemetry) -> Faults:
    """Yield what Istio refuses or ignores in a Telemetry."""
    spec = item.root.mapping("spec")
    if spec is None:
        return
    yield from _bound(item)
    tracings = mappings(spec, "tracing")
    for entry in tracings[1:]:
        yield idle(
            place(entry), "only one entry of `tracing` is used", "this one does nothing", "join the entries",
            place(tracings[0]),
        )  # fmt: skip
    for entry in tracings:
        providers = mappings(entry, "providers")
        if len(providers) > 1:
            yield idle(
                place(providers[1]), "only one provider of `tracing` is used", "this one does nothing",
                "leave one of them", place(providers[0]),
            )  # fmt: skip
        for key, tag in entry.pairs_at("customTags"):
            empty = isinstance(tag, Scalar) and tag.is_null
            if empty or (isinstance(tag, Mapping) and complete(tag) and not any(tag.get(n) for n in _TAG_SOURCES)):
                yield missing(tag, _TAG_SOURCES[:3], f"the tag `{key.text}`", "its value comes from nowhere", key=key)


def _bound(item: IstioObject) -> Faults:
    yield from common.selector(item, item.root.mapping("spec", "selector"), "matchLabels")
    yield from common.target_refs(item)


def extension_faults(item: WasmPlugin | TrafficExtension) -> Faults:
    """Yield what Istio refuses in a WasmPlugin or a TrafficExtension; what CEL says is not repeated."""
    yield from _bound(item)
