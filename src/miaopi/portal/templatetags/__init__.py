"""Words, icons and figures for the templates of the portal."""
