"""Step 9 post 差出: counts per postal class, posting slip, returned mail."""
