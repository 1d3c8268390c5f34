//! Which two ends have media: those that hold both descriptions of the same round of the same connection, while the path
//! between them is whole. The connection in use stays until a newer one is up.

use std::collections::BTreeMap;

use assist_protocol::CallId;

/// One peer connection of one end.
#[derive(Debug, Default)]
struct Connection {
    /// The last round of which the end has both descriptions.
    round: Option<u32>,
    /// Its owner was told that it is up.
    was_up: bool,
}

/// One end of one call.
#[derive(Debug, Default)]
struct End {
    /// By number; the last is the newest.
    connections: BTreeMap<u32, Connection>,
    /// Caller: whose answer it applied.
    chosen: Option<usize>,
}

/// A connection of a call.
type Number = (CallId, u32);

#[derive(Debug, Default)]
pub(crate) struct Media {
    ends: BTreeMap<(CallId, usize), End>,
    linked: BTreeMap<Number, [usize; 2]>,
    /// Rounds up to this one were broken for good by a cut.
    broken: BTreeMap<Number, u32>,
    /// Which connection a round is about: both ends must agree.
    subject: BTreeMap<(CallId, u32), u32>,
    is_cut: bool,
}

/// Ends that lose a connection.
pub(crate) type Losses = Vec<(usize, u32)>;

impl Media {
    /// A device makes a connection for this round. The one in use stays, one that was never up goes: who loses what.
    pub(crate) fn renewed(&mut self, call: &CallId, device: usize, round: u32) -> Losses {
        let end = self.ends.entry((call.clone(), device)).or_default();
        let never_up = end.connections.iter().filter(|(_, connection)| !connection.was_up);
        let gone: Vec<u32> = never_up.map(|(number, _)| *number).collect();
        end.connections.insert(round, Connection::default());
        gone.iter()
            .filter_map(|number| self.dropped(call, device, *number))
            .collect()
    }

    /// A device has both descriptions of a round; returns the connection and the two ends that media now connects. `chosen`
    /// is whose answer a caller applied.
    pub(crate) fn described(
        &mut self,
        call: &CallId,
        device: usize,
        round: u32,
        chosen: Option<usize>,
    ) -> Option<(u32, [usize; 2])> {
        let end = self.ends.get_mut(&(call.clone(), device))?;
        end.chosen = end.chosen.or(chosen);
        let (number, newest) = end.connections.iter_mut().next_back()?;
        newest.round = Some(round);
        let subject = *self.subject.entry((call.clone(), round)).or_insert(*number);
        assert_eq!(subject, *number, "round {round} is about different connections");
        self.link(call).into_iter().next()
    }

    fn link(&mut self, call: &CallId) -> Vec<(u32, [usize; 2])> {
        let Some((caller, callee)) = self.pair(call).filter(|_| !self.is_cut) else {
            return Vec::new();
        };
        let rounds = |device: usize| {
            let end = self.ends.get(&(call.clone(), device));
            let rounds = end.into_iter().flat_map(|end| &end.connections);
            rounds
                .map(|(number, connection)| (*number, connection.round))
                .collect::<BTreeMap<u32, Option<u32>>>()
        };
        let (ours, theirs) = (rounds(caller), rounds(callee));
        let mut linked = Vec::new();
        for (number, round) in ours {
            let key = (call.clone(), number);
            let is_whole = |round: u32| self.broken.get(&key).is_none_or(|broken| round > *broken);
            let same = round.filter(|_| theirs.get(&number) == Some(&round));
            if same.is_some_and(is_whole) && !self.linked.contains_key(&key) {
                self.linked.insert(key, [caller, callee]);
                linked.push((number, [caller, callee]));
            }
        }
        linked
    }

    fn pair(&self, call: &CallId) -> Option<(usize, usize)> {
        let mut of_call = self.ends.iter().filter(|((of, _), _)| of == call);
        of_call.find_map(|((_, caller), end)| Some((*caller, end.chosen?)))
    }

    /// A device is told that a connection is up; who loses what, as it lets older ones go.
    pub(crate) fn told_up(&mut self, call: &CallId, device: usize, number: u32) -> Losses {
        let Some(end) = self.ends.get_mut(&(call.clone(), device)) else {
            return Vec::new();
        };
        let is_newest = end.connections.keys().next_back() == Some(&number);
        if let Some(connection) = end.connections.get_mut(&number) {
            connection.was_up = true;
        }
        let older: Vec<u32> = end.connections.range(..number).map(|(older, _)| *older).collect();
        let older = older.into_iter().filter(|_| is_newest);
        older.filter_map(|older| self.dropped(call, device, older)).collect()
    }

    /// Whether a device still has a connection: of one it let go it hears no more.
    pub(crate) fn has(&self, call: &CallId, device: usize, number: u32) -> bool {
        self.ends
            .get(&(call.clone(), device))
            .is_some_and(|end| end.connections.contains_key(&number))
    }

    fn dropped(&mut self, call: &CallId, device: usize, number: u32) -> Option<(usize, u32)> {
        self.ends
            .get_mut(&(call.clone(), device))?
            .connections
            .remove(&number)?;
        let pair = self.linked.get(&(call.clone(), number))?;
        if !pair.contains(&device) {
            return None;
        }
        let other = pair.iter().copied().find(|end| *end != device)?;
        self.linked.remove(&(call.clone(), number));
        Some((other, number))
    }

    /// A device closed its end; who loses what.
    pub(crate) fn closed(&mut self, call: &CallId, device: usize) -> Losses {
        let end = self.ends.entry((call.clone(), device)).or_default();
        let numbers: Vec<u32> = end.connections.keys().copied().collect();
        numbers
            .into_iter()
            .filter_map(|number| self.dropped(call, device, number))
            .collect()
    }

    /// The path breaks; returns who loses media. `for_good`: what was agreed on does not come back by itself.
    pub(crate) fn cut(&mut self, for_good: bool) -> Vec<(Number, [usize; 2])> {
        self.is_cut = true;
        let lost = std::mem::take(&mut self.linked);
        if for_good {
            for (call, number) in lost.keys() {
                let ends = self.ends.iter().filter(|((of, _), _)| of == call);
                let rounds = ends.filter_map(|(_, end)| end.connections.get(number)?.round);
                let newest = rounds.max().unwrap_or(0);
                self.broken.insert((call.clone(), *number), newest);
            }
        }
        lost.into_iter().collect()
    }

    /// The path is whole again; returns who has media.
    pub(crate) fn mend(&mut self) -> Vec<(Number, [usize; 2])> {
        self.is_cut = false;
        let mut calls: Vec<CallId> = self.ends.keys().map(|(call, _)| call.clone()).collect();
        calls.dedup();
        calls
            .into_iter()
            .flat_map(|call| {
                let linked = self.link(&call);
                linked
                    .into_iter()
                    .map(move |(number, pair)| ((call.clone(), number), pair))
            })
            .collect()
    }

    /// A device is gone; returns the ends that lose media.
    pub(crate) fn vanished(&mut self, device: usize) -> Vec<(CallId, Losses)> {
        let of_device = self.ends.keys().filter(|(_, of)| *of == device);
        let calls: Vec<CallId> = of_device.map(|(call, _)| call.clone()).collect();
        calls
            .into_iter()
            .map(|call| {
                let losses = self.closed(&call, device);
                (call, losses)
            })
            .collect()
    }
}
