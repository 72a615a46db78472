"""Rules about proxy settings, wherever a system hands them to a process."""
