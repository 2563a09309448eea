//! Waits for a program, and kills it and its descendants after a time limit.

use std::fs;
use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Waits for a program and returns its status. After `limit`, kills the program and all its
/// descendants, so that none of them holds a lock or a core that a later step needs. Then returns
/// `None`.
pub fn wait(child: &mut Child, limit: Duration) -> io::Result<Option<ExitStatus>> {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > limit {
            let descendants = descendants(child.id());
            child.kill()?;
            child.wait()?;
            kill(&descendants);
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// Returns the processes that a process started, and those that they started, and so on. Reads
/// `/proc`; where there is none, it returns nothing.
fn descendants(process: u32) -> Vec<u32> {
    let mut found = vec![process];
    let mut next = 0;
    while let Some(process) = found.get(next) {
        let threads = fs::read_dir(format!("/proc/{process}/task"));
        for thread in threads.into_iter().flatten().flatten() {
            let children = fs::read_to_string(thread.path().join("children"));
            let children = children.unwrap_or_default();
            found.extend(
                children
                    .split_whitespace()
                    .filter_map(|id| id.parse::<u32>().ok()),
            );
        }
        next += 1;
    }
    found.split_off(1)
}

/// Kills processes. Some may have ended by themselves.
fn kill(processes: &[u32]) {
    let processes: Vec<_> = processes.iter().map(u32::to_string).collect();
    let mut kill = Command::new("sh");
    kill.args(["-c", "kill -KILL \"$@\"", "sh"])
        .args(processes)
        .stderr(Stdio::null());
    let _ = kill.status();
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    use std::{fs, thread};

    use super::wait;

    #[test]
    fn what_a_program_started_ends_with_it() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "sh -c 'sleep 977 & wait' & wait"]);
        let mut child = shell
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        assert_eq!(wait(&mut child, Duration::from_millis(300)).unwrap(), None);
        let start = Instant::now();
        while is_running("sleep\0977\0") {
            assert!(start.elapsed() < Duration::from_secs(5), "sleep still runs");
            thread::sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn a_program_that_ends_in_time_has_a_status() {
        let mut child = Command::new("sh").args(["-c", "exit 3"]).spawn().unwrap();
        let status = wait(&mut child, Duration::from_secs(20)).unwrap().unwrap();
        assert_eq!(status.code(), Some(3));
    }

    fn is_running(command_line: &str) -> bool {
        let processes = fs::read_dir("/proc").unwrap().flatten();
        processes
            .filter_map(|process| fs::read_to_string(process.path().join("cmdline")).ok())
            .any(|line| line == command_line)
    }
}
