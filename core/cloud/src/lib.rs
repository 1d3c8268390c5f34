//! Typed clients for the services around a call, over one HTTP policy.
