"""Encrypted columns: AES-256-GCM values bound to their row, data keys wrapped by a key from the environment,
and blind indexes for exact look-ups. Threat covered: a stolen database, dump, replica or backup."""
