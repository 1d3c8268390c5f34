//! A bad network in virtual time.
