"""The made-up company behind the sample data. Start at ../generate.py."""
