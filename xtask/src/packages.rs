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
        let missing: Vec<_> = missing.collect();
        if missing.is_empty() {
            return Ok(());
        }
        // All at once, because `apt-get` takes half a second to read the package lists.
        let mut download = self.apt();
        download.arg("download").args(&missing).current_dir(folder);
        need(
            &mut download,
            &format!("fetch the packages {}", missing.join(" ")),
        )
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

    /// Returns a script that starts a program with the shared libraries and the Perl modules from
    /// the packages. An installed program needs them too: Perl may be installed without them.
    fn script(&self, name: &str) -> Outcome<String> {
        let unpacked = self.folder.join("root/usr/bin").join(name);
        let program = if unpacked.exists() {
            unpacked.display().to_string()
        } else if is_installed(name) {
            name.to_owned()
        } else {
            return unavailable(format!("{name} is neither installed nor unpacked"));
        };
        let root = self.folder.join("root");
        let mut libraries = BTreeSet::new();
        collect_library_folders(&root, &mut libraries)?;
        let mut script = "#!/bin/sh\n".to_owned();
        let modules = perl_folders(&root)?;
        for (variable, folders) in [
            ("LD_LIBRARY_PATH", libraries.into_iter().collect()),
            ("PERL5LIB", modules),
        ] {
            let folders: Vec<_> = folders.iter().map(|f| f.display().to_string()).collect();
            if !folders.is_empty() {
                script += &format!("{variable}=\"{}\" ", folders.join(":"));
            }
        }
        Ok(script + &format!("exec \"{program}\" \"$@\"\n"))
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

/// Returns the folders of Perl modules in an unpacked system, in the order in which Debian's Perl
/// searches them.
fn perl_folders(root: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    let machines = subfolders(&root.join("usr/lib"))?;
    for machine in &machines {
        found.extend(subfolders(&machine.join("perl5"))?);
    }
    found.push(root.join("usr/share/perl5"));
    for machine in &machines {
        found.push(machine.join("perl-base"));
        found.extend(subfolders(&machine.join("perl"))?);
    }
    found.extend(subfolders(&root.join("usr/share/perl"))?);
    found.retain(|folder| folder.is_dir());
    Ok(found)
}

/// Returns the folders in a folder, or none if it does not exist.
fn subfolders(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            found.push(entry?.path());
        }
    }
    found.sort();
    Ok(found)
}
