"""What `./bin/crm` does before any package is installed: the standard library only."""
