"""Containers, custody, certificates and the journal: what a vendor and a ward must be able to prove."""
