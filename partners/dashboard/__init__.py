"""What a platform sees of its own work: how far it has read, what it answered, whether its keys are well."""
