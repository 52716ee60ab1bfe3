"""What `make truth` measures, and the worlds it is measured in."""
