"""The pages of citizens: plain HTML forms that gate, ask one door, and render. No rules here."""
