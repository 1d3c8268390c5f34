//! Two operation logs between which anything may be lost, doubled and delayed.

use std::collections::VecDeque;

use assist_protocol::messages::channel::Operation;
use assist_protocol::messages::{CallMessage, ChannelMessage};
use assist_protocol::operations::{OperationLog, OperationOutput};
use assist_protocol::{TextId, Timestamp};

#[derive(Default)]
struct End {
    log: OperationLog,
    sent: Vec<Operation>,
    delivered: Vec<Operation>,
}

/// One byte a step: what happens to which end.
pub(crate) fn operation_log(bytes: &[u8]) {
    let mut ends = [End::default(), End::default()];
    let mut on_the_way: [VecDeque<OperationOutput>; 2] = Default::default();
    for (step, byte) in bytes.iter().enumerate() {
        let now = Timestamp::from_millis(step as u64 * 500);
        let (mine, theirs) = if byte & 1 == 0 { (0, 1) } else { (1, 0) };
        match byte >> 1 & 7 {
            0 | 1 => send(&mut ends[mine], step, now),
            2 => ends[mine].log.channel_opened(),
            3 => ends[mine].log.channel_closed(),
            4 => drop(on_the_way[mine].pop_front()),
            5 => {
                if let Some(doubled) = on_the_way[mine].front().cloned() {
                    on_the_way[mine].push_back(doubled);
                }
            }
            6 => on_the_way[mine].rotate_left(usize::from(on_the_way[mine].len() > 1)),
            _ => {
                if let Some(message) = on_the_way[mine].pop_front() {
                    take(&mut ends[theirs], message);
                }
            }
        }
        ends[mine].log.handle_timeout(now);
        for end in 0..2 {
            while let Some(output) = ends[end].log.poll_output() {
                match output {
                    OperationOutput::Delivered(operation) => ends[end].delivered.push(operation),
                    OperationOutput::Acknowledged(through) => assert!(through as usize <= ends[end].sent.len()),
                    message @ (OperationOutput::OnChannel(_) | OperationOutput::ThroughHub(_)) => {
                        on_the_way[end].push_back(message);
                    }
                }
            }
        }
        assert!(ends[0].sent.starts_with(&ends[1].delivered), "not once and in order");
        assert!(ends[1].sent.starts_with(&ends[0].delivered), "not once and in order");
    }
}

fn send(end: &mut End, step: usize, now: Timestamp) {
    let Ok(id) = TextId::new(format!("text-{step}")) else {
        return;
    };
    let operation = Operation::Text {
        id,
        sent_at_ms: 0,
        text: String::new(),
    };
    if end.log.send(operation.clone(), now).is_ok() {
        end.sent.push(operation);
    }
}

fn take(end: &mut End, message: OperationOutput) {
    match message {
        OperationOutput::OnChannel(ChannelMessage::Operation(sequenced))
        | OperationOutput::ThroughHub(CallMessage::Operation(sequenced)) => end.log.received(sequenced),
        OperationOutput::OnChannel(ChannelMessage::OperationAck { through })
        | OperationOutput::ThroughHub(CallMessage::OperationAck { through }) => end.log.acknowledged(through),
        OperationOutput::OnChannel(_)
        | OperationOutput::ThroughHub(_)
        | OperationOutput::Delivered(_)
        | OperationOutput::Acknowledged(_) => {}
    }
}
