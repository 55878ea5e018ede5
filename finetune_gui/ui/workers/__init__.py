"""Background work: an event stream or one call, brought to the GUI thread as signals."""
