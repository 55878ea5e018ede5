"""What `python dev.py package` is made of: the bundle, what goes with it, and an installer for each system."""
