"""The register of personal data, of this room. See customers.registry."""
