//! What every call of a machine shares.

use std::collections::VecDeque;

use super::{CallConfig, Output};
use crate::ids::Address;
use crate::time::Timestamp;

/// The time, the way out, and who we are.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) me: Address,
    pub(super) config: CallConfig,
    pub(super) now: Timestamp,
    /// Whether there is a signalling session.
    pub(super) online: bool,
    pub(super) outputs: VecDeque<Output>,
}

impl Context {
    pub(super) fn put(&mut self, output: Output) {
        self.outputs.push_back(output);
    }
}
