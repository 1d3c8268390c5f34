//! Signalling, the sandbox tenant and the expert's page: all a call needs, in one binary.
