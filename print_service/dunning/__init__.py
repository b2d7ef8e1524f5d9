"""Step 12 dun 督促・催告: what is unpaid after the last load, late charge, reminders."""
