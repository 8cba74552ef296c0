"""Says when: the daemon's timers, its folder watch, its signals and its word to systemd. What is done is ``work``'s."""
