"""Step 3 number 採番: instalments get Pay-easy keys, convenience-store digits and QR payloads, each unique."""
