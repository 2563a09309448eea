//! `setup`: fetches the emulator, a C compiler for Cortex-M, and builds the counting plugin.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use super::boards::BOARDS;
use crate::process::{
    Outcome, is_installed, need_target, output, program, root, run, succeeds, unavailable,
};

/// Fetches what is missing and prints where the tools are.
pub fn run_setup() -> Outcome {
    let tools = Tools::set_up()?;
    println!("the tools are in {}", tools.folder.display());
    Ok(())
}

const PACKAGES: [&str; 5] = [
    "qemu-system-arm",
    "qemu-system-misc",
    "binutils-arm-none-eabi",
    "gcc-arm-none-eabi",
    "libnewlib-arm-none-eabi",
];

const EMULATORS: [&str; 2] = ["qemu-system-arm", "qemu-system-riscv32"];

const PLUGIN_SOURCE: &str = "firmware/insncount.c";

/// The folder with the tools.
pub struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// Returns the tools, after fetching what is missing.
    pub fn set_up() -> Outcome<Self> {
        let folder = env::var_os("FIRMWARE_TOOLS").unwrap_or("target/firmware-tools".into());
        let folder = root().join(folder);
        fs::create_dir_all(&folder)?;
        let tools = Self {
            folder: folder.canonicalize()?,
        };
        // The number changes with the list of packages.
        let fetched = tools.folder.join("fetched-1");
        if !fetched.exists() {
            tools.fetch()?;
            tools.make_programs()?;
            fs::write(fetched, "")?;
        }
        tools.build_plugin()?;
        for board in BOARDS {
            need_target(board.target)?;
        }
        Ok(tools)
    }

    /// Returns one of the programs, to be started at the root of the repository.
    pub fn program(&self, name: &str) -> Command {
        program(self.folder.join("bin").join(name))
    }

    /// Returns the plugin of the emulator that counts instructions.
    pub fn plugin(&self) -> PathBuf {
        self.folder.join("insncount.so")
    }

    /// Returns what the emulator says of its version.
    pub fn emulator_version(&self) -> Outcome<String> {
        let version = output(self.program("qemu-system-arm").arg("--version"))?;
        Ok(version.lines().next().unwrap_or_default().to_owned())
    }

    fn fetch(&self) -> Outcome {
        if !is_installed("apt-get") || !is_installed("dpkg-deb") {
            return unavailable("apt-get and dpkg-deb are not installed");
        }
        let packages = self.folder.join("debs");
        for folder in ["apt/lists/partial", "apt/cache/partial", "debs", "root"] {
            fs::create_dir_all(self.folder.join(folder))?;
        }
        self.download(&packages)?;
        for package in fs::read_dir(&packages)? {
            let package = package?.path();
            let mut unpack = program("dpkg-deb");
            unpack.arg("-x").arg(&package).arg(self.folder.join("root"));
            need(&mut unpack, &format!("unpack {}", package.display()))?;
        }
        fs::remove_dir_all(packages)?;
        fs::remove_dir_all(self.folder.join("apt"))?;
        Ok(())
    }

    /// Downloads the packages that are not installed, with all that they depend on.
    fn download(&self, folder: &Path) -> Outcome {
        need(self.apt().arg("update"), "fetch the lists of packages")?;
        // A simulation: it prints what is missing, and neither removes nor installs anything.
        let mut simulate = self.apt();
        simulate.args(["-s", "-y", "--no-install-recommends", "install"]);
        let Ok(simulated) = output(simulate.args(PACKAGES)) else {
            return unavailable(format!("unknown packages: {}", PACKAGES.join(" ")));
        };
        let missing = simulated.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            words.next().filter(|word| *word == "Inst")?;
            words.next()
        });
        for name in missing {
            let mut download = self.apt();
            download.args(["download", name]).current_dir(folder);
            need(&mut download, &format!("fetch the package {name}"))?;
        }
        Ok(())
    }

    /// Returns `apt-get` with its own lists and cache, so that the machine's stay as they are.
    fn apt(&self) -> Command {
        let mut apt = program("apt-get");
        let folder = self.folder.join("apt").display().to_string();
        apt.args(["-q", "-o", &format!("Dir::State::Lists={folder}/lists")])
            .args(["-o", &format!("Dir::Cache={folder}/cache")])
            .args(["-o", "APT::Sandbox::User="]);
        apt
    }

    /// Writes the scripts under `bin`, which start the unpacked programs or the installed ones.
    fn make_programs(&self) -> Outcome {
        fs::create_dir_all(self.folder.join("bin"))?;
        for name in EMULATORS.into_iter().chain(["arm-none-eabi-gcc"]) {
            let script = self.script(name)?;
            let file = self.folder.join("bin").join(name);
            fs::write(&file, script)?;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o755))?;
        }
        for name in EMULATORS {
            if !succeeds(self.program(name).arg("--version")) {
                return unavailable(format!("{name} does not start"));
            }
        }
        Ok(())
    }

    /// Returns a script that starts a program with the shared libraries it was unpacked with.
    fn script(&self, name: &str) -> Outcome<String> {
        let unpacked = self.folder.join("root/usr/bin").join(name);
        if !unpacked.exists() {
            if !is_installed(name) {
                return unavailable(format!("{name} is neither installed nor unpacked"));
            }
            return Ok(format!("#!/bin/sh\nexec {name} \"$@\"\n"));
        }
        let mut folders = BTreeSet::new();
        collect_library_folders(&self.folder.join("root"), &mut folders)?;
        let folders: Vec<_> = folders.iter().map(|f| f.display().to_string()).collect();
        Ok(format!(
            "#!/bin/sh\nLD_LIBRARY_PATH=\"{}\" exec \"{}\" \"$@\"\n",
            folders.join(":"),
            unpacked.display()
        ))
    }

    fn build_plugin(&self) -> Outcome {
        let (plugin, source) = (self.plugin(), root().join(PLUGIN_SOURCE));
        if is_newer(&plugin, &source) {
            return Ok(());
        }
        // Since QEMU 9 the interface of plugins has version 2.
        let version = if self.emulator_major()? >= 9 { 2 } else { 1 };
        let mut compile = program("gcc");
        compile
            .args(["-shared", "-fPIC", "-O2", "-Wall"])
            .arg(format!("-DQPV={version}"))
            .arg("-o")
            .args([&plugin, &source]);
        need(&mut compile, "build the plugin with gcc")
    }

    fn emulator_major(&self) -> Outcome<u32> {
        let version = self.emulator_version()?;
        let major = version
            .strip_prefix("QEMU emulator version ")
            .and_then(|number| number.split('.').next()?.parse().ok());
        Ok(major.unwrap_or_default())
    }
}

/// Runs a program without which the firmware cannot be run. Its output goes to standard error,
/// because standard output is the table's.
fn need(command: &mut Command, what: &str) -> Outcome {
    if run(command.stdout(io::stderr())).is_err() {
        return unavailable(format!("cannot {what}"));
    }
    Ok(())
}

/// Adds each folder below `folder` that has a shared library in it.
fn collect_library_folders(folder: &Path, found: &mut BTreeSet<PathBuf>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            collect_library_folders(&entry.path(), found)?;
        } else if entry.file_name().to_string_lossy().contains(".so") {
            found.insert(folder.to_owned());
        }
    }
    Ok(())
}

/// Returns whether a file exists and was written after another.
fn is_newer(file: &Path, other: &Path) -> bool {
    let modified = |file: &Path| fs::metadata(file).and_then(|file| file.modified());
    match (modified(file), modified(other)) {
        (Ok(file), Ok(other)) => file > other,
        _ => false,
    }
}
