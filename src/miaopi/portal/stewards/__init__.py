"""The desk of data stewards: what is asked of their agency and what they ask of others, from the catalogue to the last look."""
