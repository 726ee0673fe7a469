"""Pure maths of behaviour reports: ordered events of one person after another go in, figures come out. No Django."""
