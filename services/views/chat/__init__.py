"""What visitors of web sites ask for: the script that makes the widget, the page in it, and the conversation."""
