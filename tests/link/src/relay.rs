//! The same link for real sockets: a UDP relay on loopback that stands where a network address translator would.
//!
//! Whoever sends to [`UdpRelay::address`] reaches the inner address and sees every answer come from the relay; the inner
//! socket sees one address of the relay for each outside sender. Each direction of each of these is a [`Path`], whose time begins with
//! its first datagram.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::UdpSocket;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use crate::path::{Path, PathConfig};

/// The largest UDP payload.
const MAX_DATAGRAM_BYTES: usize = 65_507;
/// What IPv4 and UDP add to a datagram on the wire.
const IP_AND_UDP_BYTES: usize = 28;
/// Datagrams that may wait to be put on a link; more are lost, as in a full socket buffer.
const QUEUE: usize = 1_024;

/// How bad both directions are.
#[derive(Debug, Clone, PartialEq)]
pub struct RelayConfig {
    /// From the inner socket to the world.
    pub outward: PathConfig,
    /// From the world to the inner socket.
    pub inward: PathConfig,
}

/// A datagram that was put on an outward path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passage {
    /// When, by the path's time.
    pub sent: Duration,
    /// When it came out; none: it was lost, or has not yet.
    pub arrived: Option<Duration>,
    /// On the wire, with IP's and UDP's headers.
    pub wire_bytes: u32,
    /// What it begins with, as far as RTP's header goes; shorter ones are filled up with zeros.
    pub head: [u8; HEAD_BYTES],
}

/// RTP's fixed header (RFC 3550 §5.1).
pub const HEAD_BYTES: usize = 12;

/// Of one outward path, in the order of sending.
type Passages = Arc<Mutex<Vec<Passage>>>;

/// Relays until dropped.
#[derive(Debug)]
pub struct UdpRelay {
    address: SocketAddr,
    config: watch::Sender<RelayConfig>,
    passages: Arc<Mutex<Vec<Passages>>>,
    _tasks: JoinSet<()>,
}

impl UdpRelay {
    /// A relay before the socket at `inner`.
    ///
    /// # Errors
    /// When no loopback socket can be bound.
    pub async fn before(inner: SocketAddr, config: RelayConfig, seed: u64) -> io::Result<Self> {
        let outside = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await?);
        let address = outside.local_addr()?;
        let config = watch::Sender::new(config);
        let passages: Arc<Mutex<Vec<Passages>>> = Arc::default();
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(inner, outside, config.subscribe(), seed, Arc::clone(&passages)));
        Ok(Self {
            address,
            config,
            passages,
            _tasks: tasks,
        })
    }

    /// Where the world sends to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Makes every path better or worse from now on; what is on its way arrives as it would have.
    pub fn set(&self, config: RelayConfig) {
        self.config.send_replace(config);
    }

    /// What was put on each outward path so far; in the order in which the world first sent.
    pub fn passages(&self) -> Vec<Vec<Passage>> {
        let paths = self.passages.lock().unwrap_or_else(PoisonError::into_inner);
        let of_path = |path: &Passages| path.lock().unwrap_or_else(PoisonError::into_inner).clone();
        paths.iter().map(of_path).collect()
    }
}

/// Takes datagrams from the world; a new sender gets a socket of its own towards the inside.
async fn accept(
    inner: SocketAddr,
    outside: Arc<UdpSocket>,
    config: watch::Receiver<RelayConfig>,
    seed: u64,
    passages: Arc<Mutex<Vec<Passages>>>,
) {
    let mut paths: HashMap<SocketAddr, mpsc::Sender<Vec<u8>>> = HashMap::new();
    let mut tasks = JoinSet::new();
    let mut buffer = vec![0; MAX_DATAGRAM_BYTES];
    loop {
        // An unreachable peer is reported on the next call; the socket itself is sound.
        let Ok((length, sender)) = outside.recv_from(&mut buffer).await else {
            continue;
        };
        if !paths.contains_key(&sender) {
            let Ok(inside) = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await else {
                continue;
            };
            let inside = Arc::new(inside);
            let (inward, inward_queue) = mpsc::channel(QUEUE);
            let (outward, outward_queue) = mpsc::channel(QUEUE);
            let seed = seed.wrapping_add(2 * paths.len() as u64);
            let to_inside = Arc::clone(&inside);
            tasks.spawn(carry(
                inward_queue,
                to_inside,
                inner,
                (config.clone(), |both: &RelayConfig| both.inward.clone()),
                seed,
                None,
            ));
            let seen = Passages::default();
            let mut all = passages.lock().unwrap_or_else(PoisonError::into_inner);
            all.push(Arc::clone(&seen));
            drop(all);
            tasks.spawn(carry(
                outward_queue,
                Arc::clone(&outside),
                sender,
                (config.clone(), |both: &RelayConfig| both.outward.clone()),
                seed.wrapping_add(1),
                Some(seen),
            ));
            tasks.spawn(read(inside, outward));
            paths.insert(sender, inward);
        }
        if let Some(path) = paths.get(&sender) {
            let _ = path.try_send(buffer[..length].to_vec());
        }
    }
}

/// Reads the inside's answers until nobody wants them.
async fn read(inside: Arc<UdpSocket>, queue: mpsc::Sender<Vec<u8>>) {
    let mut buffer = vec![0; MAX_DATAGRAM_BYTES];
    while !queue.is_closed() {
        if let Ok((length, _)) = inside.recv_from(&mut buffer).await {
            let _ = queue.try_send(buffer[..length].to_vec());
        }
    }
}

/// Which of the two directions a task is.
type Direction = (watch::Receiver<RelayConfig>, fn(&RelayConfig) -> PathConfig);

/// One direction: datagrams in, the path, datagrams out.
async fn carry(
    mut queue: mpsc::Receiver<Vec<u8>>,
    out: Arc<UdpSocket>,
    to: SocketAddr,
    direction: Direction,
    seed: u64,
    passages: Option<Passages>,
) {
    let (mut config, pick) = direction;
    let mut path = Path::new(pick(&config.borrow_and_update()), seed);
    let origin = Instant::now();
    loop {
        let due = path.next_event().map(|event| origin + event);
        let arrival = async {
            match due {
                Some(due) => tokio::time::sleep_until(due.into()).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            datagram = queue.recv() => {
                let Some(datagram) = datagram else { return };
                let bytes = (datagram.len() + IP_AND_UDP_BYTES) as u64;
                let now = origin.elapsed();
                let number = passages.as_ref().map_or(0, |passages| note_sent(passages, &datagram, now));
                path.send((number, datagram), bytes, Duration::ZERO, now);
            }
            () = arrival => {}
            changed = config.changed() => {
                if changed.is_err() {
                    return;
                }
                path.set_config(pick(&config.borrow_and_update()), origin.elapsed());
            }
        }
        while let Some((number, datagram)) = path.receive(origin.elapsed()) {
            if let Some(passages) = &passages {
                note_arrived(passages, number, origin.elapsed());
            }
            // The receiver may be gone: then so is the datagram.
            let _ = out.send_to(&datagram, to).await;
        }
    }
}

/// The number of the passage.
fn note_sent(passages: &Passages, datagram: &[u8], now: Duration) -> usize {
    let mut head = [0; HEAD_BYTES];
    let known = datagram.len().min(HEAD_BYTES);
    head[..known].copy_from_slice(&datagram[..known]);
    let passage = Passage {
        sent: now,
        arrived: None,
        wire_bytes: (datagram.len() + IP_AND_UDP_BYTES) as u32,
        head,
    };
    let mut passages = passages.lock().unwrap_or_else(PoisonError::into_inner);
    passages.push(passage);
    passages.len() - 1
}

fn note_arrived(passages: &Passages, number: usize, now: Duration) {
    let mut passages = passages.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(passage) = passages.get_mut(number) {
        passage.arrived.get_or_insert(now);
    }
}

/// Whether every datagram of a burst goes through, and comes back, is asked of real sockets.
#[cfg(test)]
mod tests {
    use super::*;
    use crate::loss::Loss;

    fn perfect() -> RelayConfig {
        RelayConfig {
            outward: PathConfig::open(Duration::ZERO),
            inward: PathConfig::open(Duration::ZERO),
        }
    }

    async fn sockets() -> (UdpSocket, UdpSocket) {
        let bind = || UdpSocket::bind((Ipv4Addr::LOCALHOST, 0));
        (bind().await.unwrap(), bind().await.unwrap())
    }

    /// Sends `count` datagrams; how many came within a second of the last one that came.
    async fn passed(from: &UdpSocket, to: SocketAddr, at: &UdpSocket, count: u32) -> u32 {
        let mut buffer = [0; 16];
        let mut received = 0;
        for number in 0..count {
            from.send_to(&number.to_be_bytes(), to).await.unwrap();
            // One at a time, so that no socket buffer overflows.
            if number % 50 == 49 {
                while tokio::time::timeout(Duration::from_millis(100), at.recv_from(&mut buffer))
                    .await
                    .is_ok()
                {
                    received += 1;
                }
            }
        }
        received
    }

    #[tokio::test]
    async fn both_directions_pass_and_lose_as_told() {
        let (inner, world) = sockets().await;
        let relay = UdpRelay::before(inner.local_addr().unwrap(), perfect(), 1)
            .await
            .unwrap();
        assert_eq!(passed(&world, relay.address(), &inner, 100).await, 100);
        world.send_to(b"hello", relay.address()).await.unwrap();
        let mut buffer = [0; 16];
        let (_, seen_from_inside) = inner.recv_from(&mut buffer).await.unwrap();
        assert_eq!(passed(&inner, seen_from_inside, &world, 100).await, 100);

        let mut lossy = perfect();
        lossy.outward.loss = Loss::Random(0.5);
        relay.set(lossy);
        assert_eq!(
            passed(&world, relay.address(), &inner, 100).await,
            100,
            "this way is as it was"
        );
        let through = passed(&inner, seen_from_inside, &world, 400).await;
        assert!((150..=250).contains(&through), "{through} of 400 at 50 % loss");

        let [passages] = &relay.passages()[..] else {
            panic!("one path for one sender");
        };
        let arrived = passages.iter().filter(|passage| passage.arrived.is_some()).count();
        assert_eq!((passages.len(), arrived), (500, 100 + through as usize));
        assert_eq!(passages[99].wire_bytes, 4 + 28);
        assert_eq!(passages[99].head, [0, 0, 0, 99, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[tokio::test]
    async fn a_bottleneck_takes_its_time() {
        let (inner, world) = sockets().await;
        let mut config = perfect();
        // 1,000 bytes with headers take 80 ms.
        config.inward = PathConfig::clean(100_000, Duration::ZERO, Duration::from_secs(10));
        let relay = UdpRelay::before(inner.local_addr().unwrap(), config, 1).await.unwrap();
        let started = Instant::now();
        for _ in 0..5 {
            world.send_to(&[0; 972], relay.address()).await.unwrap();
        }
        let mut buffer = [0; 2_000];
        for _ in 0..5 {
            inner.recv_from(&mut buffer).await.unwrap();
        }
        assert!(
            started.elapsed() >= Duration::from_millis(400),
            "{:?}",
            started.elapsed()
        );
    }
}
