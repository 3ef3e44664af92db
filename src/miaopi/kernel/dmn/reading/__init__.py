"""How a model is read: XML without anything from outside, then types, requirements, boxed expressions and tables."""
