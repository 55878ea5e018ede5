"""Tasks: the only place that knows what a batch is."""
