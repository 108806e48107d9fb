//! `completion`: a shell's script that completes this program's commands and flags.

use std::io::{self, Write};

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::failure::{Exit, Failure};

/// Generate completion script
#[derive(Args, Clone, Debug)]
pub(crate) struct Completion {
    /// bash, zsh, fish or powershell
    #[arg(value_name = "SHELL")]
    shell: Vec<String>,
}

impl Completion {
    /// Prints the script for a program.
    ///
    /// # Errors
    /// No such shell, or nobody reads.
    pub(crate) fn run<Program: CommandFactory>(&self) -> Result<(), Failure> {
        let wrong = |text: String| Failure::new(Exit::Error, text);
        let [name] = self.shell.as_slice() else {
            let given = self.shell.len();
            return Err(wrong(format!("accepts 1 arg(s), received {given}")));
        };
        let shell = match name.as_str() {
            "bash" => Shell::Bash,
            "zsh" => Shell::Zsh,
            "fish" => Shell::Fish,
            "powershell" => Shell::PowerShell,
            other => {
                return Err(wrong(format!(
                    "invalid argument {other:?}; it is bash, zsh, fish or powershell"
                )));
            }
        };
        let mut command = Program::command();
        let program = command.get_name().to_owned();
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut command, program, &mut script);
        Ok(io::stdout().write_all(&script)?)
    }
}
