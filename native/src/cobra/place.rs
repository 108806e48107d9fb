//! Which command a command line is about, as far as it can be followed.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::{Arg, Command};

/// A command among a program's commands.
pub(super) struct Place {
    program: Command,
    /// The names that lead from the program to it.
    path: Vec<String>,
}

impl Place {
    /// Follows the words of a line that are neither flags nor flags' values.
    pub(super) fn of(program: &Command, arguments: &[OsString]) -> Self {
        let mut place = Self {
            program: program.clone(),
            path: Vec::new(),
        };
        let mut words = arguments.iter().map(|word| word.to_string_lossy());
        while let Some(word) = words.next() {
            if word == "--" {
                break;
            }
            if word.starts_with('-') {
                if place.flag(&word).is_some_and(takes_next_word) {
                    words.next();
                }
                continue;
            }
            match place.command().and_then(|command| below(command, &word)) {
                Some(name) => place.path.push(name),
                None => break,
            }
        }
        place
    }

    /// The program's name and all below it.
    pub(super) fn name(&self) -> String {
        let mut name = self.program.get_name().to_owned();
        for part in &self.path {
            name += " ";
            name += part;
        }
        name
    }

    /// Whether it is a command, and not the program itself.
    pub(super) fn is_below_program(&self) -> bool {
        !self.path.is_empty()
    }

    /// Its help.
    pub(super) fn help(&self) -> StyledStr {
        let mut program = self.program.clone();
        program.build();
        let mut command = &mut program;
        for name in &self.path {
            if command.find_subcommand(name).is_none() {
                break;
            }
            command = command
                .find_subcommand_mut(name)
                .expect("it was found just now");
        }
        command.render_help()
    }

    /// The names of the commands below it that a word may have meant, nearest first.
    pub(super) fn near(&self, word: &str) -> Vec<String> {
        let Some(command) = self.command() else {
            return Vec::new();
        };
        let mut near: Vec<(usize, &str)> = command
            .get_subcommands()
            .map(Command::get_name)
            .filter_map(|name| {
                let distance = strsim::damerau_levenshtein(word, name);
                let is_near = distance <= DISTANCE_MAX && distance * 2 <= word.len();
                (is_near || name.starts_with(word)).then_some((distance, name))
            })
            .collect();
        near.sort_unstable();
        let names = near.into_iter().map(|(_, name)| name.to_owned());
        names.take(SUGGESTIONS_MAX).collect()
    }

    fn command(&self) -> Option<&Command> {
        let mut command = &self.program;
        for name in &self.path {
            command = command.find_subcommand(name)?;
        }
        Some(command)
    }

    /// The flag that a word is, here or anywhere above.
    fn flag(&self, word: &str) -> Option<&Arg> {
        let mut command = &self.program;
        let mut found = flag_of(command, word);
        for name in &self.path {
            command = command.find_subcommand(name)?;
            found = flag_of(command, word).or(found);
        }
        found
    }
}

/// Puts all values of a list that is given more than once into the first: the library knows it
/// before a command and behind it as two, and takes the one behind alone.
pub(super) fn with_lists_joined(program: &Command, arguments: &[OsString]) -> Vec<OsString> {
    let lists = program
        .get_arguments()
        .filter(|arg| arg.get_value_delimiter().is_some());
    let mut arguments = arguments.to_vec();
    for long in lists.filter_map(Arg::get_long) {
        let given = occurrences(&arguments, &format!("--{long}"));
        let [(first, _, _), _, ..] = given.as_slice() else {
            continue;
        };
        let first = *first;
        let mut joined = OsString::from(format!("--{long}="));
        for (number, (_, _, value)) in given.iter().enumerate() {
            if number > 0 {
                joined.push(",");
            }
            joined.push(value);
        }
        for (at, words, _) in given.iter().rev() {
            arguments.drain(*at..at + words);
        }
        arguments.insert(first, joined);
    }
    arguments
}

/// Where a flag stands, how many words it is, and its value.
fn occurrences(arguments: &[OsString], flag: &str) -> Vec<(usize, usize, OsString)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(word) = arguments.get(at).filter(|word| *word != "--") {
        let inline = word.to_str().and_then(|word| word.strip_prefix(flag));
        let value = match inline {
            Some("") => arguments.get(at + 1).map(|next| (2, next.clone())),
            Some(rest) => rest.strip_prefix('=').map(|value| (1, value.into())),
            None => None,
        };
        match value {
            Some((words, value)) => {
                found.push((at, words, value));
                at += words;
            }
            None => at += 1,
        }
    }
    found
}

fn flag_of<'a>(command: &'a Command, word: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|arg| {
        let is_long = word
            .strip_prefix("--")
            .is_some_and(|name| arg.get_long() == Some(name));
        let mut letters = word.chars().skip(1);
        let is_short = arg.get_short().is_some()
            && letters.next() == arg.get_short()
            && letters.next().is_none();
        is_long || is_short
    })
}

fn takes_next_word(flag: &Arg) -> bool {
    flag.get_action().takes_values() && !flag.is_require_equals_set()
}

/// The command that a word names, whole or shortened.
fn below(command: &Command, word: &str) -> Option<String> {
    if let Some(found) = command.find_subcommand(word) {
        return Some(found.get_name().to_owned());
    }
    let mut names = command
        .get_subcommands()
        .map(Command::get_name)
        .filter(|name| name.starts_with(word));
    let name = names.next()?;
    names.next().is_none().then(|| name.to_owned())
}

/// As far as cobra looks.
const DISTANCE_MAX: usize = 2;
/// More would not be read.
const SUGGESTIONS_MAX: usize = 3;

#[cfg(test)]
mod tests {
    use clap::ArgAction;

    use super::*;

    fn program() -> Command {
        let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::Append);
        let group = Command::new("endpoint").subcommands(["health", "hashkv"].map(Command::new));
        Command::new("ctl")
            .arg(flag("endpoints").value_delimiter(',').global(true))
            .arg(flag("write-out").short('w').global(true))
            .subcommand(group)
            .subcommands(["elect", "get", "put", "del"].map(Command::new))
    }

    fn words(line: &str) -> Vec<OsString> {
        line.split_whitespace().map(OsString::from).collect()
    }

    #[test]
    fn flags_and_their_values_lead_nowhere() {
        for (line, name) in [
            ("", "ctl"),
            ("get foo", "ctl get"),
            ("-w get endp heal x", "ctl endpoint health"),
            (
                "--endpoints=get endpoint --write-out health hashkv",
                "ctl endpoint hashkv",
            ),
            ("e health", "ctl"),
            ("-- get", "ctl"),
        ] {
            assert_eq!(Place::of(&program(), &words(line)).name(), name, "{line}");
        }
    }

    #[test]
    fn what_was_meant_is_near() {
        let near = |line: &str, word: &str| Place::of(&program(), &words(line)).near(word);
        assert_eq!(near("", "e"), ["elect", "endpoint"]);
        assert_eq!(near("", "gett"), ["get"]);
        assert_eq!(near("", "de"), ["del"]);
        assert_eq!(near("", "xyz"), [""; 0]);
        assert_eq!(near("endpoint", "haelth"), ["health"]);
    }

    #[test]
    fn a_list_that_is_given_twice_is_one() {
        for (line, joined) in [
            ("get a", "get a"),
            ("--endpoints A get a", "--endpoints A get a"),
            ("--endpoints=A get --endpoints B a", "--endpoints=A,B get a"),
            ("--endpoints A,B get --endpoints=C", "--endpoints=A,B,C get"),
            (
                "--endpoints A put -- --endpoints B",
                "--endpoints A put -- --endpoints B",
            ),
            (
                "--endpoints A get --endpoints",
                "--endpoints A get --endpoints",
            ),
            (
                "--endpointsx=A --endpoints=B",
                "--endpointsx=A --endpoints=B",
            ),
        ] {
            assert_eq!(
                with_lists_joined(&program(), &words(line)),
                words(joined),
                "{line}"
            );
        }
    }
}
