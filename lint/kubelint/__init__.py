"""kubelint: finds what is wrong in and between the configuration files of cloud-native systems."""

__version__ = "0.1.0"
