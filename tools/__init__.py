"""Development tools: what makes committed files (locks, drawings). Not part of the running product."""
