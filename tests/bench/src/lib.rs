//! Benchmarks of the whole, against yardsticks in the same run.
