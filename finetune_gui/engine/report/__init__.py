"""A run as a document to pass on: one HTML file that needs nothing else, and a model card in Markdown."""
