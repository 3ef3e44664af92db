"""秒报: facts that a form is filled with, who said each of them, and the confirmation that freezes them."""
