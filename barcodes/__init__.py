"""Marks of Japanese payment slips: digits ↔ marks ↔ geometry. Pure: no files, no clock, no database."""
