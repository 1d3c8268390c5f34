//! Reports, answers and the peer's word, one after the other.

use assist_protocol::link::LinkReason;

use super::*;

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_000 * seconds)
}

fn report(verdict: Verdict) -> LinkReport {
    LinkReport {
        verdict,
        bears_bps: 1_400_000,
        packets_told: 100,
        packets_lost: 12,
        ..LinkReport::default()
    }
}

fn poor(reason: LinkReason) -> Verdict {
    Verdict::Poor { reason }
}

fn shown(link: &CallLink) -> LinkSnapshot {
    let mut snapshot = LinkSnapshot::default();
    link.show(&mut snapshot, CallState::Connected, true);
    snapshot
}

#[test]
fn the_worse_way_is_said_in_words() {
    let words = |up: Verdict, down: Option<LinkState>| {
        let mut link = CallLink::new(true, at(0));
        link.reported(&report(up), at(1));
        link.round_trip(Duration::from_millis(1_400));
        down.into_iter().for_each(|state| link.peer_told(state));
        shown(&link).words
    };
    let down = |grade, reason| {
        let mut peer = CallLink::new(true, at(0));
        peer.reported(&report(Verdict::Good), at(1));
        peer.poll_told(at(1)).map(|told| LinkState { grade, reason, ..told })
    };
    assert_eq!(words(Verdict::Good, None), "Good, 1.4 Mbit/s");
    assert_eq!(words(poor(LinkReason::Loss), None), "Poor: 12 % of packets lost");
    assert_eq!(words(poor(LinkReason::Delay), None), "Poor: answers take 1.4 s");
    assert_eq!(words(poor(LinkReason::Bandwidth), None), "Poor: only 1.4 Mbit/s");
    assert_eq!(words(Verdict::Critical, None), "Critical, getting better: 1.4 Mbit/s");
    let lossy = down(LinkGrade::Poor, Some(LinkReason::Loss));
    assert_eq!(
        words(Verdict::Good, lossy),
        "Poor on the way here: 12 % of packets lost"
    );
    assert_eq!(words(Verdict::Critical, lossy), words(Verdict::Critical, None));
    // From a peer that says poor without a reason.
    assert_eq!(
        words(Verdict::Good, down(LinkGrade::Poor, None)),
        "Poor on the way here: only 1.4 Mbit/s"
    );
}

#[test]
fn figures_are_shown_in_time_and_what_matters_at_once() {
    let (mut link, mut shown) = (CallLink::new(true, at(0)), LinkSnapshot::default());
    let mut show = |link: &CallLink, figures_too| link.show(&mut shown, CallState::Connected, figures_too);
    assert!(show(&link, false), "there is a link now");
    link.reported(&report(Verdict::Good), at(1));
    assert!(!show(&link, false) && show(&link, true) && !show(&link, true));
    link.reported(&report(poor(LinkReason::Loss)), at(2));
    assert!(show(&link, false));
    assert_eq!((shown.offer, shown.revision), (Some(LinkOffer::PauseVideo), 3));
}

#[test]
fn either_end_accepts_once() {
    let (mut sharing, mut watching) = (CallLink::new(true, at(0)), CallLink::new(false, at(0)));
    assert_eq!(sharing.reported(&report(poor(LinkReason::Loss)), at(1)), None);
    watching.peer_told(sharing.poll_told(at(1)).unwrap());
    assert_eq!(shown(&watching).offer, Some(LinkOffer::PauseVideo));
    let (none, accepted) = watching.answered(true, at(2));
    assert_eq!((none, accepted), (None, Some(LinkOffer::PauseVideo)));
    assert_eq!(shown(&watching).offer, None);
    assert_eq!(
        sharing.peer_accepted(LinkOffer::PauseVideo, at(2)),
        Some(Wish::PauseVideo)
    );
    assert_eq!(
        sharing.answered(true, at(2)),
        (None, None),
        "there is no offer any more"
    );
    assert_eq!(sharing.reported(&report(Verdict::Good), at(30)), None);
    assert_eq!(
        sharing.peer_accepted(LinkOffer::PauseVideo, at(30)),
        None,
        "that one is over"
    );
    watching.peer_told(sharing.poll_told(at(30)).unwrap());
    assert_eq!(shown(&watching).offer, Some(LinkOffer::ResumeVideo));
    // Closed here, it stays open there.
    assert_eq!(watching.answered(false, at(31)), (None, None));
    watching.peer_told(sharing.poll_told(at(40)).unwrap_or(link_told(&sharing)));
    assert_eq!(
        (shown(&watching).offer, shown(&sharing).offer),
        (None, Some(LinkOffer::ResumeVideo))
    );
    assert_eq!(sharing.answered(true, at(50)).0, Some(Wish::ResumeVideo));
}

fn link_told(link: &CallLink) -> LinkState {
    link.told.unwrap().1
}

#[test]
fn a_critical_link_pauses_by_itself_and_says_so_until_the_video_is_back() {
    let mut link = CallLink::new(true, at(0));
    assert_eq!(link.reported(&report(Verdict::Critical), at(1)), Some(Wish::PauseVideo));
    assert!(shown(&link).sound_alone && link.poll_told(at(1)).unwrap().sound_alone);
    link.reported(&report(Verdict::Good), at(30));
    assert_eq!(shown(&link).offer, Some(LinkOffer::ResumeVideo));
    assert_eq!(link.video_paused(false, at(31)), None);
    assert!(!shown(&link).sound_alone);
}

#[test]
fn a_link_that_breaks_off_pauses_nothing() {
    let mut link = CallLink::new(true, at(0));
    let silent = LinkReport {
        packets_told: 0,
        packets_lost: 0,
        ..report(Verdict::Critical)
    };
    assert_eq!(link.reported(&silent, at(1)), None);
    assert!(!shown(&link).sound_alone && shown(&link).words.starts_with("Good"));
}

#[test]
fn a_new_connection_is_not_taken_for_better_before_it_can_know() {
    let mut link = CallLink::new(true, at(0));
    link.reported(&report(poor(LinkReason::Bandwidth)), at(1));
    link.answered(true, at(2));
    link.changed_over(at(10));
    link.reported(&report(Verdict::Good), at(11));
    assert_eq!(
        (shown(&link).offer, shown(&link).up.verdict),
        (None, poor(LinkReason::Bandwidth))
    );
    link.reported(&report(Verdict::Good), at(18));
    assert_eq!(shown(&link).offer, Some(LinkOffer::ResumeVideo));
}

#[test]
fn the_peer_is_told_at_once_of_what_matters_and_of_figures_in_time() {
    let mut link = CallLink::new(false, at(0));
    assert!(link.poll_told(at(0)).is_some() && link.poll_told(at(9)).is_none());
    link.reported(&report(Verdict::Good), at(9));
    assert!(link.poll_told(at(9)).is_some());
    link.reported(&LinkReport::default(), at(10));
    assert!(link.poll_told(at(10)).is_none() && link.poll_told(at(11)).is_some());
    link.reported(&report(Verdict::Critical), at(11));
    assert!(link.poll_told(at(11)).is_some());
    link.peer_knows_nothing();
    assert!(link.poll_told(at(11)).is_some());
}
