"""One page a step; a page never imports another page."""
