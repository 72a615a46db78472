"""Rules for kustomizations and components."""
