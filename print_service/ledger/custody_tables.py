"""Custody has no tables: media, copies, spoiled sheets, incidents and audits are folded from the journal (`handover.custody`)."""
