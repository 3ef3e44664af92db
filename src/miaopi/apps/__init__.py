"""The rooms of the street, in the order in which data flows. A room is entered by its `api`, nothing else."""
