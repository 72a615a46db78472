"""What the transformers of a kustomization do to names, namespaces and labels.

Source: kustomize, the default configuration of its built-in transformers.
"""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.systems.kustomize.members import LabelSet, Member
from kubelint.systems.kustomize.model import Kustomization
from kubelint.tree.node import Scalar

#: Kinds whose names stay as they are.
_NEVER_RENAMED = frozenset({"CustomResourceDefinition", "APIService", "Namespace"})

#: What is longer makes no name that a cluster takes, and thousands of names that long fill the memory.
_LONGEST = 1_000


class Change:
    """What the transformers of one kustomization do to each member."""

    def __init__(self, kustomization: Kustomization, *, removes: bool) -> None:
        self.kustomization = kustomization
        self.removes = removes
        self.namespace = kustomization.namespace_node
        self.prefix, self.suffix = _text(kustomization.prefix), _text(kustomization.suffix)
        self.labels = tuple(_labels(kustomization))
        scalars = (self.namespace, kustomization.prefix, kustomization.suffix)
        self.opaque = any(node is not None and (node.opaque or len(node.text) > _LONGEST) for node in scalars)

    @property
    def renames(self) -> bool:
        """Whether identities change."""
        return self.namespace is not None or bool(self.prefix or self.suffix)

    @property
    def any(self) -> bool:
        """Whether anything changes."""
        return self.renames or self.removes or bool(self.labels)

    def apply(self, member: Member) -> Member:
        """Return the member as it is afterwards."""
        names = member.names
        namespace, setter = member.namespace, member.setter
        if self.namespace is not None:
            value = "" if self.namespace.opaque else self.namespace.text
            if not member.cluster_scoped:
                namespace, setter = value, self.kustomization
            elif member.kind == "Namespace" and value:
                names = (*names, value)
        if (self.prefix or self.suffix) and member.kind not in _NEVER_RENAMED:
            names = (*names, f"{self.prefix}{names[-1]}{self.suffix}")
        return member._replace(
            names=names,
            namespace=namespace,
            setter=setter,
            labels=(*member.labels, *self.labels),
            exact=member.exact and not self.removes and not self.opaque,
        )


def _text(node: Scalar | None) -> str:
    return "" if node is None or len(node.text) > _LONGEST else node.text


def _labels(kustomization: Kustomization) -> Iterator[LabelSet]:
    common = kustomization.root.mapping("commonLabels")
    if common is not None:
        yield LabelSet(common, templates=True, selectors=True)
    for entry in kustomization.root.items_at("labels"):
        pairs = entry.mapping("pairs")
        if pairs is not None:
            selectors = entry.text_at("includeSelectors") == "true"
            # `fields` may name any place: labels that pods perhaps have do no harm.
            templates = selectors or entry.text_at("includeTemplates") == "true" or bool(entry.items_at("fields"))
            yield LabelSet(pairs, templates, selectors)
