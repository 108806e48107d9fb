//! Notes the compiler's version, for the server's first line.

use std::env;
use std::error::Error;
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=QUORATE_GIT_SHA");
    println!(
        "cargo::rustc-env=QUORATE_RUSTC_VERSION={}",
        rustc_version()?
    );
    Ok(())
}

/// `rustc 1.95.0` of the compiler that cargo uses.
fn rustc_version() -> Result<String, Box<dyn Error>> {
    let rustc = env::var("RUSTC")?;
    let output = Command::new(rustc).arg("--version").output()?;
    let text = String::from_utf8(output.stdout)?;
    Ok(text
        .split_whitespace()
        .take(2)
        .collect::<Vec<_>>()
        .join(" "))
}
