"""Rules on the units of systemd."""
