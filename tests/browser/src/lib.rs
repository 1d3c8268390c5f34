//! Drives a real Chromium for the tests and the benchmarks.
