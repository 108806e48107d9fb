//! Running other programs: each is printed before it starts, and a failure names it.

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Runs a program to its end with its output going to ours; anything but success is an error.
///
/// Standard input is closed: no program may wait for a person who is not there.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    println!("  $ {}", describe(command));
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start `{}`", describe(command)))?;
    if !status.success() {
        bail!("`{}` ended with {status}", describe(command));
    }
    Ok(())
}

/// Lets a program take the place of this one, so that it hears Ctrl-C and SIGTERM, and its exit
/// code is the one that a shell sees. Only an error comes back.
pub(crate) fn replace_by(command: &mut Command) -> Result<()> {
    let mut out = std::io::stdout();
    writeln!(out, "  $ {}", describe(command))
        .and_then(|()| out.flush())
        .context("cannot write to the standard output")?;
    let error = command.stdin(Stdio::null()).exec();
    Err(error).with_context(|| format!("cannot start `{}`", describe(command)))
}

/// As [`run`], for a program that reads `input` on its standard input.
pub(crate) fn run_with_input(command: &mut Command, input: &str) -> Result<()> {
    println!("  $ {}", describe(command));
    let mut child = command
        .stdin(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{}`", describe(command)))?;
    if let Some(mut pipe) = child.stdin.take() {
        // A program that ends before it has read all shows why by its status.
        pipe.write_all(input.as_bytes()).ok();
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("`{}` ended with {status}", describe(command));
    }
    Ok(())
}

/// Runs a program quietly and gives what it printed on standard output.
///
/// # Errors
/// When it cannot be started or fails; what it printed on standard error is in the message.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start `{}`", describe(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "`{}` ended with {}:\n{}",
            describe(command),
            output.status,
            said.trim()
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// A command line as a person would type it.
fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let mut line = name.to_string_lossy().into_owned();
    for argument in command.get_args() {
        line.push(' ');
        let argument = argument.to_string_lossy();
        if argument.contains([' ', '\'', '"', '$', '*']) {
            line.push_str(&format!("'{argument}'"));
        } else {
            line.push_str(&argument);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_names_the_program_and_what_it_said() {
        let error = output(Command::new("sh").args(["-c", "echo lost >&2; exit 3"]))
            .expect_err("exit code 3 is a failure");
        let text = format!("{error:#}");
        assert!(text.contains("sh -c 'echo lost >&2; exit 3'"), "{text}");
        assert!(
            text.contains("exit status: 3") && text.ends_with("lost"),
            "{text}"
        );
    }

    #[test]
    fn a_program_reads_what_it_is_given() {
        let compare = || Command::new("grep");
        run_with_input(compare().args(["-q", "leader"]), "a leader\n").expect("it is there");
        assert!(run_with_input(compare().args(["-q", "leader"]), "none\n").is_err());
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("no-such-program")).expect_err("it does not exist");
        assert!(format!("{error:#}").contains("no-such-program"));
    }
}
