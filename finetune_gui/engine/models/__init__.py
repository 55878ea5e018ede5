"""Where networks come from, and how their layers are grouped, frozen and given a new head."""
