//! A TCP proxy before the hub that can be cut, as a network does it: a connection that lives through a cut says nothing any
//! more, and one that is begun meanwhile never becomes one. TCP by itself would come back late, after waits that double.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Passes everything on until dropped.
pub struct TcpProxy {
    address: SocketAddr,
    cut: watch::Sender<bool>,
    _tasks: JoinSet<()>,
}

impl TcpProxy {
    /// A proxy before `inner`, whole.
    pub async fn before(inner: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a socket");
        let address = listener.local_addr().expect("its address");
        let cut = watch::Sender::new(false);
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, inner, cut.subscribe()));
        Self {
            address,
            cut,
            _tasks: tasks,
        }
    }

    /// The hub's address as seen through it.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Breaks everything, or lets new connections pass again.
    pub fn set_cut(&self, cut: bool) {
        self.cut.send_replace(cut);
    }
}

async fn accept(listener: TcpListener, inner: SocketAddr, cut: watch::Receiver<bool>) {
    let mut tasks = JoinSet::new();
    while let Ok((outside, _)) = listener.accept().await {
        let mut cut = cut.clone();
        tasks.spawn(async move {
            let Ok(inside) = TcpStream::connect(inner).await else {
                return;
            };
            let mut ends = (outside, inside);
            tokio::select! {
                biased;
                _ = cut.wait_for(|cut| *cut) => {}
                // Both ends are closed.
                _ = copy_bidirectional(&mut ends.0, &mut ends.1) => return,
            }
            // Nobody hears of its end.
            std::future::pending::<()>().await;
        });
    }
}
