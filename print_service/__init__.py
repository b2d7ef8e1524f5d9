"""print-service: tax notices from host file to posted letter, and the payments that come back."""

__version__ = "0.1.0"
