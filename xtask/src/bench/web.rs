//! The page in a real browser, measured by `web/tests/page/bench.mjs`.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::page;
use crate::process;
use crate::setup::Tool;
use crate::workspace::Workspace;

/// Builds the page when it is not current, measures it and prints the table.
pub(super) fn run(workspace: &Workspace, publish: bool) -> Result<()> {
    let table = process::output(page::node(workspace)?.arg("bench.mjs"))?;
    let chromium = Tool::Chromium.ensure(workspace)?;
    let note = format!("{}, {}.", date()?, machine(&chromium)?);
    println!("\n{table}\n{note}");
    if publish {
        let path = workspace.root().join("docs/performance.md");
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        fs::write(&path, with_section(&text, &format!("{table}\n{note}")))
            .with_context(|| format!("cannot write {}", path.display()))?;
        println!("written to {}", path.display());
    }
    Ok(())
}

fn date() -> Result<String> {
    let date = process::output(Command::new("date").args(["-u", "+%Y-%m-%d"]))?;
    Ok(date.trim().to_owned())
}

/// Which machine it was, as far as it says so itself.
fn machine(chromium: &std::path::Path) -> Result<String> {
    let processors = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let model = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown processor", |(_, model)| model)
        .to_owned();
    let browser = process::output(Command::new(chromium).arg("--version"))?;
    Ok(format!(
        "{processors} cores of {model}, {} headless with software raster, from loopback",
        browser.trim()
    ))
}

/// The text with the section of the browser's figures set to these.
fn with_section(text: &str, figures: &str) -> String {
    let section = format!("{BEGIN}\n{}\n{END}", figures.trim_end());
    match (text.find(BEGIN), text.find(END)) {
        (Some(begin), Some(end)) if begin < end => {
            format!("{}{section}{}", &text[..begin], &text[end + END.len()..])
        }
        _ => format!("{}\n\n## In the browser\n\n{section}\n", text.trim_end()),
    }
}

const BEGIN: &str = "<!-- cargo xtask bench web --publish -->";
const END: &str = "<!-- end -->";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_added_once_and_then_replaced() {
        let once = with_section("# Performance\n", "| a |");
        assert!(once.starts_with("# Performance") && once.contains("| a |"));
        let twice = with_section(&once, "| b |");
        assert!(twice.contains("| b |") && !twice.contains("| a |"));
        assert_eq!(twice.matches("## In the browser").count(), 1);
    }
}
