"""What Kervan is measured against: graph libraries, on graphs of the same network."""
