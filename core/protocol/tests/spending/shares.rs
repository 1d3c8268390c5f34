//! Sound first, then control and annotations, then the picture, then bulk.

use assist_protocol::Timestamp;
use assist_protocol::link::{Demand, Spending};
use proptest::prelude::*;

use super::{at_first, demand};

fn demands() -> impl Strategy<Value = Demand> {
    (0.0..6e6, 0.0..80e3, 0.0..2e6, any::<bool>(), any::<bool>()).prop_map(
        |(target_bps, sound_bps, messages_bps, sends_pictures, has_bulk)| Demand {
            target_bps,
            bears_bps: target_bps,
            sound_bps,
            messages_bps,
            sends_pictures,
            has_bulk,
        },
    )
}

proptest! {
    #[test]
    fn no_more_is_spent_than_there_is_but_for_sound_and_a_trickle(
        demands in prop::collection::vec(demands(), 1..40),
        ceiling in prop::option::of(0.0..3e6),
    ) {
        let mut spending = Spending::default();
        spending.set_ceiling(ceiling);
        for (index, demand) in demands.iter().enumerate() {
            let budget = spending.spend(Timestamp::from_millis(index as u64 * 200), demand);
            let target_bps = demand.target_bps.min(ceiling.unwrap_or(f64::INFINITY));
            let video_bps = budget.video.map_or(0, |video| video.bitrate_bps);
            let bulk_bps = if demand.has_bulk { budget.bulk_bps } else { 0 };
            let spent = budget.sound_bps + budget.messages_bps + video_bps + bulk_bps;
            prop_assert!(f64::from(spent) <= target_bps.max(demand.sound_bps) + 4_000.0, "{budget:?} of {target_bps}");
            prop_assert_eq!(budget.sound_bps, demand.sound_bps as u32);
            prop_assert!(budget.video.is_none() || demand.sends_pictures && target_bps >= 150_000.0);
            prop_assert!(budget.bulk_bps >= 4_000);
        }
    }
}

#[test]
fn each_has_its_part() {
    let budget = at_first(1_500_000.0);
    // 32 kbit/s and 50 packets of 64 bytes of headers; a stroke's messages; 92 % of the rest.
    assert_eq!((budget.sound_bps, budget.messages_bps), (57_600, 8_000));
    assert_eq!(budget.video.unwrap().bitrate_bps, 1_319_648);
    assert_eq!(budget.bulk_bps, 179_300);
    let with_bulk = Demand {
        has_bulk: true,
        ..demand(1_500_000.0)
    };
    let budget = Spending::default().spend(Timestamp::ZERO, &with_bulk);
    assert_eq!(budget.video.unwrap().bitrate_bps, 1_154_692);
}

#[test]
fn without_a_picture_bulk_has_what_is_left() {
    let paused = Demand {
        sends_pictures: false,
        ..demand(1_500_000.0)
    };
    let budget = Spending::default().spend(Timestamp::ZERO, &paused);
    assert_eq!((budget.video, budget.bulk_bps), (None, 1_434_400));
}

#[test]
fn many_annotations_take_from_the_picture_and_not_all() {
    let busy = Demand {
        messages_bps: 10e6,
        ..demand(1_500_000.0)
    };
    let mut spending = Spending::default();
    let budgets = (0..50).map(|tenth| spending.spend(Timestamp::from_millis(tenth * 100), &busy));
    let budget = budgets.last().unwrap();
    assert_eq!(budget.messages_bps, 721_200);
    assert!(budget.video.unwrap().bitrate_bps > 650_000);
}

#[test]
fn the_users_own_ceiling_holds_for_all() {
    let mut spending = Spending::default();
    spending.set_ceiling(Some(500_000.0));
    let budget = spending.spend(Timestamp::ZERO, &demand(4e6));
    assert_eq!(budget, at_first(500_000.0));
    spending.set_ceiling(None);
    assert!(
        spending
            .spend(Timestamp::from_millis(100), &demand(4e6))
            .video
            .unwrap()
            .bitrate_bps
            > 3_500_000
    );
}
