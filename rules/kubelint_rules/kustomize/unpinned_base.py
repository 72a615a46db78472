"""kustomize/unpinned-base."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.kustomize.model import Kustomization, Outcome
from kubelint.systems.kustomize.uses import INCLUDING


class UnpinnedBase(Rule[Kustomization]):
    """A base on another host is taken from a branch, so that what is built changes by itself.

    ## Why
    Without `?ref=` kustomize fetches the default branch of a repository. The same kustomization then builds something
    else tomorrow, and a roll-back does not bring the old state back.

    ## Example
    ```yaml kustomization.yaml
    resources:
    - https://github.com/example/platform//monitoring/base
    ```

    ## Stays silent when
    - `ref` or `version` names a tag or a commit
    - the URL names a file of a release
    - the base is a folder of this repository

    ## Source
    kustomize, "Remote targets".
    """

    severity = Severity.WARNING
    group = Group.RELIABILITY

    def check(self, subject: Kustomization, graph: Graph) -> Iterator[Finding]:
        """Yield a finding for each remote base of a branch."""
        del graph
        for use in subject.uses:
            if use.outcome is not Outcome.REMOTE or use.field not in INCLUDING:
                continue
            reference = _REFERENCE.search(use.text)
            branch = _BRANCH.search(use.text)
            if reference is None and branch is None and use.text.endswith((".yaml", ".yml", ".json")):
                continue
            if reference is not None and reference["name"] not in _BRANCHES:
                continue
            found = reference or branch
            shown = found["name"] if found is not None else ""
            yield self.finding(
                f"the base is taken from the branch `{shown}`" if shown else "the base is not pinned to a version",
                use.span,
                "what this builds changes with the branch" if shown else "the default branch is fetched",
                help="add `?ref=` with a tag or a commit" if reference is None else "name a tag or a commit",
                subject=subject,
            )


_BRANCHES = frozenset({"main", "master", "develop", "HEAD", "trunk"})
_REFERENCE = re.compile(r"[?&](?:ref|version)=(?P<name>[^&]*)")
_BRANCH = re.compile(r"/(?P<name>main|master|develop|HEAD|trunk)/")
