//! Transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01) as arrivals of numbered packets.

use assist_protocol::link::{LinkSender, Received};
use rtc::rtcp::transport_feedbacks::transport_layer_cc::{PacketStatusChunk, SymbolTypeTcc, TransportLayerCc};

/// Of the 24-bit reference time, in µs (§3.1).
const REFERENCE_TICK_US: u64 = 64_000;

/// Reads one feedback into `received`, which is emptied first. Packets nobody sent are left out; so is a time that is not told, as if
/// the packet had not been mentioned.
pub(super) fn read<T>(feedback: &TransportLayerCc, sender: &LinkSender<T>, received: &mut Vec<Received>) {
    received.clear();
    let mut at_us = u64::from(feedback.reference_time) * REFERENCE_TICK_US;
    let mut deltas = feedback.recv_deltas.iter();
    // The last chunk may have room for more than the feedback is about.
    let told = usize::from(feedback.packet_status_count);
    for (offset, symbol) in feedback.packet_chunks.iter().flat_map(symbols).take(told).enumerate() {
        let has_arrived = match symbol {
            SymbolTypeTcc::PacketNotReceived => false,
            SymbolTypeTcc::PacketReceivedSmallDelta | SymbolTypeTcc::PacketReceivedLargeDelta => {
                let Some(delta) = deltas.next() else { continue };
                at_us = at_us.saturating_add_signed(delta.delta);
                true
            }
            SymbolTypeTcc::PacketReceivedWithoutDelta => continue,
        };
        let on_wire = feedback.base_sequence_number.wrapping_add(offset as u16);
        if let Some(number) = sender.number(on_wire) {
            let at_us = has_arrived.then_some(at_us);
            received.push(Received { number, at_us });
        }
    }
}

fn symbols(chunk: &PacketStatusChunk) -> Box<dyn Iterator<Item = SymbolTypeTcc> + '_> {
    match chunk {
        PacketStatusChunk::RunLengthChunk(run) => Box::new(std::iter::repeat_n(
            run.packet_status_symbol,
            usize::from(run.run_length),
        )),
        PacketStatusChunk::StatusVectorChunk(vector) => Box::new(vector.symbol_list.iter().copied()),
    }
}

#[cfg(test)]
mod tests {
    use assist_protocol::Timestamp;
    use assist_protocol::link::{EstimatorConfig, PacketClass};
    use rtc::rtcp::transport_feedbacks::transport_layer_cc::{
        RecvDelta, RunLengthChunk, StatusChunkTypeTcc, StatusVectorChunk, SymbolSizeTypeTcc,
    };

    use super::*;

    fn sender_of(packets: u32) -> LinkSender<()> {
        let mut sender = LinkSender::new(EstimatorConfig::default());
        for index in 0..packets {
            sender.push(PacketClass::Audio, 100, ());
            let now = Timestamp::from_millis(u64::from(index) * 20);
            assert!(sender.poll_departure(now).is_some());
        }
        sender
    }

    fn delta(delta: i64) -> RecvDelta {
        let type_tcc_packet = SymbolTypeTcc::PacketReceivedSmallDelta;
        RecvDelta { type_tcc_packet, delta }
    }

    #[test]
    fn runs_and_vectors_give_arrivals_in_order_and_no_more_than_are_told() {
        use SymbolTypeTcc::{PacketNotReceived as Lost, PacketReceivedSmallDelta as Small};
        let feedback = TransportLayerCc {
            base_sequence_number: 1,
            packet_status_count: 5,
            reference_time: 2,
            packet_chunks: vec![
                PacketStatusChunk::RunLengthChunk(RunLengthChunk {
                    type_tcc: StatusChunkTypeTcc::RunLengthChunk,
                    packet_status_symbol: Small,
                    run_length: 2,
                }),
                PacketStatusChunk::StatusVectorChunk(StatusVectorChunk {
                    type_tcc: StatusChunkTypeTcc::StatusVectorChunk,
                    symbol_size: SymbolSizeTypeTcc::TwoBit,
                    // Room for seven, three of which are told.
                    symbol_list: vec![Lost, Small, Small, Lost, Lost, Lost, Lost],
                }),
            ],
            recv_deltas: vec![delta(1_000), delta(20_000), delta(-500), delta(250)],
            ..Default::default()
        };
        let mut received = Vec::new();
        read(&feedback, &sender_of(10), &mut received);
        let told: Vec<_> = received.iter().map(|packet| (packet.number, packet.at_us)).collect();
        assert_eq!(
            told,
            [
                (1, Some(129_000)),
                (2, Some(149_000)),
                (3, None),
                (4, Some(148_500)),
                (5, Some(148_750))
            ]
        );
    }

    #[test]
    fn what_was_never_sent_and_what_has_no_time_is_left_out() {
        let feedback = TransportLayerCc {
            base_sequence_number: 8,
            packet_status_count: 4,
            packet_chunks: vec![PacketStatusChunk::RunLengthChunk(RunLengthChunk {
                type_tcc: StatusChunkTypeTcc::RunLengthChunk,
                packet_status_symbol: SymbolTypeTcc::PacketReceivedLargeDelta,
                run_length: u16::MAX,
            })],
            recv_deltas: vec![delta(0), delta(i64::MIN), delta(i64::MAX)],
            ..Default::default()
        };
        let mut received = Vec::new();
        read(&feedback, &sender_of(10), &mut received);
        let numbers: Vec<_> = received.iter().map(|packet| packet.number).collect();
        assert_eq!(numbers, [8, 9]);
    }
}
