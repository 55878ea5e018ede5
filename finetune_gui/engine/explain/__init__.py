"""Why a model answers as it does: heat maps, what images looked like, labels that may be wrong, leaks of images."""
