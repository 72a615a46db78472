"""Rules that look at one object alone: which objects they need not be asked about again (floor 8).

What such a rule (``Rule.alone``) says follows from the object as it stands in its file, from the settings, and from the
surroundings that systems name (:meth:`kubelint.system.System.surroundings`): the targeted versions, the definitions of
custom resources. Of an object that it had nothing to say of in the same surroundings it need not be asked again.
Objects that are put together from several files (rendered by kustomize), and those of units that could not be read as
a whole, are always asked about.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from kubelint.file_cache import FileCache, Judged
from kubelint.graph.model import Resource
from kubelint.graph.query import Graph
from kubelint.hashing import blake2b
from kubelint.rule import Rule
from kubelint.system import System


class Alone:
    """What earlier runs know of the objects of this one, and what this one learns for the next."""

    def __init__(self, graph: Graph, systems: Iterable[System], kept: FileCache) -> None:
        self._graph = graph
        self._kept = kept
        self._environment = _environment(graph, systems)
        self._judged = Judged(frozenset(), {})
        #: The hash of path and content of each file with objects that stand there as they are.
        self._files: dict[str, bytes] = {}
        #: The objects that an earlier run has judged, by their id, with the hash of their file.
        self._known: dict[int, bytes] = {}
        self._asked: dict[type, list[Any]] = {}
        if self._environment is not None:
            self._judged = kept.judged(self._environment)
            self._collect()

    def _collect(self) -> None:
        contents, judged = self._graph.repository.witness.files, self._judged.files
        written = [resource for resource in self._graph.subjects(Resource) if resource.as_written]
        doubtful = {resource.source.path for resource in written if resource.unit.incomplete}
        for resource in written:
            path = resource.source.path
            if path in doubtful or path not in contents:
                continue
            file = self._files.get(path)
            if file is None:
                state = blake2b(contents[path][1], digest_size=16)
                state.update(path.encode("utf-8", "surrogatepass"))
                file = self._files[path] = state.digest()
            if file in judged:
                self._known[id(resource)] = file

    def subjects(self, rule: type[Rule[Any]]) -> list[Any]:
        """Return everything that a rule of this kind is still to be asked about, in the graph's order."""
        identity, judged = rule.identity(), self._judged
        if not self._known or identity not in judged.rules:
            return rule.subjects(self._graph)
        kind = rule.subject()
        if identity in judged.loud:
            everything: list[Any] = self._graph.subjects(kind)
            among = [
                subject
                for subject in everything
                if (file := self._known.get(id(subject.owner))) is None or identity in judged.files[file]
            ]
        else:
            asked = self._asked.get(kind)
            if asked is None:
                everything = self._graph.subjects(kind)
                asked = [subject for subject in everything if id(subject.owner) not in self._known]
                self._asked[kind] = asked
            among = asked
        return rule.subjects(self._graph, among)

    def learn(self, said: Mapping[str, Collection[str] | None]) -> None:
        """Keep of which files each of these rules has said something: the paths, None where that cannot be told.

        What could not be judged is counted by every run, so nothing is kept where something could not.
        """
        if self._environment is None or self._graph.unchecked:
            return
        rules: dict[str, list[str]] = {}
        for rule, paths in sorted(said.items()):
            for path in paths or ():
                rules.setdefault(path, []).append(rule)
        files = {file: tuple(rules.get(path, ())) for path, file in self._files.items()}
        certain = frozenset(rule for rule, paths in said.items() if paths is not None)
        self._kept.keep_judged(self._environment, Judged(certain, files))


def _environment(graph: Graph, systems: Iterable[System]) -> bytes | None:
    """Return the hash of all surroundings; None where a system cannot tell them."""
    state = blake2b(digest_size=16)
    for system in systems:
        surroundings = system.surroundings(graph)
        if surroundings is None:
            return None
        state.update(repr((system.name, surroundings)).encode("utf-8", "surrogatepass"))
    return state.digest()
