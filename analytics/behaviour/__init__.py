"""Pure maths of behaviour reports: blocks of ordered events of whole people go in, figures come out. No Django."""
