"""The figures once more, in plain Python: row by row, without SQL and without the model."""
