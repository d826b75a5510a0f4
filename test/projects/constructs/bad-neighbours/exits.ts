// As of a project that wants a key at its start.
process.exit(1);
