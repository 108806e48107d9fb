//! Help that lists every command there is, those within groups too, as etcdctl's.

use std::fmt::Write;

use clap::Command;

/// Lets a program's help list commands by their whole names: `lease grant`.
pub(super) fn with_all_commands(program: Command) -> Command {
    let mut lines = Vec::new();
    for command in program.get_subcommands() {
        collect(command, "", &mut lines);
    }
    if program
        .get_subcommands()
        .all(|command| !command.has_subcommands())
    {
        return program;
    }
    let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, about) in lines {
        // A string takes every line.
        let _ = writeln!(text, "  {name:width$}  {about}");
    }
    program.help_template(format!(
        "{{before-help}}{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\nCommands:\n{text}\n\
         Options:\n{{options}}{{after-help}}"
    ))
}

fn collect(command: &Command, before: &str, lines: &mut Vec<(String, String)>) {
    let name = format!("{before}{}", command.get_name());
    if command.has_subcommands() {
        let before = format!("{name} ");
        for command in command.get_subcommands() {
            collect(command, &before, lines);
        }
        return;
    }
    let about = command.get_about().map(ToString::to_string);
    lines.push((name, about.unwrap_or_default()));
}
