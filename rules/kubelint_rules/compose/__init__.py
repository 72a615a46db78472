"""Rules on compose projects."""
