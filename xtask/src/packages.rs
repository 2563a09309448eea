//! Debian packages, unpacked into a folder. Nothing is installed, and no installed package is
//! changed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use crate::process::{
    Outcome, is_installed, need_programs, output, program, root, run, succeeds, unavailable,
};

/// Packages, and the programs that are needed from them.
pub struct Packages<'p> {
    pub folder: PathBuf,
    pub names: &'p [&'p str],
    pub programs: &'p [&'p str],
    /// Must be changed together with the list of packages, so that an older folder is filled again.
    pub version: u32,
}

impl Packages<'_> {
    /// Fetches and unpacks what is missing. `bin` then contains a script for each program.
    pub fn unpack(&self) -> Outcome {
        fs::create_dir_all(&self.folder)?;
        let fetched = self.folder.join(format!("fetched-{}", self.version));
        if !fetched.exists() {
            self.fetch()?;
            self.make_programs()?;
            fs::write(fetched, "")?;
        }
        Ok(())
    }

    /// Returns a command that runs one of the programs at the root of the repository.
    pub fn program(&self, name: &str) -> Command {
        program(self.path(name))
    }

    /// Returns the path of one of the programs.
    pub fn path(&self, name: &str) -> PathBuf {
        root().join(&self.folder).join("bin").join(name)
    }

    fn fetch(&self) -> Outcome {
        need_programs(&["apt-get", "dpkg-deb"])?;
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

    /// Downloads the packages that are not installed, and their dependencies.
    fn download(&self, folder: &Path) -> Outcome {
        need(self.apt().arg("update"), "fetch the package lists")?;
        // `-s` only simulates: it prints what is missing, and installs and removes nothing.
        let mut simulate = self.apt();
        simulate.args(["-s", "-y", "--no-install-recommends", "install"]);
        let Ok(simulated) = output(simulate.args(self.names)) else {
            return unavailable(format!("unknown packages: {}", self.names.join(" ")));
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

    /// Returns `apt-get` with its own lists and cache, so that the machine's are not changed.
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
        for name in self.programs {
            let file = self.folder.join("bin").join(name);
            fs::write(&file, self.script(name)?)?;
            make_executable(&file)?;
            if !succeeds(self.program(name).arg("--version")) {
                return unavailable(format!("{name} cannot be started"));
            }
        }
        Ok(())
    }

    /// Returns a script that starts a program with the shared libraries from its packages.
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
}

#[cfg(unix)]
fn make_executable(file: &Path) -> Outcome {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::set_permissions(
        file,
        fs::Permissions::from_mode(0o755),
    )?)
}

#[cfg(not(unix))]
fn make_executable(_: &Path) -> Outcome {
    unavailable("scripts cannot be started on this machine")
}

/// Runs a program that prepares the tools. If it fails, they are unavailable. Its output goes to
/// standard error, because standard output may contain a table.
pub fn need(command: &mut Command, what: &str) -> Outcome {
    if run(command.stdout(io::stderr())).is_err() {
        return unavailable(format!("cannot {what}"));
    }
    Ok(())
}

/// Adds each folder under `folder` that contains a shared library.
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
