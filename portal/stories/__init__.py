"""An entry's story as staff read it: its life from the log, platforms' words, what does not fit. Never its digits."""
