"""The pure core: decisions and values. No clock, disk, network, log or SQL lives here."""
