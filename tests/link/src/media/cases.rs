//! The cases: those of RFC 8867 with its parameters, and more that phones meet.

use std::sync::Arc;
use std::time::Duration;

use super::pair::FlowSetup;
use crate::LinkConfig;
use crate::loss::Loss;
use crate::mobile::Mobile;
use crate::path::PathConfig;
use crate::rate::{InvalidTrace, Rate, Trace};
use crate::tcp::TcpPlan;

/// One way, ms.
const WAY_MS: u64 = 50;
const QUEUE_MS: u64 = 300;
/// Mobile networks have longer ones.
const MOBILE_QUEUE_MS: u64 = 1_000;
/// What all sources make at least and at most, bits a second.
const LEAST_BPS: f64 = 150_000.0;
const MOST_BPS: f64 = 4_000_000.0;
/// Where a flow begins when nothing is known, bits a second.
const START_BPS: f64 = 300_000.0;
/// At the documented worst case a still picture now and then is what is left of video.
const WORST_LEAST_BPS: f64 = 60_000.0;

/// A flow of a case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FlowPlan {
    /// In the direction that the case is about, or back.
    pub is_forward: bool,
    /// Sound alone otherwise.
    pub has_video: bool,
    /// When it begins.
    pub starts: Duration,
    /// More way than others, in both directions.
    pub extra: Duration,
    /// Makes nothing from, until.
    pub pause: Option<(Duration, Duration)>,
}

impl FlowPlan {
    fn from(second: u64) -> Self {
        Self {
            is_forward: true,
            has_video: true,
            starts: Duration::from_secs(second),
            extra: Duration::ZERO,
            pause: None,
        }
    }
}

/// What is run.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// As a key.
    pub name: String,
    /// For people.
    pub title: String,
    /// The way of the media.
    pub forward: PathConfig,
    /// The way of what is said of it.
    pub back: PathConfig,
    /// How long.
    pub length: Duration,
    /// Who sends media.
    pub flows: Vec<FlowPlan>,
    /// Who else is there, forward.
    pub tcp: Vec<TcpPlan>,
    /// What each source makes at least and at most, bits a second.
    pub least_bps: f64,
    /// See `least_bps`.
    pub most_bps: f64,
    /// Whether users draw meanwhile.
    pub has_messages: bool,
}

impl Case {
    fn new(name: &str, title: &str, seconds: u64, forward: PathConfig) -> Self {
        Self {
            name: name.to_owned(),
            title: title.to_owned(),
            back: PathConfig::open(forward.way.delay),
            forward,
            length: Duration::from_secs(seconds),
            flows: vec![FlowPlan::from(0)],
            tcp: Vec::new(),
            least_bps: LEAST_BPS,
            most_bps: MOST_BPS,
            has_messages: false,
        }
    }

    /// What each flow begins with.
    pub fn setups(&self) -> Vec<FlowSetup> {
        let setup = |(number, plan): (u64, &FlowPlan)| FlowSetup {
            number,
            starts: plan.starts,
            start_bps: START_BPS,
            least_bps: self.least_bps,
            most_bps: self.most_bps,
        };
        (0..).zip(&self.flows).map(setup).collect()
    }

    fn flows(mut self, flows: impl Into<Vec<FlowPlan>>) -> Self {
        self.flows = flows.into();
        self
    }

    fn lossy(mut self, name: &str, title: &str, loss: Loss) -> Self {
        (self.name, self.title, self.forward.loss) = (name.to_owned(), title.to_owned(), loss);
        self
    }
}

/// From each second on, so many Mbit/s.
fn steps(steps: &[(u64, f64)]) -> PathConfig {
    let step = |(second, mbps): &(u64, f64)| (Duration::from_secs(*second), (mbps * 1e6) as u64);
    PathConfig {
        rate: Rate::Schedule(steps.iter().map(step).collect::<Vec<_>>().into()),
        ..PathConfig::clean(0, Duration::from_millis(WAY_MS), Duration::from_millis(QUEUE_MS))
    }
}

/// All of them but recorded links.
///
/// # Errors
/// When a mobile link lets nothing through, which none does.
pub fn cases() -> Result<Vec<Case>, InvalidTrace> {
    let mut cases = standard();
    cases.extend(ours());
    for (name, title, mobile) in [
        ("lte_down", "4G in a car, downwards, made up", Mobile::LTE_DOWN),
        ("lte_up", "4G in a car, upwards, made up", Mobile::LTE_UP),
        ("umts_up", "3G in a car, upwards, made up", Mobile::UMTS_UP),
    ] {
        cases.push(mobile_case(name, title, mobile.trace(1, Duration::from_secs(300))?));
    }
    Ok(cases)
}

/// A mobile link for two minutes.
pub fn mobile_case(name: &str, title: &str, trace: Trace) -> Case {
    let queue = Duration::from_millis(MOBILE_QUEUE_MS);
    let forward = PathConfig {
        rate: Rate::Trace(Arc::new(trace)),
        ..PathConfig::clean(0, Duration::from_millis(WAY_MS), queue)
    };
    Case::new(name, title, 120, forward)
}

/// RFC 8867, 5.1 to 5.8.
fn standard() -> Vec<Case> {
    let case_5_1 = Case::new(
        "case_5_1",
        "5.1 variable capacity",
        100,
        steps(&[(0, 1.0), (40, 2.5), (60, 0.6), (80, 1.0)]),
    );
    let case_5_3 = {
        let forward = steps(&[(0, 2.0), (20, 1.0), (40, 0.5), (60, 2.0)]);
        let mut case = Case::new("case_5_3", "5.3 both directions loaded", 100, forward);
        case.back = steps(&[(0, 2.0), (35, 0.8), (70, 2.0)]);
        let opposite = FlowPlan {
            is_forward: false,
            ..FlowPlan::from(0)
        };
        case.flows([FlowPlan::from(0), opposite])
    };
    let case_5_5 = {
        let mut forward = steps(&[(0, 4.0)]);
        forward.way.delay = Duration::from_millis(10);
        let flow = |(index, extra_ms): (u64, u64)| FlowPlan {
            extra: Duration::from_millis(extra_ms),
            ..FlowPlan::from(10 * index)
        };
        let flows: Vec<_> = (0..).zip([0, 15, 40, 90, 140]).map(flow).collect();
        Case::new("case_5_5", "5.5 five flows, one way 10 to 150 ms", 300, forward).flows(flows)
    };
    let beside_tcp = |name, title, queue_ms| {
        let mut forward = steps(&[(0, 2.0)]);
        forward.queue = Duration::from_millis(queue_ms);
        let mut case = Case::new(name, title, 120, forward);
        case.tcp = vec![TcpPlan::Long(Duration::ZERO)];
        case
    };
    let case_5_7 = {
        let mut case = Case::new(
            "case_5_7",
            "5.7 two flows and ten short TCP flows",
            300,
            steps(&[(0, 2.0)]),
        );
        case.tcp = vec![TcpPlan::Short; 10];
        case.flows([FlowPlan::from(0); 2])
    };
    let case_5_8 = {
        let pausing = FlowPlan {
            pause: Some((Duration::from_secs(40), Duration::from_secs(60))),
            ..FlowPlan::from(0)
        };
        let flows = [pausing, FlowPlan::from(0), FlowPlan::from(0)];
        Case::new("case_5_8", "5.8 one of three pauses", 120, steps(&[(0, 3.5)])).flows(flows)
    };
    let loss10 = case_5_1
        .clone()
        .lossy("case_5_1_loss10", "5.1 with 10 % lost", Loss::Random(0.1));
    vec![
        case_5_1,
        loss10,
        Case::new(
            "case_5_2",
            "5.2 variable capacity, two flows",
            125,
            steps(&[(0, 4.0), (25, 2.0), (50, 3.5), (75, 1.0), (100, 2.0)]),
        )
        .flows([FlowPlan::from(0); 2]),
        case_5_3,
        Case::new(
            "case_5_4",
            "5.4 three flows one after the other",
            120,
            steps(&[(0, 3.5)]),
        )
        .flows([0, 20, 40].map(FlowPlan::from)),
        case_5_5,
        beside_tcp("case_5_6", "5.6 beside a long TCP flow", 300),
        beside_tcp("case_5_6_queue1000", "5.6 with a queue of 1,000 ms", 1_000),
        case_5_7,
        case_5_8,
    ]
}

/// What phones meet beyond that.
fn ours() -> Vec<Case> {
    let constant = || steps(&[(0, 2.0)]);
    let step = Case::new(
        "step",
        "3 to 0.8 to 3 Mbit/s",
        90,
        steps(&[(0, 3.0), (30, 0.8), (60, 3.0)]),
    );
    let jitter = {
        let mut forward = constant();
        // A fifth of the round trip.
        forward.way = LinkConfig {
            jitter: Duration::from_millis(2 * WAY_MS / 5),
            ..forward.way
        };
        Case::new("jitter", "2 Mbit/s, 20 % jitter", 60, forward)
    };
    let dips = {
        let dip = |number: u64| [(10 + 15 * number, 0.3), (12 + 15 * number, 2.5)];
        let changes: Vec<_> = [(0, 2.5)].into_iter().chain((0..6).flat_map(dip)).collect();
        Case::new("dips", "2.5 Mbit/s with dips of 2 s to 0.3", 105, steps(&changes))
    };
    let loss = |name, title, loss| Case::new(name, title, 60, constant()).lossy(name, title, loss);
    vec![
        worst(),
        step,
        jitter,
        dips,
        loss("loss_random", "2 Mbit/s, 10 % lost at random", Loss::Random(0.1)),
        loss(
            "loss_bursts",
            "2 Mbit/s, 10 % lost in bursts of 5",
            Loss::in_bursts(0.1, 5.0),
        ),
    ]
}

/// What is documented as the worst that a call survives, in both directions, with sound from the other side too.
fn worst() -> Case {
    let forward = PathConfig {
        loss: Loss::Random(0.1),
        ..PathConfig::clean(150_000, Duration::from_millis(400), Duration::from_millis(QUEUE_MS))
    };
    let sound = FlowPlan {
        is_forward: false,
        has_video: false,
        ..FlowPlan::from(0)
    };
    let mut case = Case::new(
        "worst",
        "150 kbit/s, 400 + 400 ms, 10 % lost each way",
        300,
        forward.clone(),
    );
    (case.back, case.least_bps, case.has_messages) = (forward, WORST_LEAST_BPS, true);
    case.flows([FlowPlan::from(0), sound])
}
