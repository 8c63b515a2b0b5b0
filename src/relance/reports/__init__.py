"""What we show the owner: views (tables of machine values) and the renderers that know a format each."""
