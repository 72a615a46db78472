"""Which releases of kubespray an inventory may be for: as somebody says, else as its groups and variables show."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from kubelint.paths import join
from kubelint.repository import Repository
from kubelint.tree.dialect import PYYAML
from kubelint.tree.node import Mapping
from kubelint_schemas import kubespray as releases
from kubelint_schemas.kubespray import Release

_FOLDER = re.compile(r"kubespray-v?(\d{1,2}\.\d{1,3})(?:\.\d{1,3})?\Z")
_BRANCH = re.compile(r"release-(\d{1,2}\.\d{1,3})\Z")
_REQUIREMENTS = ("requirements.yml", "requirements.yaml", "collections/requirements.yml", "roles/requirements.yml")
_NAMES = ("kubespray", "kubernetes_sigs.kubespray")
_MODULES = ".gitmodules"
_LONGEST_MODULES = 50_000


class Releases(NamedTuple):
    """The releases that an inventory may be for, from ``oldest`` to ``newest``.

    ``evidence`` says in words what names the release; None where it is only inferred, so that the newest known release
    stands for those that are not known yet, too.
    """

    oldest: Release
    newest: Release
    evidence: str | None = None

    @property
    def stated(self) -> bool:
        """Whether somebody names the release."""
        return self.evidence is not None

    def any(self, accepts: Callable[[Release], bool]) -> bool:
        """Tell whether one of the releases is accepted; a release that the data does not know always is."""
        known = [release for release in releases.all_releases() if self.oldest <= release <= self.newest]
        return not known or any(accepts(release) for release in known)

    def __str__(self) -> str:
        if self.oldest == self.newest:
            return f"kubespray {self.oldest}"
        if self.newest == releases.newest():
            return f"kubespray {self.oldest} and later"
        return f"kubespray {self.oldest} to {self.newest}"


def every_release() -> Releases:
    """Return the range of an inventory of which nothing is known."""
    return Releases(releases.all_releases()[0], releases.newest())


def stated_release(repository: Repository, directory: str, configured: object) -> Releases | None:
    """Return the release that the configuration or a file names for the inventories of a folder; None where none does.

    In this order: ``targets.kubespray``, the ``galaxy.yml`` of a checkout around the inventory, the name of a folder
    (``kubespray-2.10.0``), a requirements file, the branch of a submodule.
    """
    for text, evidence in _statements(repository, directory, configured):
        try:
            release = releases.parse(text)
        except ValueError:
            continue
        return Releases(release, release, evidence)
    return None


def inferred_releases(groups: Iterable[str], kube_version: str | None) -> Releases:
    """Return the releases that group names (of the inventory and of ``group_vars``) and ``kube_version`` allow."""
    names = set(groups)
    renamed, since = releases.renamed(), releases.renamed_since()
    every = releases.all_releases()
    allowed = every
    if names & renamed.keys() and not names & set(renamed.values()):
        allowed = [release for release in every if release < since]
    elif names & set(renamed.values()):
        allowed = [release for release in every if release >= since]
    if kube_version is not None:
        installing = [release for release in every if releases.installs(release, kube_version)]
        # The old names with a version that only later releases install: the names are the mistake.
        allowed = [release for release in allowed if release in installing] or installing or allowed
    return Releases(allowed[0], allowed[-1])


def _statements(repository: Repository, directory: str, configured: object) -> Iterator[tuple[str, str]]:
    if isinstance(configured, str):
        yield configured, "`targets.kubespray`"
    parts = directory.split("/") if directory else []
    folders = ["/".join(parts[:depth]) for depth in range(len(parts), -1, -1)]
    for folder in folders:
        for version in _galaxy(repository, join(folder, "galaxy.yml")):
            yield version, f"`{join(folder, 'galaxy.yml')}`"
    for part in reversed(parts):
        found = _FOLDER.match(part)
        if found is not None:
            yield found[1], f"the folder `{part}`"
    for folder in folders:
        for name in _REQUIREMENTS:
            for version in _required(repository, join(folder, name)):
                yield version, f"`{join(folder, name)}`"
    for branch in _submodule_branches(repository):
        yield branch, f"`{_MODULES}`"


def _galaxy(repository: Repository, path: str) -> Iterator[str]:
    file = repository.file(path)
    for document in () if file is None else file.yaml.documents[:1]:
        if document.root is not None and document.root.text_at("name") == "kubespray":
            version = document.root.scalar("version")
            if version is not None and isinstance(version.value(PYYAML), str):
                yield version.text


def _required(repository: Repository, path: str) -> Iterator[str]:
    """Yield the version of kubespray that a requirements file of ansible-galaxy asks for."""
    file = repository.file(path)
    for document in () if file is None else file.yaml.documents[:1]:
        root = document.root
        if not isinstance(root, Mapping):
            continue
        for entry in [*root.items_at("collections"), *root.items_at("roles")]:
            source = entry.text_at("name") or entry.text_at("src") or ""
            name = source.partition(",")[0].rstrip("/").removesuffix(".git").rpartition("/")[2]
            if name in _NAMES:
                yield entry.text_at("version") or ""


def _submodule_branches(repository: Repository) -> Iterator[str]:
    source = repository.source(_MODULES)
    if source is None or len(source.text) > _LONGEST_MODULES:
        return
    ours = False
    for line in source.text.splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "url":
            ours = value.strip().removesuffix(".git").endswith("/kubespray")
        elif key.strip() == "branch" and ours:
            found = _BRANCH.match(value.strip())
            if found is not None:
                yield found[1]
