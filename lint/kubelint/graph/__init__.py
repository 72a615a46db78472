"""The cross-reference graph: entities, references with their resolution, and units (floor 3)."""
