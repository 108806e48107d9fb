//! What `--help` and `--version` print.

use super::GROUPS;
use super::definition::{Flag, Support};
use crate::version;

/// All flags, group by group.
pub(crate) fn help_text() -> String {
    let mut text = String::from(
        "Usage:\n\n  quorate [flags]\n    Start a member of an etcd-compatible cluster.\n\n  \
         quorate --version\n    Show the version.\n\n  quorate -h | --help\n    Show this help.\n\n\
         Flags are etcd's, with one dash or two, `=` or a space before the value.\n",
    );
    for group in GROUPS {
        let (here, not_yet): (Vec<&Flag>, Vec<&Flag>) = group
            .flags
            .iter()
            .filter(|flag| flag.support != Support::Ignored)
            .partition(|flag| flag.support == Support::Here);
        text += &format!("\n{}:\n", group.title);
        for flag in here {
            text += &format!(
                "\n  --{} '{}'\n    {}\n",
                flag.name, flag.default, flag.help
            );
        }
        if !not_yet.is_empty() {
            text += "\n  Known, but not supported yet:\n";
            for flag in not_yet {
                text += &format!("    --{} '{}'\n", flag.name, flag.default);
            }
        }
    }
    text
}

/// Which version this is, and which etcd it answers as: four lines, as etcd prints four.
pub(crate) fn version_text() -> String {
    format!(
        "etcd Version: {}\nQuorate Version: {}\nRust Version: {}\nRust OS/Arch: {}/{}\n",
        version::SERVER,
        version::QUORATE,
        version::RUST,
        std::env::consts::OS,
        std::env::consts::ARCH,
    )
}

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
        let text = version_text();
        assert!(text.starts_with("etcd Version: 3.6."), "{text}");
        assert_eq!(text.lines().count(), 4);
    }
}
