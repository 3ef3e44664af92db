"""How a model comes to a value: inputs at the edge, elements in the order of their requirements, boxes from within."""
