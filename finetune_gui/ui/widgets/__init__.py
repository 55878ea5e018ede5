"""Small widgets that know no page."""
