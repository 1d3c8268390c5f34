//! Starts Chromium and ChromeDriver, and waits until both answer.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::config::BrowserConfig;
use crate::error::BrowserError;
use crate::processes::Group;

const POLL: Duration = Duration::from_millis(10);

/// Both programs, running, with the ports they chose.
pub(crate) struct Launched {
    pub(crate) chromium: Group,
    pub(crate) driver: Group,
    pub(crate) folder: TempDir,
    pub(crate) debugger_port: u16,
    pub(crate) driver_port: u16,
}

pub(crate) async fn launch(config: &BrowserConfig) -> Result<Launched, BrowserError> {
    let chromium_path = find("chromium", "ASSIST_CHROMIUM", "chromium")?;
    let driver_path = find("chromedriver", "ASSIST_CHROMEDRIVER", "chromium-driver")?;
    let folder = tempfile::Builder::new()
        .prefix("assist-browser-")
        .tempdir()
        .map_err(BrowserError::io("making a folder for the browser's profile"))?;
    let profile = folder.path().join("profile");

    let mut command = Command::new(chromium_path);
    command.args(config.chromium_arguments(&profile));
    // What Chromium keeps outside its profile stays in the folder that is removed.
    command.env("HOME", folder.path()).env("TMPDIR", folder.path());
    let chromium_log = folder.path().join("chromium.log");
    let mut chromium = Group::spawn(command, &chromium_log).map_err(BrowserError::io("starting chromium"))?;

    let mut command = Command::new(driver_path);
    command.args(["--port=0", "--log-level=WARNING"]);
    let driver_log = folder.path().join("chromedriver.log");
    let mut driver = Group::spawn(command, &driver_log).map_err(BrowserError::io("starting chromedriver"))?;

    // Chromium writes the port that it chose into its profile, on the first of two lines.
    let port_file = profile.join("DevToolsActivePort");
    let debugger_port = wait_for_port(
        "chromium",
        &mut chromium,
        &chromium_log,
        config.command_deadline,
        || fs::read_to_string(&port_file).ok()?.split_once('\n')?.0.parse().ok(),
    )
    .await?;
    let driver_port = wait_for_port(
        "chromedriver",
        &mut driver,
        &driver_log,
        config.command_deadline,
        || {
            let printed = fs::read_to_string(&driver_log).ok()?;
            let port = printed
                .split_once("started successfully on port ")?
                .1
                .split_once('.')?
                .0;
            port.parse().ok()
        },
    )
    .await?;
    Ok(Launched {
        chromium,
        driver,
        folder,
        debugger_port,
        driver_port,
    })
}

fn find(program: &str, variable: &'static str, package: &'static str) -> Result<PathBuf, BrowserError> {
    if let Some(named) = env::var_os(variable) {
        let path = PathBuf::from(named);
        return if path.is_file() {
            Ok(path)
        } else {
            Err(BrowserError::Missing {
                program: path.display().to_string(),
                package,
                variable,
            })
        };
    }
    env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .map(|folder| folder.join(program))
        .find(|path| path.is_file())
        .ok_or(BrowserError::Missing {
            program: program.to_owned(),
            package,
            variable,
        })
}

async fn wait_for_port(
    program: &'static str,
    group: &mut Group,
    log: &Path,
    deadline: Duration,
    mut port: impl FnMut() -> Option<u16>,
) -> Result<u16, BrowserError> {
    let started = Instant::now();
    loop {
        if let Some(port) = port() {
            return Ok(port);
        }
        let reason = if !group.is_running() {
            "it ended".to_owned()
        } else if started.elapsed() > deadline {
            format!("it named no port within {deadline:?}")
        } else {
            tokio::time::sleep(POLL).await;
            continue;
        };
        let printed = fs::read_to_string(log).unwrap_or_default();
        let lines: Vec<&str> = printed.lines().rev().take(5).collect();
        let log = lines.into_iter().rev().collect::<Vec<_>>().join(" | ");
        return Err(BrowserError::NotReady { program, reason, log });
    }
}
