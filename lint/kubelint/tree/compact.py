"""YAML text to a compact tree: plain lists and numbers that cross processes and lie in a cache (floor 1).

Most nodes of a repository are never looked at one by one. So a text is read in two steps: this module turns the events
of the C parser into nested lists of numbers, which :mod:`marshal` copies at memory speed; :mod:`kubelint.tree.node`
makes nodes of them, level by level, when somebody looks. What needs more than lists (anchors, tags, templates,
repeated keys, a syntax error, a bound) is left to :mod:`kubelint.tree.yaml`, which stays the one place that knows what
a problem is: :func:`compact` then returns None.

The form: a document is ``(start, end, node)``; a plain scalar whose text stands as it is
in the source is the number ``start << 8 | length``; any other scalar is ``(start, end, text, style)``; a mapping is
``[start, end, flow, key, value, key, value, …]`` with flow 0 or 1, a sequence ``[start, end, flow, item, …]`` with
flow 2 or 3.
"""

from __future__ import annotations

from functools import cache
from typing import Any, TypeAlias

__all__ = ["LENGTH_BITS", "LONGEST", "MAX_ALIAS_EXPANSION", "MAX_DEPTH", "SEQUENCE", "CompactStream", "compact"]

#: ``(start, end, root)`` of each document.
CompactStream: TypeAlias = list[tuple[int, int, Any]]

MAX_DEPTH = 200
MAX_ALIAS_EXPANSION = 200_000
SEQUENCE = 2
LENGTH_BITS = 8
LONGEST = (1 << LENGTH_BITS) - 1
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def compact(text: str, max_depth: int) -> CompactStream | None:
    """Return the documents of a text in compact form; None where it holds what only the full reader understands."""
    import yaml  # a run that the cache answers reads nothing

    parser = None
    try:
        parser = event_parser()(text)
        return _documents(parser, text, max_depth)
    except (yaml.YAMLError, UnicodeEncodeError):  # the latter: an editor's buffer with half a character
        return None
    finally:
        if parser is not None:
            parser.dispose()


@cache
def event_parser() -> Any:
    """Return the class that makes events of a text: the one in C where the platform has it."""
    try:
        from yaml._yaml import CParser
    except ImportError:
        from yaml import Loader

        return Loader
    return CParser


def _documents(parser: Any, text: str, max_depth: int) -> CompactStream | None:
    import yaml

    next_event = parser.get_event
    documents: CompactStream = []
    while True:
        event = next_event()
        kind = type(event)
        if kind is yaml.DocumentStartEvent:
            start = event.start_mark.index
            root = _node(next_event, text, max_depth)
            if root is None:
                return None
            end = next_event().end_mark.index
            documents.append((start, end, None if _is_null(root, text) else root))
        elif kind is yaml.StreamEndEvent:
            return documents


def _is_null(root: Any, text: str) -> bool:
    return type(root) is int and text[root >> 8 : (root >> 8) + (root & LONGEST)] in _NULLS


def _node(next_event: Any, text: str, max_depth: int) -> Any:  # noqa: C901 - one loop, kept flat for speed
    """Return the compact form of one document's root; None where the full reader is needed."""
    import yaml

    scalar_event, mapping_start, sequence_start = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
    alias_event = yaml.AliasEvent
    length = len(text)
    stack: list[tuple[list[Any], list[str] | None, int]] = []
    container: list[Any] = []
    keys: list[str] | None = None  # the keys of the current mapping; None in a sequence
    key_end = -1  # behind the key whose value is expected; -1 where a key or an item is
    last_end = last_key_end = 0  # behind what was read last
    while True:
        event = next_event()
        kind = type(event)
        if kind is scalar_event:
            if event.tag is not None or event.anchor is not None:
                return None
            start, end, value = event.start_mark.index, event.end_mark.index, event.value
            if not event.style and text[start:end] == value and end - start <= LONGEST:
                node: Any = start << LENGTH_BITS | end - start
            else:
                node = (start, end, value, event.style or None)
            if not stack:
                return node
            if keys is not None and key_end < 0:
                if value == "<<":
                    return None
                keys.append(value)
                key_end = end
                container.append(node)
                continue
        elif kind is mapping_start or kind is sequence_start:
            if event.tag is not None or event.anchor is not None or len(stack) >= max_depth:
                return None
            start, flow = event.start_mark.index, bool(event.flow_style)
            if keys is not None and key_end < 0:  # a mapping or a sequence as a key
                return None
            stack.append((container, keys, key_end))
            if kind is mapping_start:
                if flow and text.startswith("{{", start):
                    return None
                container, keys = [start, start, int(flow)], []
            else:
                container, keys = [start, start, SEQUENCE + flow], None
            key_end = -1
            continue
        elif kind is alias_event:
            return None
        else:  # the end of a mapping or a sequence
            end = event.end_mark.index
            if not container[2] & 1 and len(container) > 3:
                # libyaml ends a block where the next token starts; it ends behind its last child.
                end = max(container[0] + 1 if keys is None else last_key_end + 1, last_end)
            if keys is not None and len(set(keys)) != len(keys):
                return None
            container[1] = end = min(end, length)
            node = container
            container, keys, key_end = stack.pop()
            if not stack:
                return node
        container.append(node)
        last_end, last_key_end, key_end = end, key_end, -1
