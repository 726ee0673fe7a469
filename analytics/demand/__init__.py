"""Demand = f(I, P, M, T): pure functions, vectorised over series. No Django. See docs/decisions/0041-demand.md.

I information (enquiries), P product (price, promotion, stock-out), M market (holidays, indexes), T time."""
