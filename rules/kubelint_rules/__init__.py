"""The built-in rule pack: one module per rule, one package per system."""
