"""Search in tasks: what is written down (`index`), who finds what (`find`), how it is shown."""
