"""A synthetic city (演示) beside the product: people who do not exist, and agencies that are processes with data of their own."""
