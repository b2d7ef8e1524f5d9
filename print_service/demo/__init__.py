"""The synthetic ward 見本区: one year of fake but valid data through all twelve steps."""
