"""谁看过我的信息: every look at one's data by agencies, rules and staff, each with a proof to take away."""
