//! The targets, by what they test.

pub(crate) mod annotations;
pub(crate) mod call_machine;
pub(crate) mod messages;
pub(crate) mod operation_log;
