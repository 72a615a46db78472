"""From the entries of a kustomization to files and folders, as kustomize resolves them (``api/internal/loader``)."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from typing import NamedTuple

from kubelint.files import YAML, RepositoryFile
from kubelint.graph.model import Unit
from kubelint.paths import join
from kubelint.schema import Fault
from kubelint.source import SourceFile, Span
from kubelint.suggest import did_you_mean, nearest
from kubelint.systems.kustomize.build.error import BuildError, Cause
from kubelint.systems.kustomize.build.files import Files
from kubelint.systems.kustomize.build.watch import Watch
from kubelint.systems.kustomize.detect import NAMES, detect
from kubelint.systems.kustomize.model import Kustomization
from kubelint.systems.kustomize.paths import is_remote
from kubelint.tree.embedded import read_embedded
from kubelint.tree.node import Mapping, Scalar
from kubelint.tree.problem import DuplicateKey
from kubelint.tree.yaml import YamlStream

MAX_STEPS = 200_000
#: How often a transformer may look at an object, for each step.
LOOKS_PER_STEP = 25
#: Which errors of the schema are errors of kustomize, too: it decodes strictly, yet knows no required fields.
_REFUSED = frozenset({Fault.UNKNOWN_FIELD, Fault.WRONG_TYPE})


class Opaque(NamedTuple):
    """A part of a build that is only known elsewhere: a remote base, a chart, a plugin that is a program."""

    what: str
    span: Span


class Loader:
    """Reads what kustomizations name.

    ``restricted`` says that files lie in or below the kustomization's folder; ``known`` are kustomizations by folder
    that somebody has read already; ``steps`` is how many objects and kustomizations may be put together in all builds;
    ``watch`` is told what they show.
    """

    def __init__(
        self,
        files: Files,
        *,
        restricted: bool = True,
        known: MappingABC[str, Kustomization] | None = None,
        steps: int = MAX_STEPS,
        watch: Watch | None = None,
    ) -> None:
        self.files = files
        self.steps = steps
        self.looks = steps * LOOKS_PER_STEP
        self.watch = watch
        self.restricted = restricted
        self._known = known or {}
        self._kustomizations: dict[str, Kustomization] = {}

    def kustomization(self, folder: str, place: Span | None = None) -> Kustomization:
        """Return the kustomization of a folder; raises BuildError where there is none that can be built."""
        known = self._kustomizations.get(folder)
        if known is None:
            known = self._kustomizations[folder] = self._read(folder, place)
        return known

    def _read(self, folder: str, place: Span | None) -> Kustomization:
        found = [
            path for path in (f"{folder}/{name}" if folder else name for name in NAMES) if self.files.is_file(path)
        ]
        where = place or Span(SourceFile(f"{folder}/{NAMES[0]}" if folder else NAMES[0], ""), 0, 0)
        if not found:
            raise BuildError(f"there is no kustomization in `{folder or '.'}`", where, cause=Cause.PATH)
        if len(found) > 1:
            message = f"there are two kustomizations in `{folder or '.'}`: {' and '.join(found)}"
            raise BuildError(message, where, cause=Cause.PATH)
        source = self.files.source(found[0])
        if source is None:
            raise BuildError(f"`{found[0]}` cannot be read", where, cause=Cause.PATH)
        file = RepositoryFile(source, YAML, self.files.limits)
        file.__dict__["yaml"] = self.files.yaml(source)  # the tree that is there already
        for problem in file.yaml.problems:
            if not isinstance(problem, DuplicateKey):
                raise BuildError(problem.message, problem.span, problem.related, cause=Cause.FORM)
        kustomization = self._known.get(folder)
        if kustomization is None:
            document = next(iter(detect(file)), None)
            if document is None:
                if place is None:
                    raise _unlike(source)
                related = (_unlike(source).span, "an object of another kind")
                raise BuildError(f"`{found[0]}` is no kustomization, whatever its name", place, related)
            kustomization = Kustomization(document, Unit("kustomization", folder))
        if kustomization.document.broken:
            raise _unlike(source)
        self._check(kustomization)
        return kustomization

    @staticmethod
    def _check(kustomization: Kustomization) -> None:
        if kustomization.document.root is not None and not isinstance(kustomization.document.root, Mapping):
            raise BuildError("a kustomization is a mapping", kustomization.document.root, cause=Cause.FORM)
        if kustomization.is_empty:
            raise BuildError("the kustomization is empty", kustomization.node, cause=Cause.FORM)
        for error in kustomization.errors:
            refused = error.fault in _REFUSED and not (error.fault is Fault.UNKNOWN_FIELD and _is_lenient(error.path))
            if refused and error.fault is Fault.UNKNOWN_FIELD:
                message, hint = f"there is no field `{error.name}`", did_you_mean(error.candidates)
                raise BuildError(message, error.node, cause=Cause.FORM, hint=hint)
            if refused or error.path in (("apiVersion",), ("kind",)):
                message = f"`{error.name}` must be {error.expected}, not {error.actual}"
                raise BuildError(message, error.node, cause=Cause.FORM)

    # -- files -----------------------------------------------------------------------------------------------------

    def source(self, owner: Kustomization, node: Scalar, text: str) -> SourceFile:
        """Return a file that a kustomization names; raises BuildError where it is missing or may not be read."""
        path = self.path(owner, node, text)
        if path is None:
            raise BuildError(f"`{text}` lies on another host", node, cause=Cause.PATH)
        if not self.files.is_file(path):
            raise self.missing(node, path)
        real = self.files.real(path)
        if real is None:
            raise BuildError(f"`{text}` leads out of {self.files.root}", node, cause=Cause.PATH)
        folder = owner.directory
        if self.restricted and folder and not real.startswith(f"{self.files.real(folder) or folder}/"):
            raise BuildError(f"`{text}` is not in or below `{folder}`", node, cause=Cause.PATH)
        found = self.files.source(path)
        if found is None:
            raise BuildError(f"`{text}` cannot be read", node, cause=Cause.PATH)
        return found

    def path(self, owner: Kustomization, node: Scalar, text: str) -> str | None:
        """Return what an entry means from the root; None where it is remote."""
        if not text:
            raise BuildError("an empty entry names nothing", node, cause=Cause.PATH)
        if is_remote(text):
            return None
        if text.startswith("/"):
            raise BuildError(f"`{text}` is an absolute path", node, cause=Cause.PATH)
        path = join(owner.directory, text)
        if path == ".." or path.startswith("../"):
            message = f"`{text}` lies outside of {self.files.root}; give --root"
            raise BuildError(message, node, cause=Cause.PATH)
        return path

    def missing(self, node: Scalar, path: str) -> BuildError:
        """Return the error for a path that leads nowhere, with what was perhaps meant."""
        folder, _, name = path.rpartition("/")
        try:
            names = (
                [entry.name for entry in (self.files.root / folder).iterdir()]
                if self.files.is_directory(folder)
                else []
            )
        except OSError:
            names = []
        hint = did_you_mean(nearest(name, names))
        return BuildError(f"there is no `{path}`", node, cause=Cause.PATH, hint=hint)

    def yaml(self, owner: Kustomization, node: Scalar) -> YamlStream:
        """Return the documents of a file that a kustomization names."""
        return self.files.yaml(self.source(owner, node, node.text))

    @staticmethod
    def embedded(node: Scalar) -> YamlStream:
        """Return the documents that are written out in place."""
        return read_embedded(node)


def _is_lenient(path: tuple[str | int, ...]) -> bool:
    """Tell whether kustomize takes unknown fields at a place: what it does not know of a patch's options."""
    return path[:1] == ("patches",) and "options" in path


def _unlike(source: SourceFile) -> BuildError:
    return BuildError("this is no kustomization", Span(source, 0, min(len(source.text), 1)), cause=Cause.FORM)
