"""Trees with positions: nodes, dialects and one reader per syntax (floor 1)."""
