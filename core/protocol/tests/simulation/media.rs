//! Which two ends have media: those that hold both descriptions of the same round while the path between them is whole.

use std::collections::BTreeMap;

use assist_protocol::CallId;

/// One end's peer connection.
#[derive(Debug, Default)]
struct End {
    /// The last round of which it has both descriptions.
    round: Option<u32>,
    /// Caller: whose answer it applied.
    chosen: Option<usize>,
    is_closed: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Media {
    ends: BTreeMap<(CallId, usize), End>,
    linked: BTreeMap<CallId, [usize; 2]>,
    /// Rounds up to this one were broken for good by a cut.
    broken: BTreeMap<CallId, u32>,
    is_cut: bool,
}

impl Media {
    /// A device has both descriptions of a round; returns the two ends that media now connects. `chosen` is whose answer
    /// a caller applied.
    pub(crate) fn described(
        &mut self,
        call: &CallId,
        device: usize,
        round: u32,
        chosen: Option<usize>,
    ) -> Option<[usize; 2]> {
        let end = self.ends.entry((call.clone(), device)).or_default();
        end.round = Some(round);
        end.chosen = chosen;
        self.link(call)
    }

    fn link(&mut self, call: &CallId) -> Option<[usize; 2]> {
        if self.is_cut || self.linked.contains_key(call) {
            return None;
        }
        let usable = |end: &End| {
            let round = end.round.filter(|_| !end.is_closed)?;
            self.broken
                .get(call)
                .is_none_or(|broken| round > *broken)
                .then_some(round)
        };
        let (caller, end) = self
            .ends
            .iter()
            .find(|((of, _), end)| of == call && end.chosen.is_some())?;
        let callee = end.chosen?;
        let same_round = usable(end)? == usable(self.ends.get(&(call.clone(), callee))?)?;
        let pair = same_round.then_some([caller.1, callee])?;
        self.linked.insert(call.clone(), pair);
        Some(pair)
    }

    /// A device closed its end; returns the other end, if media connected them.
    pub(crate) fn closed(&mut self, call: &CallId, device: usize) -> Option<usize> {
        self.ends.entry((call.clone(), device)).or_default().is_closed = true;
        let pair = self.linked.get(call)?;
        let other = pair
            .iter()
            .find(|end| **end != device)
            .copied()
            .filter(|_| pair.contains(&device))?;
        self.linked.remove(call);
        Some(other)
    }

    /// The path breaks; returns who loses media. `for_good`: what was agreed on does not come back by itself.
    pub(crate) fn cut(&mut self, for_good: bool) -> Vec<(CallId, [usize; 2])> {
        self.is_cut = true;
        let lost = std::mem::take(&mut self.linked);
        if for_good {
            for call in lost.keys() {
                let rounds = self
                    .ends
                    .iter()
                    .filter(|((of, _), _)| of == call)
                    .filter_map(|(_, end)| end.round);
                self.broken.insert(call.clone(), rounds.max().unwrap_or(0));
            }
        }
        lost.into_iter().collect()
    }

    /// The path is whole again; returns who has media.
    pub(crate) fn mend(&mut self) -> Vec<(CallId, [usize; 2])> {
        self.is_cut = false;
        let mut calls: Vec<CallId> = self.ends.keys().map(|(call, _)| call.clone()).collect();
        calls.dedup();
        calls
            .into_iter()
            .filter_map(|call| Some((call.clone(), self.link(&call)?)))
            .collect()
    }

    /// A device is gone; returns the ends that lose media.
    pub(crate) fn vanished(&mut self, device: usize) -> Vec<(CallId, usize)> {
        let calls: Vec<CallId> = self
            .ends
            .keys()
            .filter(|(_, of)| *of == device)
            .map(|(call, _)| call.clone())
            .collect();
        calls
            .into_iter()
            .filter_map(|call| Some((call.clone(), self.closed(&call, device)?)))
            .collect()
    }
}
