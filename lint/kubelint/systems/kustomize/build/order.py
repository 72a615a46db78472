"""The order in which a build is printed (``SortOrderTransformer``): by kind, or as the objects came."""

from __future__ import annotations

from kubelint.systems.kustomize.build.error import BuildError, Cause
from kubelint.systems.kustomize.build.identity import ORDER_FIRST, ORDER_LAST, ranks, text
from kubelint.systems.kustomize.build.rendered import Collection, Rendered
from kubelint.tree.node import Mapping, Node

_Key = tuple[int, tuple[int, ...] | str, str]


def sort(items: Collection, options: Node | None) -> None:
    """Order the objects as ``sortOptions`` says, by kind where it says nothing; raises BuildError."""
    first: tuple[str, ...] = ORDER_FIRST
    last: tuple[str, ...] = ORDER_LAST
    if options is not None:
        order, legacy = options.get("order"), options.get("legacySortOptions")
        if text(order) not in ("fifo", "legacy"):
            raise BuildError("`order` is `fifo` or `legacy`", order or options, cause=Cause.FORM)
        if text(order) == "fifo":
            if isinstance(legacy, Mapping):
                raise BuildError("`legacySortOptions` has no meaning for the order `fifo`", legacy)
            return
        if isinstance(legacy, Mapping):
            first = tuple(text(node) for node in legacy.items_at("orderFirst"))
            last = tuple(text(node) for node in legacy.items_at("orderLast"))
    by_kind = ranks(first, last)

    def key(item: Rendered) -> _Key:
        gvk = item.gvk
        shown = "_".join((gvk.group or "~G", gvk.version or "~V", gvk.kind or "~K"))
        name = f"{gvk}|{item.namespace or '~X'}|{item.name or '~N'}"
        # Namespaces of Kubernetes itself come before those of others, which is against the alphabet.
        group: tuple[int, ...] | str = (
            tuple(-ord(c) for c in shown) if gvk.kind == "Namespace" else tuple(map(ord, shown))
        )
        return by_kind.get(gvk.kind, 0), group, name

    items.items.sort(key=key)
