//! Speaking to a person at a terminal.
//!
//! A write that fails is an error like others, so that whoever sends the output to a full disk is
//! told; and lines are broken between words, where the terminal is narrow.

use std::fmt::Display;
use std::io::{self, Write};

use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};

/// Prints a text and the end of its line.
///
/// # Errors
/// When nobody takes it: a full disk, a reader that has gone.
pub fn say(text: impl Display) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{text}")
        .and_then(|()| out.flush())
        .context("cannot write to the standard output")
}

/// How wide the terminal is that is written to; nothing when it is none.
pub fn columns() -> Option<usize> {
    let size = rustix::termios::tcgetwinsize(io::stdout()).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns >= COLUMNS_MIN)
}

/// Breaks lines between words where they are wider than that; what goes on stands a little to the
/// right. Words are never broken.
pub fn wrapped(text: &str, columns: Option<usize>) -> String {
    let Some(columns) = columns else {
        return text.to_owned();
    };
    let lines: Vec<String> = text
        .lines()
        .map(|line| wrapped_line(line, columns))
        .collect();
    lines.join("\n")
}

fn wrapped_line(line: &str, columns: usize) -> String {
    let indent = line.len() - line.trim_start().len();
    let mut text = line[..indent].to_owned();
    let (mut width, mut is_first) = (indent, true);
    for word in line.split_whitespace() {
        let length = word.chars().count();
        if !is_first && width + 1 + length > columns {
            text.push('\n');
            text.push_str(&" ".repeat(indent + 2));
            width = indent + 2;
        } else if !is_first {
            text.push(' ');
            width += 1;
        }
        text.push_str(word);
        width += length;
        is_first = false;
    }
    text
}

/// A bar that shows how far a run is, on standard error, and only where that is a terminal.
pub fn progress_bar(limit: Option<u64>, what: &str) -> ProgressBar {
    let is_narrow = columns().is_some_and(|columns| columns < BAR_COLUMNS_MIN);
    let template = match (limit, is_narrow) {
        (Some(_), false) => {
            format!(
                "{{elapsed}} [{{wide_bar}}] {{pos}}/{{len}} {what}, {{per_sec}}, {{eta}} left, {{msg}}"
            )
        }
        (Some(_), true) => "{pos}/{len}, {eta} left, {msg}".to_owned(),
        (None, false) => format!("{{elapsed}} {{pos}} {what}, {{per_sec}}, {{msg}}"),
        (None, true) => "{elapsed} {pos}, {msg}".to_owned(),
    };
    let bar = match limit {
        Some(limit) => ProgressBar::new(limit),
        None => ProgressBar::no_length(),
    };
    match ProgressStyle::with_template(&template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// A path as a shell takes it for one word.
pub fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+=:,@%".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Below this it is no terminal that anybody reads.
const COLUMNS_MIN: usize = 10;
/// Below this there is no room for a bar.
const BAR_COLUMNS_MIN: usize = 72;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        let text = "faults: crash 12, heal 3, isolate 4\n  short";
        assert_eq!(wrapped(text, None), text);
        assert_eq!(wrapped(text, Some(80)), text);
        assert_eq!(
            wrapped(text, Some(20)),
            "faults: crash 12,\n  heal 3, isolate 4\n  short"
        );
        assert_eq!(wrapped("unbreakable", Some(4)), "unbreakable");
    }

    #[test]
    fn a_path_stays_one_word() {
        assert_eq!(quoted("target/simulate.log"), "target/simulate.log");
        assert_eq!(quoted("my runs"), "'my runs'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
