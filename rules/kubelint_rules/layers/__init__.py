"""Rules on what holds between systems: what builds an image, what runs it, and what it holds."""
