//! What `--help` and `--version` print.

use super::GROUPS;
use super::definition::{Flag, Support, version as parse_version};
use super::environment::{self, Environment};
use super::values::Values;
use crate::version;

/// All flags, group by group.
pub(crate) fn help_text() -> String {
    let mut text = String::from(
        "Usage:\n\n  quorate [flags]\n    Start a member of an etcd-compatible cluster.\n\n  \
         quorate --version\n    Show the version.\n\n  quorate -h | --help\n    Show this help.\n\n\
         Flags are etcd's, with one dash or two, `=` or a space before the value.\n",
    );
    for group in GROUPS {
        text += &format!("\n{}:\n", group.title);
        for flag in group.flags.iter().filter(|it| it.support == Support::Here) {
            text += &format!(
                "\n  --{} '{}'\n    {}\n",
                flag.name, flag.default, flag.help
            );
        }
        for (title, line) in LISTS {
            let lines: String = group.flags.iter().filter_map(*line).collect();
            if !lines.is_empty() {
                text += &format!("\n  {title}:\n{lines}");
            }
        }
    }
    text
}

/// A line for the flags that a list is about.
type ListLine = fn(&Flag) -> Option<String>;

/// What is told of flags that do not do what etcd's do.
const LISTS: &[(&str, ListLine)] = &[
    ("Accepted, without effect", |flag| match flag.support {
        Support::NoEffect(why) => Some(format!("    --{} '{}': {why}\n", flag.name, flag.default)),
        _ => None,
    }),
    ("Older names", |flag| match flag.support {
        Support::Renamed(now) => Some(format!("    --{} is --{now}\n", flag.name)),
        Support::Gate(gate) => Some(format!("    --{} is --feature-gates={gate}=…\n", flag.name)),
        _ => None,
    }),
    ("Known, but not supported yet", |flag| match flag.support {
        Support::NotYet => Some(format!("    --{} '{}'\n", flag.name, flag.default)),
        _ => None,
    }),
];

/// Which version this is, and which etcd it answers as: four lines, as etcd prints four.
pub(crate) fn version_text(line: &Values, environment: &Environment) -> String {
    let etcd_version = match line.is_set(ETCD_VERSION) {
        true => line.version(ETCD_VERSION).to_string(),
        false => environment::variable(environment, &environment::variable_name(ETCD_VERSION))
            .and_then(parse_version)
            .unwrap_or_else(|| line.version(ETCD_VERSION))
            .to_string(),
    };
    format!(
        "etcd Version: {}\nQuorate Version: {}\nRust Version: {}\nRust OS/Arch: {}/{}\n",
        etcd_version,
        version::QUORATE,
        version::RUST,
        std::env::consts::OS,
        std::env::consts::ARCH,
    )
}

const ETCD_VERSION: &str = "etcd-version";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_names_every_flag_that_can_be_given() {
        let text = help_text();
        for flag in GROUPS.iter().flat_map(|group| group.flags) {
            let shown = text.contains(&format!("--{} ", flag.name));
            assert_eq!(shown, flag.support != Support::Ignored, "--{}", flag.name);
        }
    }

    #[test]
    fn version_is_four_lines_that_begin_with_etcds() {
        let text = version_text(&Values::default(), &[]);
        assert!(text.starts_with("etcd Version: 3.6."), "{text}");
        assert_eq!(text.lines().count(), 4);
        let variable = ("ETCD_ETCD_VERSION".to_owned(), "3.5.30".to_owned());
        let text = version_text(&Values::default(), &[variable]);
        assert!(text.starts_with("etcd Version: 3.5.30\n"), "{text}");
    }
}
