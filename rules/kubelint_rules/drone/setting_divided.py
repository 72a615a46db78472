"""drone/setting-divided."""

from __future__ import annotations

from collections.abc import Iterator

from kubelint.finding import Finding, Severity
from kubelint.graph.query import Graph
from kubelint.rule import Group, Rule
from kubelint.systems.drone.model import DroneStep
from kubelint.systems.drone.plugins import plugin_of
from kubelint.tree.node import Scalar


class SettingDivided(Rule[DroneStep]):
    """An item of a list setting has a comma, at which the plugin divides it.

    ## Why
    The runner joins the items of a list with commas into one variable, and the plugin divides it at every comma. The
    build argument `FEATURES=search,cart` arrives as `FEATURES=search` and `cart`.

    ## Example
    ```yaml .drone.yml
    kind: pipeline
    type: docker
    name: default

    steps:
    - name: publish
      image: plugins/docker:20
      settings:
        repo: octocat/hello-world
        build_args:
        - FEATURES=search,cart
        - VERSION=2.4
    ```

    ## Stays silent when
    - the setting is one text and no list: somebody may have written the list that way
    - the plugin or the setting is none of those that are known to be divided

    ## Source
    The encoder of runner-go; the sources of the plugins; drone-docker, `build_args_new`.
    """

    severity = Severity.WARNING
    group = Group.SUSPICIOUS

    def check(self, subject: DroneStep, graph: Graph) -> Iterator[Finding]:
        """Yield a finding at each comma inside an item."""
        del graph
        plugin = plugin_of(subject)
        if plugin is None:
            return
        for key, value in subject.settings:
            if key.text.lower() not in plugin.lists:
                continue
            for item in value.items():
                if isinstance(item, Scalar) and "," in item.text:
                    comma = item.text.index(",")
                    first, rest = item.text[:comma], item.text[comma + 1 :]
                    new = (
                        "build_args_new"
                        if key.text.lower() == "build_args" and "build_args_new" in plugin.settings
                        else None
                    )
                    yield self.finding(
                        f"the plugin divides this item of `{key.text}` at the comma",
                        item.part(comma, comma + 1),
                        f"it gets `{first[-30:]}` and `{rest[:30]}`",
                        help=f"use `{new}`, which takes commas" if new else "write the parts as items of their own",
                        subject=subject.pipeline,
                    )
