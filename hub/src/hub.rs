//! A hub's life: started, running, shut down.

use std::{
    fmt, fs, io,
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
    time::Duration,
};

use axum_server::{
    Handle,
    tls_rustls::{RustlsAcceptor, RustlsConfig},
};
use rustls::ServerConfig;
use tokio::{
    sync::{Semaphore, watch},
    task::JoinHandle,
    time::{interval, timeout},
};
use tokio_util::task::TaskTracker;

use crate::{
    HubConfig, HubError, Tls, ice,
    limits::SignInLimit,
    private_file,
    relay::Relay,
    sandbox::{self, Keys, Tokens},
    server::{self, Shared},
    sessions::Ending,
    store::{Store, StoreError},
    tls,
};

mod capped;

/// How often what has been left behind is tidied up.
const TIDYING: Duration = Duration::from_secs(5);

/// Starts hubs.
#[derive(Debug)]
pub struct Hub;

impl Hub {
    /// Starts a hub in this process. When this returns, it accepts connections.
    ///
    /// # Errors
    /// See [`HubError`]; what can be wrong is found before anything starts.
    pub async fn start(config: HubConfig) -> Result<RunningHub, HubError> {
        ice::check(&config.ice)?;
        let lock = take_data_folder(&config.data)?;
        let tls_config = tls::server_config(&config.tls, config.listen, &config.data)?;
        let keys = Keys::load(&config.data)?;
        let listener = listen(config.listen)?;
        let address = listener.local_addr().map_err(|source| HubError::AddressUnavailable {
            address: config.listen,
            source,
        })?;

        if config.tls == Tls::Off && !address.ip().is_loopback() {
            log::warn!(
                "plain HTTP on a network: browsers give no microphone to a page that came over plain HTTP from \
                 another machine. Turn on HTTPS, with a self-signed certificate for a trial."
            );
        }
        let relay = open_relay(&config).await?;
        let limits = config.limits;
        let (stop, stopped) = watch::channel(None);
        let shared = Arc::new(Shared {
            relay,
            tokens: Tokens::new(&keys),
            keys,
            sign_in_limit: SignInLimit::new(limits.sign_in_burst, limits.sign_ins_per_second),
            sockets: Arc::new(Semaphore::new(limits.sockets)),
            tasks: TaskTracker::new(),
            stop: stopped,
            limits,
        });
        let handle = Handle::new();
        let server = serve(listener, tls_config, &shared, handle.clone())
            .map_err(|source| HubError::AddressUnavailable { address, source })?;
        let tidying = tokio::spawn(tidy(Arc::clone(&shared)));
        Ok(RunningHub {
            address,
            secure: config.tls != Tls::Off,
            shared,
            stop,
            handle,
            server,
            tidying,
            _lock: lock,
        })
    }
}

/// A hub that runs in this process. Dropping it stops it at once, as [`RunningHub::abort`] does.
pub struct RunningHub {
    address: SocketAddr,
    secure: bool,
    shared: Arc<Shared>,
    stop: watch::Sender<Option<Ending>>,
    handle: Handle<SocketAddr>,
    server: JoinHandle<()>,
    tidying: JoinHandle<()>,
    _lock: fs::File,
}

impl RunningHub {
    /// Where it listens; with the real port if any was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address for clients on this machine: `http://127.0.0.1:8080`, say.
    pub fn base_url(&self) -> String {
        let loopback = if self.address.is_ipv4() {
            [127, 0, 0, 1].into()
        } else {
            [0, 0, 0, 0, 0, 0, 0, 1].into()
        };
        let ip = if self.address.ip().is_unspecified() {
            loopback
        } else {
            self.address.ip()
        };
        self.url_at(SocketAddr::new(ip, self.address.port()))
    }

    /// Its addresses for clients on other machines; none if it listens to this machine alone.
    pub fn network_urls(&self) -> Vec<String> {
        let addresses = tls::reachable(self.address).into_iter().filter(|ip| !ip.is_loopback());
        addresses
            .map(|ip| self.url_at(SocketAddr::new(ip, self.address.port())))
            .collect()
    }

    /// The key that opens the sandbox accounts. For people, never for logs.
    pub fn sandbox_key(&self) -> &str {
        self.shared.keys.sandbox()
    }

    /// Says goodbye to every client, closes every connection and the database. Takes at most the configured grace
    /// twice: connections that do not close in time are cut.
    pub async fn shutdown(mut self) {
        let grace = self.shared.limits.shutdown_grace;
        self.stop.send_replace(Some(Ending::GoingAway));
        self.handle.graceful_shutdown(Some(grace));
        self.shared.tasks.close();
        if timeout(grace, self.shared.tasks.wait()).await.is_err() {
            log::warn!("some connections did not close in time and were cut");
        }
        self.tidying.abort();
        let _ = timeout(grace, &mut self.server).await;
        self.shared.relay.close().await;
    }

    /// Stops at once, without a word to anybody, as a crash would. What was passed on stays recorded.
    pub async fn abort(mut self) {
        self.stop_at_once();
        let _ = (&mut self.server).await;
        let _ = (&mut self.tidying).await;
    }

    fn stop_at_once(&self) {
        self.stop.send_replace(Some(Ending::Aborted));
        self.handle.shutdown();
        self.server.abort();
        self.tidying.abort();
    }

    fn url_at(&self, address: SocketAddr) -> String {
        format!("{}://{address}", if self.secure { "https" } else { "http" })
    }
}

impl fmt::Debug for RunningHub {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RunningHub")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

impl Drop for RunningHub {
    fn drop(&mut self) {
        self.stop_at_once();
    }
}

/// Makes the data folder, for its owner alone, and takes it for this hub.
fn take_data_folder(folder: &Path) -> Result<fs::File, HubError> {
    let failed = |source| HubError::DataFolder {
        path: folder.to_owned(),
        source,
    };
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(failed)?;
    let lock = private_file::open(&folder.join("hub.lock")).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(fs::TryLockError::WouldBlock) => Err(HubError::DataFolderInUse {
            path: folder.to_owned(),
        }),
        Err(fs::TryLockError::Error(source)) => Err(failed(source)),
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, HubError> {
    TcpListener::bind(address).map_err(|source| {
        if source.kind() == io::ErrorKind::AddrInUse {
            HubError::AddressTaken { address }
        } else {
            HubError::AddressUnavailable { address, source }
        }
    })
}

async fn open_relay(config: &HubConfig) -> Result<Relay, HubError> {
    let file = config.data.join("hub.sqlite");
    private_file::open(&file).map_err(|source| HubError::DataFolder {
        path: file.clone(),
        source,
    })?;
    let load = async {
        let store = Store::open(&file).await?;
        store.add_people(&sandbox::accounts()).await?;
        let caps = (config.limits.devices_per_person, config.limits.calls_per_device);
        Relay::load(store, config.ice.clone(), config.limits.heartbeat, caps).await
    };
    load.await.map_err(|error: StoreError| HubError::Database {
        path: file.clone(),
        source: Box::new(error),
    })
}

fn serve(
    listener: TcpListener,
    tls_config: Option<Arc<ServerConfig>>,
    shared: &Arc<Shared>,
    handle: Handle<SocketAddr>,
) -> io::Result<JoinHandle<()>> {
    let service = server::router(Arc::clone(shared)).into_make_service_with_connect_info::<SocketAddr>();
    let mut server = axum_server::from_tcp(listener)?
        .handle(handle)
        .first_request_timeout(shared.limits.request_timeout);
    server
        .http_builder()
        .http1()
        .header_read_timeout(Some(shared.limits.request_timeout));
    let capped = capped::CappedAcceptor::new(shared.limits.http_connections);
    let over = |result: io::Result<()>| {
        if let Err(error) = result {
            log::error!("the hub stopped accepting connections: {error}");
        }
    };
    Ok(match tls_config {
        None => {
            let server = server.acceptor(capped);
            tokio::spawn(async move { over(server.serve(service).await) })
        }
        Some(config) => {
            let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(config)).acceptor(capped);
            let server = server.acceptor(acceptor);
            tokio::spawn(async move { over(server.serve(service).await) })
        }
    })
}

async fn tidy(shared: Arc<Shared>) {
    let mut ticks = interval(TIDYING);
    loop {
        ticks.tick().await;
        shared.relay.tidy().await;
    }
}
