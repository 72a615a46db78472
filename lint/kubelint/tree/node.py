"""The nodes of a tree: scalars, mappings and sequences, each with the place that it was read from.

Every reader of :mod:`kubelint.tree` makes these nodes, whatever the syntax, so views and rules need to know only
this API. A node never changes once its reader has returned. Aliases share nodes: a tree may be a DAG, never a cycle.

Mappings and sequences that come from :mod:`kubelint.tree.compact` make their children when somebody first looks at
them: of most objects only a few fields are ever asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from kubelint.source import SourceFile, Span
from kubelint.tree.compact import LENGTH_BITS, LONGEST, SEQUENCE
from kubelint.tree.dialect import Dialect
from kubelint.tree.opaque import is_opaque

Step: TypeAlias = str | int


class Node:
    """What scalars, mappings and sequences have in common."""

    __slots__ = ("end", "source", "start", "tag")

    def __init__(self, source: SourceFile, start: int, end: int, tag: str | None = None) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.tag = tag

    @property
    def span(self) -> Span:
        """Where the node was read from."""
        return Span(self.source, self.start, self.end)

    def get(self, key: str) -> Node | None:
        """Return the value of a key; None where there is none or where this is no mapping."""
        del key
        return None

    def key(self, name: str) -> Scalar | None:
        """Return the node of a key itself; None where there is none."""
        del name
        return None

    def items(self) -> list[Node]:
        """Return the items of a sequence; an empty list for anything else."""
        return []

    def pairs(self) -> Iterator[tuple[Scalar, Node]]:
        """Yield key and value of a mapping as it takes effect: merge keys applied, of duplicates the last one."""
        return iter(())

    def at(self, *path: Step) -> Node | None:
        """Follow keys (strings) and positions (numbers); None as soon as one leads nowhere."""
        node: Node | None = self
        for step in path:
            if isinstance(node, Mapping):
                # Half of all the work of a run is in this line: the index is looked up without a call.
                entry = (node._index or node.index).get(step)  # type: ignore[arg-type]  # noqa: SLF001
                if entry is None:
                    return None
                node = entry[1]
            elif isinstance(node, Sequence) and isinstance(step, int):
                items = node.children
                if not -len(items) <= step < len(items):
                    return None
                node = items[step]
            else:
                return None
        return node

    def scalar(self, *path: Step) -> Scalar | None:
        """Return the scalar at a path; None where there is no scalar there, or an empty one (null)."""
        node = self.at(*path)
        if not isinstance(node, Scalar) or (node.text in NULLS and node.is_null):
            return None
        return node

    def text_at(self, *path: Step) -> str | None:
        """Return the text of the scalar at a path; None where :meth:`scalar` is None."""
        node = self.at(*path)
        if not isinstance(node, Scalar) or (node.text in NULLS and node.is_null):
            return None
        return node.text

    def mapping(self, *path: Step) -> Mapping | None:
        """Return the mapping at a path; None where there is none."""
        node = self.at(*path)
        return node if isinstance(node, Mapping) else None

    def items_at(self, *path: Step) -> list[Node]:
        """Return the items of the sequence at a path; empty where there is none."""
        node = self.at(*path)
        return [] if node is None else node.items()

    def pairs_at(self, *path: Step) -> Iterator[tuple[Scalar, Node]]:
        """Yield key and value of the mapping at a path; nothing where there is none."""
        node = self.at(*path)
        return iter(()) if node is None else node.pairs()

    def data(self, dialect: Dialect) -> Any:
        """Return plain Python data (dict, list, str, int, float, bool, None) as the dialect's readers see it."""
        raise NotImplementedError

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below it, a shared node once for each place."""
        yield self


class Scalar(Node):
    """A single value. ``style`` is None for plain text, else the character that YAML marks the style with."""

    __slots__ = ("style", "text")

    def __init__(
        self,
        source: SourceFile,
        start: int,
        end: int,
        text: str,
        style: str | None = None,
        tag: str | None = None,
    ) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.tag = tag
        self.text = text
        self.style = style

    @property
    def plain(self) -> bool:
        """Whether the text stands without quotes, so that its type depends on the dialect."""
        return self.style is None and self.tag is None

    @property
    def is_null(self) -> bool:
        """Whether every dialect reads this as null."""
        return self.style is None and self.text in NULLS and self.tag is None

    @property
    def opaque(self) -> bool:
        """Whether the value is only known later: a template, a placeholder, an encrypted or a vaulted value."""
        return self.tag == OPAQUE_TAG or is_opaque(self.text) or (self.tag is not None and self.tag in VAULT_TAGS)

    def value(self, dialect: Dialect) -> str | int | float | bool | None:
        """Return the value as the dialect's readers see it."""
        if self.style is None and self.tag is None:
            return dialect.resolve(self.text)
        if self.tag is not None and self.tag != "!":
            return dialect.resolve_tagged(self.text, self.tag)
        return self.text

    def data(self, dialect: Dialect) -> Any:
        """Return the value as plain Python data."""
        return self.value(dialect)

    def part(self, start: int, end: int) -> Span:
        """Return the span of ``text[start:end]``; the whole value where the text is not verbatim in the source."""
        offset = 1 if self.style in ("'", '"') else 0
        first, last = self.start + offset + start, self.start + offset + end
        if self.source.text[first:last] == self.text[start:end]:
            return Span(self.source, first, last)
        return self.span

    def __repr__(self) -> str:
        return f"Scalar({self.text!r} at {self.span})"


class Mapping(Node):
    """Keys and values in the order of the text, duplicates included."""

    __slots__ = ("_index", "compact", "entries", "flow")

    def __init__(
        self,
        source: SourceFile,
        start: int,
        end: int,
        entries: list[tuple[Scalar, Node]],
        *,
        flow: bool = False,
        tag: str | None = None,
    ) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.tag = tag
        self.entries = entries
        self.flow = flow
        self._index: dict[str, tuple[Scalar, Node]] | None = None
        #: What the entries are made of when somebody first looks at them; None from then on.
        self.compact: list[Any] | None = None

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Make the entries when they are first looked at."""
            if name != "entries":
                raise AttributeError(name)
            self._expand()
            return self.entries

    def _expand(self) -> None:
        """Make entries and index of the compact form, which has neither merge keys nor repeated ones."""
        source, text = self.source, self.source.text
        parts = iter(self.compact or ())
        start, end, _ = next(parts), next(parts), next(parts)
        entries: list[tuple[Scalar, Node]] = []
        index: dict[str, tuple[Scalar, Node]] = {}
        for key, below in zip(parts, parts, strict=True):  # one loop without calls: nearly all nodes are made here
            if type(key) is int:
                start = key >> LENGTH_BITS
                end = start + (key & LONGEST)
                own = Scalar(source, start, end, text[start:end])
            else:
                own = Scalar(source, *key)
            kind = type(below)
            if kind is int:
                start = below >> LENGTH_BITS
                end = start + (below & LONGEST)
                entry: tuple[Scalar, Node] = (own, Scalar(source, start, end, text[start:end]))
            else:
                entry = (own, expanded(source, below))
            entries.append(entry)
            index[own.text] = entry
        self.entries = entries
        self._index = index
        self.compact = None

    # Rules ask for paths more than for anything else: these two do what the base class does with one call less.

    def scalar(self, *path: Step) -> Scalar | None:
        """Return the scalar at a path; None where there is no scalar there, or an empty one (null)."""
        node: Node = self
        for step in path:
            if isinstance(node, Mapping):
                entry = (node._index or node.index).get(step)  # type: ignore[arg-type]  # noqa: SLF001
                if entry is None:
                    return None
                node = entry[1]
            else:
                return super().scalar(*path)
        return node if isinstance(node, Scalar) and not (node.text in NULLS and node.is_null) else None

    def text_at(self, *path: Step) -> str | None:
        """Return the text of the scalar at a path; None where :meth:`scalar` is None."""
        node: Node = self
        for step in path:
            if isinstance(node, Mapping):
                entry = (node._index or node.index).get(step)  # type: ignore[arg-type]  # noqa: SLF001
                if entry is None:
                    return None
                node = entry[1]
            else:
                return super().text_at(*path)
        return node.text if isinstance(node, Scalar) and not (node.text in NULLS and node.is_null) else None

    @property
    def index(self) -> dict[str, tuple[Scalar, Node]]:
        """Key text to key and value, merge keys applied, of duplicates the last one."""
        index = self._index
        if index is None and self.compact is not None:
            self._expand()
            index = self._index
        if index is None:
            index = {key.text: (key, value) for key, value in self.entries}
            if "<<" in index and index["<<"][0].plain:
                del index["<<"]
                for key, value in reversed(self.entries):  # of several merge keys, too, the last one wins
                    if key.text == "<<" and key.plain:
                        index = self._merged(index, value)
            self._index = index
        return index

    @staticmethod
    def _merged(index: dict[str, tuple[Scalar, Node]], merge: Node) -> dict[str, tuple[Scalar, Node]]:
        sources = merge.items() if isinstance(merge, Sequence) else [merge]
        for source in sources:
            if isinstance(source, Mapping):
                for name, entry in source.index.items():
                    index.setdefault(name, entry)
        return index

    def get(self, key: str) -> Node | None:
        """Return the value of a key; None where there is none."""
        entry = self.index.get(key)
        return None if entry is None else entry[1]

    def key(self, name: str) -> Scalar | None:
        """Return the node of a key itself; None where there is none."""
        entry = self.index.get(name)
        return None if entry is None else entry[0]

    def pairs(self) -> Iterator[tuple[Scalar, Node]]:
        """Yield key and value as they take effect: merge keys applied, of duplicates the last one."""
        return iter(self.index.values())

    def duplicates(self) -> Iterator[tuple[Scalar, Scalar]]:
        """Yield each repeated key with the first key of the same text."""
        if len({key.text for key, _ in self.entries}) == len(self.entries):
            return
        seen: dict[str, Scalar] = {}
        for key, _ in self.entries:
            first = seen.setdefault(key.text, key)
            if first is not key:
                yield key, first

    def data(self, dialect: Dialect) -> Any:
        """Return a dict; keys are the texts of the key nodes."""
        if self.compact is not None:
            return compact_data(self.compact, self.source.text, dialect)
        resolve = dialect.resolve
        return {  # plain scalars, which are most values, are resolved without a call of their own
            name: resolve(value.text)
            if type(value) is Scalar and value.style is None and value.tag is None
            else value.data(dialect)
            for name, (_, value) in self.index.items()
        }

    def walk(self) -> Iterator[Node]:
        """Yield this node, each key and all below each value."""
        yield self
        for key, value in self.entries:
            yield key
            yield from value.walk()

    def __contains__(self, key: object) -> bool:
        return key in self.index

    def __len__(self) -> int:
        return len(self.index)

    def __repr__(self) -> str:
        return f"Mapping({list(self.index)} at {self.span})"


class Sequence(Node):
    """Items in order."""

    __slots__ = ("children", "compact", "flow")

    def __init__(
        self,
        source: SourceFile,
        start: int,
        end: int,
        children: list[Node],
        *,
        flow: bool = False,
        tag: str | None = None,
    ) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.tag = tag
        self.children = children
        self.flow = flow
        self.compact: list[Any] | None = None

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Make the items when they are first looked at."""
            if name != "children":
                raise AttributeError(name)
            children = self.children = [expanded(self.source, item) for item in self.compact[3:]]
            self.compact = None
            return children

    def items(self) -> list[Node]:
        """Return the items."""
        return self.children

    def data(self, dialect: Dialect) -> Any:
        """Return a list."""
        if self.compact is not None:
            return compact_data(self.compact, self.source.text, dialect)
        return [child.data(dialect) for child in self.children]

    def walk(self) -> Iterator[Node]:
        """Yield this node and all below each item."""
        yield self
        for child in self.children:
            yield from child.walk()

    def __len__(self) -> int:
        return len(self.children)

    def __repr__(self) -> str:
        return f"Sequence({len(self.children)} items at {self.span})"


def expanded(source: SourceFile, compact: Any) -> Node:
    """Return the node of a compact form (see :mod:`kubelint.tree.compact`); what is below it is made later."""
    kind = type(compact)
    if kind is int:
        start = compact >> LENGTH_BITS
        end = start + (compact & LONGEST)
        return Scalar(source, start, end, source.text[start:end])
    if kind is tuple:
        return Scalar(source, *compact)
    node: Mapping | Sequence
    if compact[2] < SEQUENCE:
        node = Mapping.__new__(Mapping)
        node._index = None  # noqa: SLF001
    else:
        node = Sequence.__new__(Sequence)
    node.source = source
    node.tag = None
    node.start, node.end, flow = compact[:3]
    node.flow = flow & 1 == 1
    node.compact = compact
    return node


def compact_data(compact: Any, text: str, dialect: Dialect) -> Any:
    """Return plain Python data of a compact form, as :meth:`Node.data` does of a node."""
    kind = type(compact)
    if kind is int:
        start = compact >> LENGTH_BITS
        return dialect.resolve(text[start : start + (compact & LONGEST)])
    if kind is tuple:
        return compact[2] if compact[3] is not None else dialect.resolve(compact[2])
    if compact[2] >= SEQUENCE:
        return [compact_data(item, text, dialect) for item in compact[3:]]
    data: dict[str, Any] = {}
    for place in range(3, len(compact), 2):
        key = compact[place]
        if type(key) is int:
            start = key >> LENGTH_BITS
            name = text[start : start + (key & LONGEST)]
        else:
            name = key[2]
        data[name] = compact_data(compact[place + 1], text, dialect)
    return data


NULLS = frozenset({"", "~", "null", "Null", "NULL"})
OPAQUE_TAG = "kubelint:opaque"
VAULT_TAGS = frozenset({"!vault", "!vault-encrypted", "!Ref", "!Sub", "!reference"})
