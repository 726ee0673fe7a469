"""Every address of the product × every role × {their own row, their team's, another team's} × method."""
