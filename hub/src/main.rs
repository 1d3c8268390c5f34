//! `assist-hub`: a hub of its own, from the command line.

use std::{
    error::Error,
    fs,
    io::{self, Write as _},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
};

use assist_hub::{Hub, HubConfig, RunningHub, Tls, TurnSecret};
use clap::Parser;
use tokio::signal;

/// Signalling, a sandbox tenant and the expert's page: all a call needs.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
    /// Where to listen. Port 0 takes any free port.
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT")]
    listen: SocketAddr,
    /// Folder for the database, the keys and the hub's own certificate.
    #[arg(long, default_value = "assist-hub-data", value_name = "DIR")]
    data: PathBuf,
    /// Speak HTTPS with this certificate chain (PEM).
    #[arg(long, requires = "tls_key", conflicts_with = "tls_self_signed", value_name = "FILE")]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate (PEM).
    #[arg(long, requires = "tls_cert", value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// Speak HTTPS with a certificate that the hub makes itself: for trials on a local network.
    #[arg(long)]
    tls_self_signed: bool,
    /// STUN servers: stun:host:port. May be given several times.
    #[arg(long, value_name = "URL", num_args = 1..)]
    stun: Vec<String>,
    /// TURN servers: turn:host:port or turns:host:port. May be given several times.
    #[arg(long, value_name = "URL", num_args = 1.., requires = "turn_secret_file")]
    turn: Vec<String>,
    /// File with the secret shared with the TURN servers (coturn's static-auth-secret).
    #[arg(long, value_name = "FILE")]
    turn_secret_file: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info")).init();
    match run(Options::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "assist-hub: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn Error>> {
    let config = config(options)?;
    // Before the hub starts, so that no signal falls between.
    let stopping = stop_signal()?;
    let hub = Hub::start(config).await?;
    announce(&hub)?;
    stopping.await;
    log::info!("shutting down");
    hub.shutdown().await;
    Ok(())
}

fn config(options: Options) -> Result<HubConfig, Box<dyn Error>> {
    let mut config = HubConfig::new(options.listen, options.data);
    config.tls = match (options.tls_cert, options.tls_key, options.tls_self_signed) {
        (Some(certificate), Some(key), _) => Tls::Files { certificate, key },
        (_, _, true) => Tls::SelfSigned,
        (_, _, false) => Tls::Off,
    };
    config.ice.stun = options.stun;
    config.ice.turn = options.turn;
    if let Some(file) = options.turn_secret_file {
        let text = fs::read_to_string(&file)
            .map_err(|error| format!("the TURN secret {} cannot be read: {error}", file.display()))?;
        if text.trim().is_empty() {
            return Err(format!("the TURN secret {} is empty", file.display()).into());
        }
        config.ice.turn_secret = Some(TurnSecret::new(&text));
    }
    Ok(config)
}

/// Prints the address to open. The key is in the fragment, which browsers send to nobody.
fn announce(hub: &RunningHub) -> io::Result<()> {
    let mut out = io::stdout().lock();
    let key = hub.sandbox_key();
    writeln!(out, "Open {}/#key={key}", hub.base_url())?;
    for url in hub.network_urls() {
        writeln!(out, "From another machine: {url}/#key={key}")?;
    }
    out.flush()
}

#[cfg(unix)]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut terminate = signal::unix::signal(signal::unix::SignalKind::terminate())?;
    let mut interrupt = signal::unix::signal(signal::unix::SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = signal::ctrl_c().await;
    })
}
