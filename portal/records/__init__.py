"""Every record, to read: Django's admin under the staff door, and the audit log with its proofs. Nothing is changed."""
