//! Runs other programs and reports their failures.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use clap::error::ErrorKind;

use crate::timeout;

/// Why a command did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// A check or a program failed.
    Failed(String),
    /// A tool cannot be installed on this machine.
    Unavailable(String),
}

/// The result of a command.
pub type Outcome<T = ()> = Result<T, Failure>;

/// Returns a failure with a message.
pub fn failed<T>(why: impl Into<String>) -> Outcome<T> {
    Err(Failure::Failed(why.into()))
}

/// Returns a failure, with a message, because a tool cannot be installed on this machine.
pub fn unavailable<T>(why: impl Into<String>) -> Outcome<T> {
    Err(Failure::Unavailable(why.into()))
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Failed(error.to_string())
    }
}

/// Returns the root of the repository.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// Returns the target folder: `CARGO_TARGET_DIR`, or `default` if that is not set. Both are
/// relative to the root of the repository.
pub fn target_folder(default: &str) -> PathBuf {
    root().join(env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| default.into()))
}

/// Returns the target that the default toolchain compiles for.
pub fn host_target() -> Outcome<String> {
    let printed = output(program("rustc").arg("-vV"))?;
    let host = printed.lines().find_map(|line| line.strip_prefix("host: "));
    host.map_or_else(
        || failed("rustc reports no host"),
        |host| Ok(host.to_owned()),
    )
}

/// Reports a usage error and exits with 2, as clap does.
pub fn usage_error(why: &str) -> ! {
    clap::Error::raw(ErrorKind::ValueValidation, format!("{why}\n")).exit()
}

/// Returns a command that runs a program at the root of the repository.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root()).env("CARGO_TERM_COLOR", "never");
    // `cargo xtask` sets these variables. Other programs choose their own toolchain.
    for name in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(name);
    }
    command
}

/// Returns a command that runs `cargo` at the root of the repository.
pub fn cargo<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = program("cargo");
    command.args(arguments);
    command
}

/// Runs a program that inherits standard output and standard error.
pub fn run(command: &mut Command) -> Outcome {
    let status = command
        .status()
        .map_err(|e| Failure::Failed(format!("{}: {e}", command_line(command))))?;
    if status.success() {
        return Ok(());
    }
    failed(format!("{} ended with {status}", command_line(command)))
}

/// Runs a program and writes its output to a file.
pub fn run_silently(command: &mut Command, log: &Path) -> Outcome {
    let file = File::create(log)?;
    run(command.stdout(file.try_clone()?).stderr(file))
}

/// Runs a program, writes its output to a file, and prints the end of that file if it fails.
pub fn run_logged(command: &mut Command, log: &Path) -> Outcome {
    let done = run_silently(command, log);
    if done.is_err() {
        print_end(log);
    }
    done
}

/// Prints the last lines of a log.
pub fn print_end(log: &Path) {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().collect();
    for line in lines.iter().skip(lines.len().saturating_sub(40)) {
        println!("{line}");
    }
}

/// Runs a program and returns its standard output. It inherits standard error.
pub fn output(command: &mut Command) -> Outcome<String> {
    let done = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| Failure::Failed(format!("{}: {e}", command_line(command))))?;
    if !done.status.success() {
        return failed(format!(
            "{} ended with {}",
            command_line(command),
            done.status
        ));
    }
    String::from_utf8(done.stdout)
        .map_err(|_| Failure::Failed(format!("{} printed invalid UTF-8", command_line(command))))
}

/// Returns whether a program starts and succeeds. Its output is discarded.
pub fn succeeds(command: &mut Command) -> bool {
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Returns whether a program is on the `PATH`.
pub fn is_installed(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

/// Checks that programs are on the `PATH`.
pub fn need_programs(names: &[&str]) -> Outcome {
    match names.iter().find(|name| !is_installed(name)) {
        Some(name) => unavailable(format!("{name} is not installed")),
        None => Ok(()),
    }
}

/// Runs a program. After `limit`, kills it and all its descendants.
pub fn run_within(command: &mut Command, limit: Duration) -> Outcome {
    let mut child = command
        .spawn()
        .map_err(|e| Failure::Failed(format!("{}: {e}", command_line(command))))?;
    match timeout::wait(&mut child, limit)? {
        Some(status) if status.success() => Ok(()),
        Some(status) => failed(format!("{} ended with {status}", command_line(command))),
        None => {
            let seconds = limit.as_secs();
            failed(format!("{} took over {seconds} s", command_line(command)))
        }
    }
}

/// Returns the files that git does not ignore and whose path ends with one of `endings`, sorted.
pub fn files(endings: &[&str]) -> Outcome<Vec<PathBuf>> {
    let listed =
        output(program("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let mut files: Vec<_> = listed
        .lines()
        .filter(|file| endings.iter().any(|ending| file.ends_with(ending)))
        .map(PathBuf::from)
        .filter(|file| root().join(file).is_file())
        .collect();
    files.sort();
    Ok(files)
}

/// Returns the text of a file, whose path is relative to the root of the repository.
pub fn read(file: impl AsRef<Path>) -> Outcome<String> {
    let file = file.as_ref();
    fs::read_to_string(root().join(file))
        .map_err(|e| Failure::Failed(format!("{}: {e}", file.display())))
}

/// The nightly toolchain of all commands that need one. The list of the public API depends on it:
/// update it together with the crate rustdoc-types in `tests/public-api/Cargo.toml`, because
/// nightlies change the format of rustdoc's JSON, and the tool rejects other formats.
pub const NIGHTLY: &str = "nightly-2026-10-30";

/// The versions of Cargo's subcommands to install. If another version is already installed, it is
/// used.
const CARGO_TOOLS: [(&str, &str); 4] = [
    ("deny", "0.20.2"),
    ("fuzz", "0.13.2"),
    ("llvm-cov", "0.9.1"),
    ("mutants", "27.1.0"),
];

/// Installs a Cargo subcommand if it is missing. It is built without optimization, which would take
/// longer than it saves.
pub fn need_cargo_tool(name: &str) -> Outcome {
    if succeeds(&mut cargo([name, "--version"])) {
        return Ok(());
    }
    let Some((_, version)) = CARGO_TOOLS.iter().find(|(tool, _)| *tool == name) else {
        return failed(format!("xtask has no version of cargo-{name}"));
    };
    let package = format!("cargo-{name}");
    eprintln!("installing {package} {version}");
    let mut install = cargo(["install", "--locked", &package, "--version", version]);
    install
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    if run_within(&mut install, Duration::from_mins(15)).is_err() {
        return unavailable(format!("{package} cannot be installed"));
    }
    Ok(())
}

/// Installs a toolchain with the minimal profile and these components, if it is missing.
pub fn need_toolchain(name: &str, components: &[&str]) -> Outcome {
    let mut install = program("rustup");
    install.args(["toolchain", "install", name, "--profile", "minimal"]);
    for component in components {
        install.args(["--component", component]);
    }
    let rustc = format!("+{name}");
    if components.is_empty() && succeeds(program("rustc").args([&rustc, "-V"])) {
        return Ok(());
    }
    if run_within(&mut install, Duration::from_mins(10)).is_err() {
        return unavailable(format!("rustup cannot install the toolchain {name}"));
    }
    Ok(())
}

/// Adds a target to the default toolchain, if it is missing.
pub fn need_target(name: &str) -> Outcome {
    if run(program("rustup").args(["target", "add", name])).is_err() {
        return unavailable(format!("rustup cannot add the target {name}"));
    }
    Ok(())
}

/// Returns a command as it is shown in messages.
fn command_line(command: &Command) -> String {
    let mut shown = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        shown.push(' ');
        shown.push_str(&argument.to_string_lossy());
    }
    shown
}
