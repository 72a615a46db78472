"""Rules on configuration of nginx."""
