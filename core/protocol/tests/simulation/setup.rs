//! What a seed stands for.

use std::time::Duration;

use assist_link::LinkConfig;
use assist_protocol::{Address, DeviceId, PersonId};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

/// How much goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Network {
    /// Nothing is lost.
    Good,
    /// Loss, duplicates, disorder, breaks of signalling and of media.
    Bad,
    /// And a device goes for good.
    BadAndVanishing,
}

/// One run.
#[derive(Debug)]
pub(crate) struct Setup {
    pub(crate) network: Network,
    pub(crate) devices: Vec<Address>,
    pub(crate) link: LinkConfig,
    /// Nobody knows of rounds with a new connection.
    pub(crate) is_old: bool,
    pub(crate) random: ChaCha8Rng,
}

impl Setup {
    pub(crate) fn of_seed(network: Network, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let address = |person: &str, device: &str| Address {
            person: PersonId::new(person).unwrap(),
            device: DeviceId::new(device).unwrap(),
        };
        let mut devices = vec![address("ann", "a1"), address("bob", "b1")];
        if random.random_bool(0.5) {
            devices.push(address("bob", "b2"));
        }
        let delay = Duration::from_millis(random.random_range(1..400));
        let link = match network {
            Network::Good => LinkConfig {
                jitter: delay / 4,
                ..LinkConfig::perfect(delay)
            },
            Network::Bad | Network::BadAndVanishing => LinkConfig {
                delay,
                jitter: Duration::from_millis(random.random_range(0..1_000)),
                loss: random.random_range(0.0..0.1),
                duplication: random.random_range(0.0..0.15),
                is_ordered: random.random_bool(0.3),
            },
        };
        Self {
            network,
            devices,
            link,
            is_old: random.random_bool(0.2),
            random,
        }
    }
}
