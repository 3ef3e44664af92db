"""miaopi (秒批): software with which a city decides everyday applications by written rules, in seconds."""
