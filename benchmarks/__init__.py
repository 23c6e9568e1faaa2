"""What this integration costs, measured: see docs/performance.md."""
