"""What there is: agencies, their resources and fields, and the published versions of services."""
