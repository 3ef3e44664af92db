"""Who may act for whom. So far everybody acts for herself alone."""
