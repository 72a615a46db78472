"""The configuration systems, one package each (floor 4)."""
