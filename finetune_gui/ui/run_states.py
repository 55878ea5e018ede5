"""What the run of this window may be doing."""

RunState = str
IDLE, RUNNING, PAUSING, PAUSED, STOPPING = "idle", "running", "pausing", "paused", "stopping"
GOING_ON = (RUNNING, PAUSING, PAUSED)  # until somebody ends it
HELD = (PAUSING, PAUSED)  # until somebody lets it go on
