"""Models written as XML: elements with their logic, and a diagram that shows who needs whom."""
