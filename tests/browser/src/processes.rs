//! A program in a process group of its own, of which nothing stays.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use crate::error::BrowserError;

const POLL: Duration = Duration::from_millis(10);

/// A running program and everything it started.
#[derive(Debug)]
pub(crate) struct Group {
    child: Child,
}

impl Group {
    /// Starts `command` as the leader of a new group; what it prints goes to the file `log`.
    pub(crate) fn spawn(mut command: Command, log: &Path) -> std::io::Result<Self> {
        let output = fs::File::create(log)?;
        command
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        Ok(Self {
            child: command.spawn()?,
        })
    }

    /// Whether the leader still runs.
    pub(crate) fn is_running(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// SIGKILL to every process of the group, without asking; then waits for the leader.
    pub(crate) fn kill(&mut self) {
        if let Some(leader) = Pid::from_raw(self.child.id().cast_signed())
            && self.is_running()
            && let Err(error) = kill_process_group(leader, Signal::KILL)
        {
            log::debug!("the process group was gone already: {error}");
        }
        if let Err(error) = self.child.wait() {
            log::warn!("a killed process could not be waited for: {error}");
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits until no process names `folder` on its command line, killing those that do: helpers that left the group.
pub(crate) fn end_all_that_use(folder: &Path, deadline: Duration) -> Result<(), BrowserError> {
    let started = Instant::now();
    loop {
        let left = that_use(folder);
        if left.is_empty() {
            return Ok(());
        }
        if started.elapsed() > deadline {
            return Err(BrowserError::Deadline {
                what: "the browser's processes to end".to_owned(),
                waited: deadline,
                last: format!("{} still run", left.len()),
            });
        }
        for pid in left {
            if let Err(error) = kill_process(pid, Signal::KILL) {
                log::debug!("a helper process was gone already: {error}");
            }
        }
        std::thread::sleep(POLL);
    }
}

fn that_use(folder: &Path) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let needle = folder.as_os_str().as_encoded_bytes();
    entries
        .flatten()
        .filter_map(|entry| {
            let pid = Pid::from_raw(entry.file_name().to_str()?.parse().ok()?)?;
            // An ended process that nobody has waited for yet has an empty command line.
            let command_line = fs::read(entry.path().join("cmdline")).ok()?;
            command_line
                .windows(needle.len())
                .any(|part| part == needle)
                .then_some(pid)
        })
        .collect()
}
