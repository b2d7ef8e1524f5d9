"""Flat files by table: fixed-length and CSV records described in TOML, read whole or not at all."""
