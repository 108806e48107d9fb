//! Words behind a command: arguments and flags.

use super::Complaint;

/// What stands behind a command.
#[derive(Clone, Debug, Default)]
pub(super) struct Arguments {
    /// What is no flag, in order.
    pub(super) rest: Vec<String>,
    flags: Vec<(String, String)>,
}

/// Flags that every command takes.
const ALWAYS: [&str; 3] = ["endpoints", "write-out", "w"];

impl Arguments {
    /// Reads words; `known` are the command's flags, those that take a value with a `=` behind.
    pub(super) fn read(
        words: &[String],
        known: &[&str],
        usage: &'static str,
    ) -> Result<Self, Complaint> {
        let mut arguments = Self::default();
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let Some(flag) = word.strip_prefix('-').filter(|rest| !rest.is_empty()) else {
                arguments.rest.push(word.clone());
                continue;
            };
            if flag == "-" {
                arguments.rest.extend(words.by_ref().cloned());
                break;
            }
            let flag = flag.strip_prefix('-').unwrap_or(flag);
            let (name, value) = match flag.split_once('=') {
                Some((name, value)) => (name, Some(value.to_owned())),
                None => (flag, None),
            };
            let takes_value = ALWAYS.contains(&name)
                || known
                    .iter()
                    .any(|known| known.strip_suffix('=') == Some(name));
            if !takes_value && !known.contains(&name) {
                let flag = word.clone();
                return Err(Complaint::Flag { flag, usage });
            }
            let value = match value {
                Some(value) => value,
                None if takes_value => words.next().cloned().ok_or(Complaint::Usage(usage))?,
                None => "true".to_owned(),
            };
            arguments.flags.push((name.to_owned(), value));
        }
        Ok(arguments)
    }

    /// A flag's value.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let mut flags = self.flags.iter().rev();
        flags
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.as_str())
    }

    /// Whether a flag is on.
    pub(super) fn has(&self, name: &str) -> bool {
        self.value(name).is_some_and(|value| value != "false")
    }
}
