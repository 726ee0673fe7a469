"""What a backup is made of, without the rows that tell of it: the copy of the database that each database's own tool
makes, the files beside it, what encrypts both, and the folder that they lie in.

Here and not in crm/: jobs, encryption and erasure, which it needs, are of this room, and whoever takes a copy of a
whole database needs to know nothing of the other rooms' tables (docs/decisions/0044-backup.md)."""
