//! What must hold of every call, whatever happens.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use assist_protocol::call::{CallConfig, CallSnapshot, CallState, Output, Role};
use assist_protocol::messages::CallMessage;
use assist_protocol::messages::call::EndReason;
use assist_protocol::{Address, CallId};

use super::Tally;

/// One call as one device showed it.
#[derive(Debug, Default)]
struct Story {
    shown: Vec<(Duration, CallSnapshot)>,
    media_was_opened: bool,
    media_was_closed: bool,
    /// It acknowledged a hang-up.
    is_over: bool,
    /// Rounds whose remote description went to the media layer.
    described: BTreeSet<u32>,
}

impl Story {
    fn now(&self) -> Option<&CallSnapshot> {
        self.shown.last().map(|(_, snapshot)| snapshot)
    }

    fn was(&self, state: CallState) -> bool {
        self.shown.iter().any(|(_, snapshot)| snapshot.state == state)
    }

    fn reason(&self) -> Option<EndReason> {
        self.now().and_then(|snapshot| snapshot.reason)
    }

    /// Ended by giving up on the other side's word.
    fn gave_up(&self) -> bool {
        let at = |state| {
            self.shown
                .iter()
                .find(|(_, snapshot)| snapshot.state == state)
                .map(|(when, _)| *when)
        };
        match (at(CallState::Ending), at(CallState::Ended)) {
            (Some(ending), Some(ended)) => ended - ending >= CallConfig::default().ending,
            (None | Some(_), None) | (None, Some(_)) => false,
        }
    }

    /// Came back after media was lost.
    fn recovered(&self) -> bool {
        self.shown
            .windows(2)
            .any(|pair| pair[0].1.state == CallState::Reconnecting && pair[1].1.state == CallState::Connected)
    }
}

/// How long a call may at most stay in a state.
fn limit(state: CallState) -> Option<Duration> {
    let config = CallConfig::default();
    match state {
        // The lifetime counts from the invite, which goes out as soon as the offer is there.
        CallState::Inviting | CallState::Alerting => Some(config.lifetime + Duration::from_millis(40)),
        CallState::Ringing => Some(config.lifetime + config.ring_grace),
        CallState::Accepting | CallState::Connecting => Some(config.connect),
        CallState::Reconnecting => Some(config.media_lost),
        CallState::Ending => Some(config.ending),
        CallState::Connected | CallState::Ended => None,
    }
}

pub(crate) struct Model {
    devices: Vec<Address>,
    gone: BTreeSet<usize>,
    stories: BTreeMap<(CallId, usize), Story>,
    /// When a device last woke from sleep: waiting for lost media begins anew.
    woke: BTreeMap<usize, Duration>,
}

impl Model {
    pub(crate) fn new(devices: Vec<Address>) -> Self {
        Self {
            devices,
            gone: BTreeSet::new(),
            stories: BTreeMap::new(),
            woke: BTreeMap::new(),
        }
    }

    pub(crate) fn vanished(&mut self, device: usize) {
        self.gone.insert(device);
    }

    pub(crate) fn woke(&mut self, device: usize, now: Duration) {
        self.woke.insert(device, now);
    }

    pub(crate) fn observe(&mut self, device: usize, output: &Output, now: Duration) {
        match output {
            Output::CreateOffer { call, .. } => self.uses_media(call, device),
            Output::CreateAnswer { call, round, .. } | Output::ApplyAnswer { call, round, .. } => {
                self.uses_media(call, device);
                assert!(
                    self.story(call, device).described.insert(*round),
                    "a round was described twice"
                );
            }
            Output::AddCandidates { call, round, .. } => {
                self.uses_media(call, device);
                assert!(
                    self.story(call, device).described.contains(round),
                    "candidates before their description"
                );
            }
            Output::CloseMedia { call } => {
                let story = self.story(call, device);
                assert!(story.media_was_opened, "closes what was never opened");
                assert!(
                    !std::mem::replace(&mut story.media_was_closed, true),
                    "closes media twice"
                );
            }
            Output::Changed { snapshot } => self.changed(device, snapshot, now),
            Output::Send {
                call,
                body: CallMessage::Ack { ended: Some(_), .. },
                ..
            } => {
                self.story(call, device).is_over = true;
            }
            Output::Deliver { .. } | Output::Send { .. } => {}
        }
    }

    fn story(&mut self, call: &CallId, device: usize) -> &mut Story {
        self.stories.entry((call.clone(), device)).or_default()
    }

    fn uses_media(&mut self, call: &CallId, device: usize) {
        let story = self.story(call, device);
        assert!(!story.media_was_closed, "something about media after its end");
        story.media_was_opened = true;
    }

    fn changed(&mut self, device: usize, snapshot: &CallSnapshot, now: Duration) {
        let woke = self.woke.get(&device).copied().unwrap_or_default();
        let story = self.story(&snapshot.call, device);
        let lives_on = story.is_over && snapshot.role == Role::Callee && snapshot.state.is_live();
        assert!(!lives_on, "lives after a hang-up was acknowledged");
        if let Some((since, before)) = story.shown.last() {
            assert_ne!(
                before.state,
                CallState::Ended,
                "{:?} changes after its end",
                snapshot.call
            );
            assert_ne!(before, snapshot, "told again although nothing changed");
            assert!(
                before.state != CallState::Ending || !snapshot.state.is_live(),
                "a call that was ending lives again"
            );
            if let Some(limit) = limit(before.state) {
                let since = if before.state == CallState::Reconnecting {
                    woke.max(*since)
                } else {
                    *since
                };
                assert!(now - since <= limit, "{:?} for longer than {limit:?}", before.state);
            }
        }
        if !snapshot.state.is_live() {
            assert!(snapshot.reason.is_some(), "an end without a reason");
            assert!(
                story.media_was_closed || !story.media_was_opened,
                "over, and media is open"
            );
        }
        story.shown.push((now, snapshot.clone()));
        self.check_one_live_call(device);
        self.check_pairs(&snapshot.call);
    }

    fn check_one_live_call(&self, device: usize) {
        let live = self
            .stories
            .iter()
            .filter(|((_, of), story)| *of == device && story.now().is_some_and(|snapshot| snapshot.state.is_live()));
        assert!(live.count() <= 1, "two live calls on one device");
    }

    /// Whoever believes to be in a call was chosen by the caller, and nobody else was.
    fn check_pairs(&self, call: &CallId) {
        let of_call = || self.stories.iter().filter(|((of, _), _)| of == call);
        let chosen = of_call()
            .filter_map(|(_, story)| story.now())
            .find(|snapshot| snapshot.role == Role::Caller);
        let paired = of_call().filter(|(_, story)| {
            story
                .now()
                .is_some_and(|snapshot| snapshot.role == Role::Callee && snapshot.state.is_paired())
        });
        for ((_, device), _) in paired {
            let chosen = chosen.and_then(|snapshot| snapshot.peer_device.as_ref());
            assert_eq!(
                chosen,
                Some(&self.devices[*device].device),
                "in a call without being chosen"
            );
        }
    }

    /// Everything is over: compares both ends of every call.
    pub(crate) fn finish(self) -> Tally {
        let mut tally = Tally::default();
        for ((call, device), story) in &self.stories {
            let Some(last) = story.now() else { continue };
            if self.gone.contains(device) {
                continue;
            }
            assert_eq!(last.state, CallState::Ended, "{call} never ended on {device}");
            if last.role == Role::Caller {
                tally.calls += 1;
                let gave_up = matches!(last.reason, Some(EndReason::ConnectFailed | EndReason::ConnectionLost));
                tally.given_up += u32::from(gave_up);
                tally.replaced += u32::from(last.reason == Some(EndReason::Replaced));
                self.compare(call, story, &mut tally);
            }
        }
        tally
    }

    fn compare(&self, call: &CallId, caller: &Story, tally: &mut Tally) {
        let callees: Vec<_> = self
            .stories
            .iter()
            .filter(|((of, _), story)| of == call && story.now().is_some_and(|shown| shown.role == Role::Callee))
            .map(|((_, device), story)| (*device, story))
            .collect();
        let chosen = caller.now().and_then(|snapshot| snapshot.peer_device.clone());
        let connected = callees
            .iter()
            .filter(|(_, story)| story.was(CallState::Connected))
            .count();
        assert!(connected <= 1, "{call} connected on two devices of the callee");
        tally.connected += u32::from(connected == 1 && caller.was(CallState::Connected));
        tally.recovered += u32::from(caller.recovered());
        if callees.iter().any(|(device, _)| self.gone.contains(device)) {
            return;
        }
        if caller.gave_up() || callees.iter().any(|(_, story)| story.gave_up()) {
            tally.unconfirmed += 1;
            let differs = |(device, story): &(usize, &Story)| {
                chosen.as_ref() == Some(&self.devices[*device].device) && story.reason() != caller.reason()
            };
            tally.differing += u32::from(callees.iter().any(differs));
            return;
        }
        tally.compared += u32::from(!callees.is_empty());
        let agrees = |story: &Story| story.reason() == caller.reason() || story.reason() == Some(EndReason::Failed);
        if chosen.is_none() && !callees.is_empty() {
            assert!(
                callees.iter().any(|(_, story)| agrees(story)),
                "{call} ended differently on all devices"
            );
        }
        for (device, story) in callees {
            let is_chosen = chosen.as_ref() == Some(&self.devices[device].device);
            let reason = story.reason();
            if is_chosen {
                assert_eq!(reason, caller.reason(), "{call} ended differently on both ends");
            } else if chosen.is_some() {
                let apart = matches!(reason, Some(EndReason::AnsweredElsewhere | EndReason::Failed));
                assert!(
                    apart,
                    "{call} on device {device}, which was not chosen, ended with {reason:?}"
                );
            } else {
                // Of many that ring, one may have heard a word of the caller that a later one took the place of.
                let said = caller.shown.iter().any(|(_, snapshot)| snapshot.reason == reason);
                assert!(said || agrees(story), "{call} ended with {reason:?}, which nobody said");
            }
        }
    }
}
