"""Rules for Istio's configuration."""
