//! Builds a firmware project with the CMake block of the README.

use std::fs;

use super::FOLDER;
use crate::firmware::Tools;
use crate::markdown::blocks;
use crate::packages::Packages;
use crate::process::{Outcome, failed, need_programs, need_target, read, root, run};

const PROJECT: &str = "\
cmake_minimum_required(VERSION 3.16)
project(firmware C)
add_executable(firmware main.c)
";

/// Calls one function, so that the library is linked.
const PROGRAM: &str = "\
#include \"jose_verify.h\"
int main(void) { return (int)jv_error_name(0).len; }
";

/// Configures and builds the project for a Cortex-M4.
pub fn check() -> Outcome {
    need_programs(&["make"])?;
    need_target("thumbv7em-none-eabihf")?;
    let tools = Tools::set_up()?;
    let cmake = Packages {
        folder: root().join("target/cmake-tools"),
        names: &["cmake"],
        programs: &["cmake"],
        version: 1,
    };
    cmake.unpack()?;
    let block = blocks(&read(format!("{FOLDER}/README.md"))?, "cmake").concat();
    if !block.contains("jose_verify") {
        return failed(format!("no CMake block in {FOLDER}/README.md"));
    }
    let project = root().join("target/cmake-project");
    if project.exists() {
        fs::remove_dir_all(&project)?;
    }
    fs::create_dir_all(&project)?;
    // The block expects the repository in a folder of the project.
    let block = block.replace(
        "${CMAKE_SOURCE_DIR}/jose-verify",
        &root().display().to_string(),
    );
    fs::write(project.join("CMakeLists.txt"), format!("{PROJECT}{block}"))?;
    fs::write(project.join("main.c"), PROGRAM)?;
    let mut configure = cmake.program("cmake");
    configure
        .args(["-S", ".", "-B", "build", "-DCMAKE_SYSTEM_NAME=Generic"])
        .arg("-DCMAKE_TRY_COMPILE_TARGET_TYPE=STATIC_LIBRARY")
        .arg("-DCMAKE_C_FLAGS=-mcpu=cortex-m4 -mthumb -mfloat-abi=hard -mfpu=fpv4-sp-d16")
        .arg("-DCMAKE_EXE_LINKER_FLAGS=-nostdlib -Wl,-e,main")
        .arg(format!(
            "-DCMAKE_C_COMPILER={}",
            tools.path("arm-none-eabi-gcc").display()
        ));
    run(configure.current_dir(&project))?;
    let mut build = cmake.program("cmake");
    run(build.args(["--build", "build"]).current_dir(&project))
}
