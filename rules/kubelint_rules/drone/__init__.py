"""Rules for Drone CI files."""
