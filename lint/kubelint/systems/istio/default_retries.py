"""What the mesh retries where a route says nothing about it.

Source: Istio reference, "Global Mesh Options" (``defaultHttpRetryPolicy``).
"""

from __future__ import annotations

from kubelint.graph.query import Graph
from kubelint.systems.istio.mesh import mesh_configs
from kubelint.tree.node import Mapping


def default_retries(graph: Graph) -> Mapping | None:
    """Return the policy of the one MeshConfig of a repository that has any; None where none or several have."""
    found = [policy for config in mesh_configs(graph) if (policy := config.root.mapping("defaultHttpRetryPolicy"))]
    return found[0] if len(found) == 1 else None
