"""A Home Assistant to try the integration in, with a simulated machine: what scripts/demo starts."""
