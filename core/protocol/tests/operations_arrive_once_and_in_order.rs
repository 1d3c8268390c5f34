//! Two operation logs and what may come between them.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test states what it expects by panicking"
)]

use std::time::Duration;

use assist_link::{Link, LinkConfig};
use assist_protocol::messages::call::Sequenced;
use assist_protocol::messages::channel::{MAX_TEXT_BYTES, Operation};
use assist_protocol::messages::{CallMessage, ChannelMessage};
use assist_protocol::operations::{MAX_GAP, MAX_UNACKNOWLEDGED, OperationLog, OperationOutput, SendError};
use assist_protocol::{TextId, Timestamp};
use proptest::prelude::*;

fn text(number: usize) -> Operation {
    let id = TextId::new(format!("text-{number}")).unwrap();
    Operation::Text {
        id,
        sent_at_ms: 0,
        text: number.to_string(),
    }
}

fn outputs(log: &mut OperationLog) -> Vec<OperationOutput> {
    std::iter::from_fn(|| log.poll_output()).collect()
}

fn on_channel(output: &OperationOutput) -> Option<u64> {
    match output {
        OperationOutput::OnChannel(ChannelMessage::Operation(sequenced)) => Some(sequenced.seq),
        OperationOutput::OnChannel(_)
        | OperationOutput::ThroughHub(_)
        | OperationOutput::Delivered(_)
        | OperationOutput::Acknowledged(_) => None,
    }
}

fn through_hub(output: &OperationOutput) -> Option<u64> {
    match output {
        OperationOutput::ThroughHub(CallMessage::Operation(sequenced)) => Some(sequenced.seq),
        OperationOutput::ThroughHub(_)
        | OperationOutput::OnChannel(_)
        | OperationOutput::Delivered(_)
        | OperationOutput::Acknowledged(_) => None,
    }
}

#[test]
fn a_new_channel_is_sent_everything_unacknowledged() {
    let mut log = OperationLog::new();
    for number in 1..=3 {
        assert_eq!(log.send(text(number), Timestamp::ZERO), Ok(number as u64));
    }
    assert_eq!(
        outputs(&mut log).iter().filter_map(through_hub).collect::<Vec<_>>(),
        [1, 2, 3]
    );
    log.acknowledged(1);
    assert_eq!(outputs(&mut log), [OperationOutput::Acknowledged(1)]);
    log.channel_opened();
    assert_eq!(
        outputs(&mut log).iter().filter_map(on_channel).collect::<Vec<_>>(),
        [2, 3]
    );
    log.channel_closed();
    assert_eq!(
        outputs(&mut log).iter().filter_map(through_hub).collect::<Vec<_>>(),
        [2, 3]
    );
    log.acknowledged(3);
    assert_eq!(log.unacknowledged(), 0);
    assert_eq!(log.waiting_since(), None);
}

#[test]
fn gaps_wait_and_repetitions_are_acknowledged_again() {
    let mut log = OperationLog::new();
    let ack = |through| OperationOutput::ThroughHub(CallMessage::OperationAck { through });
    let mut take = |seq: u64| {
        log.received(Sequenced {
            seq,
            operation: text(seq as usize),
        });
        outputs(&mut log)
    };
    assert_eq!(take(2), [ack(0)]);
    assert_eq!(
        take(1),
        [
            OperationOutput::Delivered(text(1)),
            OperationOutput::Delivered(text(2)),
            ack(2)
        ]
    );
    assert_eq!(take(1), [ack(2)]);
    assert_eq!(take(0), []);
    assert_eq!(take(3 + MAX_GAP), []);
    assert_eq!(take(2 + MAX_GAP), [ack(2)]);
}

#[test]
fn a_full_log_refuses_and_keeps_what_it_has() {
    let mut log = OperationLog::new();
    for number in 0..MAX_UNACKNOWLEDGED {
        log.send(text(number), Timestamp::ZERO).unwrap();
    }
    assert_eq!(log.send(text(0), Timestamp::ZERO), Err(SendError::Full));
    assert_eq!(log.unacknowledged(), MAX_UNACKNOWLEDGED);
    log.acknowledged(1);
    assert_eq!(log.send(text(0), Timestamp::ZERO), Ok(MAX_UNACKNOWLEDGED as u64 + 1));
}

#[test]
fn what_does_not_fit_is_refused_with_its_size() {
    let mut log = OperationLog::new();
    let id = TextId::new("t").unwrap();
    let long = Operation::Text {
        id,
        sent_at_ms: 0,
        text: "x".repeat(MAX_TEXT_BYTES + 1),
    };
    assert_eq!(
        log.send(long, Timestamp::ZERO),
        Err(SendError::TextTooLong {
            bytes: MAX_TEXT_BYTES + 1
        })
    );
    assert_eq!(log.send(Operation::Unknown, Timestamp::ZERO), Err(SendError::Unknown));
    assert_eq!(log.unacknowledged(), 0);
}

#[test]
fn only_a_window_is_on_its_way() {
    let mut log = OperationLog::new();
    for number in 0..500 {
        log.send(text(number), Timestamp::ZERO).unwrap();
    }
    assert_eq!(outputs(&mut log).len(), 32);
    log.acknowledged(10);
    assert_eq!(
        outputs(&mut log).iter().filter_map(through_hub).collect::<Vec<_>>(),
        (33..=42).collect::<Vec<_>>()
    );
    log.channel_opened();
    assert_eq!(
        outputs(&mut log).iter().filter_map(on_channel).collect::<Vec<_>>(),
        (11..=266).collect::<Vec<_>>()
    );
}

#[test]
fn an_acknowledgement_of_what_was_never_sent_is_ignored() {
    let mut log = OperationLog::new();
    log.send(text(1), Timestamp::ZERO).unwrap();
    log.acknowledged(2);
    assert_eq!(log.unacknowledged(), 1);
}

/// One end, its way to the other, and what came of it.
struct End {
    log: OperationLog,
    link: Link<OperationOutput>,
    delivered: Vec<Operation>,
}

fn end(seed: u64) -> End {
    let link = LinkConfig {
        delay: Duration::from_millis(50),
        jitter: Duration::from_millis(400),
        loss: 0.2,
        duplication: 0.2,
        is_ordered: false,
    };
    End {
        log: OperationLog::new(),
        link: Link::new(link, seed),
        delivered: Vec::new(),
    }
}

fn take(log: &mut OperationLog, message: OperationOutput) {
    match message {
        OperationOutput::OnChannel(ChannelMessage::Operation(sequenced))
        | OperationOutput::ThroughHub(CallMessage::Operation(sequenced)) => log.received(sequenced),
        OperationOutput::OnChannel(ChannelMessage::OperationAck { through })
        | OperationOutput::ThroughHub(CallMessage::OperationAck { through }) => log.acknowledged(through),
        other @ (OperationOutput::OnChannel(_)
        | OperationOutput::ThroughHub(_)
        | OperationOutput::Delivered(_)
        | OperationOutput::Acknowledged(_)) => panic!("{other:?} does not travel"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn everything_arrives_once_and_in_order(seed: u64, count in 1_usize..200, breaks in 0_u64..6) {
        let mut ends = [end(seed), end(seed.wrapping_add(1))];
        // Both ends send while the channel comes and goes; then it stays away, and time passes.
        for step in 0..3_000_u64 {
            let now = Duration::from_millis(step * 100);
            let timestamp = Timestamp::from_millis(step * 100);
            for index in 0..2 {
                let end = &mut ends[index];
                if step < count as u64 {
                    end.log.send(text(step as usize), timestamp).unwrap();
                }
                let phase = step % 100;
                if step / 100 < breaks && phase == 20 {
                    end.log.channel_opened();
                } else if phase == 70 && step / 100 < breaks {
                    end.log.channel_closed();
                }
                end.log.handle_timeout(timestamp);
                for output in outputs(&mut end.log) {
                    match output {
                        OperationOutput::Delivered(operation) => end.delivered.push(operation),
                        OperationOutput::Acknowledged(_) => {}
                        message @ (OperationOutput::OnChannel(_) | OperationOutput::ThroughHub(_)) => {
                            end.link.send(message, now);
                        }
                    }
                }
                while let Some(message) = ends[index].link.receive(now) {
                    take(&mut ends[1 - index].log, message);
                }
            }
        }
        let expected: Vec<_> = (0..count).map(text).collect();
        for end in &ends {
            prop_assert_eq!(&end.delivered, &expected);
            prop_assert_eq!(end.log.unacknowledged(), 0);
        }
    }
}
