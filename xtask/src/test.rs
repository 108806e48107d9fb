//! `cargo xtask test`: every check, in order, the cheap ones first; the first failure stops it.

mod dependencies;
mod page_tests;
mod rules;
mod rust;
mod trace_hash;

use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::page;
use crate::simulate;
use crate::torture;
use crate::workspace::Workspace;

/// The options of `cargo xtask test`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// List the steps and what each is for, and run none
    #[arg(long)]
    list: bool,
    /// Run only this step (may be given again)
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Leave this step out (may be given again)
    #[arg(long, value_name = "STEP")]
    skip: Vec<String>,
}

/// How a step ended when it did not fail.
enum Outcome {
    /// All of it was checked.
    Passed,
    /// Part of it could not be checked here, for the reason given.
    PassedWithout(&'static str),
}

/// One check.
struct Step {
    /// What `--only` and `--skip` call it.
    name: &'static str,
    /// What is run.
    what: &'static str,
    /// Why: what goes wrong without it.
    why: &'static str,
    check: fn(&Workspace) -> Result<Outcome>,
}

/// The order: seconds before minutes, and what others stand on before what stands on it.
const STEPS: [Step; 12] = [
    Step {
        name: "format",
        what: "cargo fmt --check",
        why: "a change shows what it changes and nothing else",
        check: rust::format,
    },
    Step {
        name: "lints",
        what: "cargo clippy with every warning an error",
        why: "the rules of CONTRIBUTING.md that a machine can check",
        check: rust::lints,
    },
    Step {
        name: "docs",
        what: "cargo doc with every warning an error",
        why: "every public item is documented and every link leads somewhere",
        check: rust::docs,
    },
    Step {
        name: "rules",
        what: "which features the core of the shipped server has; that it refuses a modified Raft",
        why: "no server can switch a rule of the protocol off, or put a bug back",
        check: rules::check,
    },
    Step {
        name: "native",
        what: "cargo test: unit, golden, simulation and process tests",
        why: "the core in the simulator, and real servers under etcd's own etcdctl and a Procfile",
        check: rust::native_tests,
    },
    Step {
        name: "trace",
        what: "the core as wasm: no imports, and the traces of its native twin",
        why: "one seed gives one trace, on the page as in the server",
        check: trace_hash::check,
    },
    Step {
        name: "simulate",
        what: "the simulator: seeds that failed once, then 500, on all cores",
        why: "no property breaks under any fault that a world knows, and then all get on",
        check: |workspace| simulate::seeds(workspace, SEEDS).map(|()| Outcome::Passed),
    },
    Step {
        name: "mutants",
        what: "known bugs, put back one at a time",
        why: "each is met by a checker, so the checkers can see",
        check: |workspace| simulate::all_mutants(workspace).map(|()| Outcome::Passed),
    },
    Step {
        name: "torture",
        what: "real servers, 30 rounds of kills, cuts and failing disks; and one with a known bug",
        why: "what clients saw of real processes passes the simulator's checkers, and they can see",
        check: |workspace| torture::rounds_and_a_bug(workspace).map(|()| Outcome::Passed),
    },
    Step {
        name: "page",
        what: "the page by trunk, compressed, against its size budget",
        why: "the first load stays within its budget",
        check: |workspace| page::build_within_budget(workspace).map(|()| Outcome::Passed),
    },
    Step {
        name: "page-tests",
        what: "the page in headless Chromium",
        why: "it elects, steps back to the same picture, commits, survives a crash, is accessible",
        check: page_tests::check,
    },
    Step {
        name: "dependencies",
        what: "cargo deny: bans, licences, sources, advisories",
        why: "every crate comes from crates.io under a licence we may use",
        check: dependencies::check,
    },
];

/// Runs the steps that the options choose.
///
/// # Errors
/// The first failure, with the name of its step; or the name of a step that does not exist.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let chosen = choose(&options.only, &options.skip)?;
    if options.list {
        for step in &STEPS {
            println!(
                "{:<13} {}\n{:<13} so that {}",
                step.name, step.what, "", step.why
            );
        }
        return Ok(());
    }
    let begun = Instant::now();
    let mut report = Vec::new();
    for (number, step) in chosen.iter().enumerate() {
        println!(
            "\n[{}/{}] {}: {}",
            number + 1,
            chosen.len(),
            step.name,
            step.what
        );
        println!("  why: {}", step.why);
        let step_begun = Instant::now();
        let outcome = (step.check)(workspace).with_context(|| {
            format!(
                "step {} failed; again by: cargo xtask test --only {0}",
                step.name
            )
        })?;
        let seconds = step_begun.elapsed().as_secs_f64();
        let note = match outcome {
            Outcome::Passed => String::new(),
            Outcome::PassedWithout(what) => format!(" ({what})"),
        };
        println!("  {} passed in {seconds:.1} s{note}", step.name);
        report.push(format!("  {:<13} {seconds:>7.1} s{note}", step.name));
    }
    println!(
        "\nevery step passed, in {:.0} s:",
        begun.elapsed().as_secs_f64()
    );
    println!("{}", report.join("\n"));
    println!("{} passed, 0 failed", report.len());
    Ok(())
}

/// The steps named by `only` (when none is, all), less those named by `skip`.
fn choose(only: &[String], skip: &[String]) -> Result<Vec<&'static Step>> {
    for name in only.iter().chain(skip) {
        if !STEPS.iter().any(|step| step.name == name) {
            let names: Vec<_> = STEPS.iter().map(|step| step.name).collect();
            bail!(
                "there is no step {name}; the steps are {}",
                names.join(", ")
            );
        }
    }
    let is_in = |names: &[String], step: &Step| names.iter().any(|name| name == step.name);
    let chosen: Vec<_> = STEPS
        .iter()
        .filter(|step| {
            let is_wanted = only.is_empty() || is_in(only, step);
            is_wanted && !is_in(skip, step)
        })
        .collect();
    if chosen.is_empty() {
        bail!("--only and --skip together leave no step to run");
    }
    Ok(chosen)
}

/// Seeds that stand between a change and the main branch; more by `cargo xtask simulate`.
const SEEDS: u32 = 500;

#[cfg(test)]
mod tests {
    use super::*;

    fn names(only: &[&str], skip: &[&str]) -> Result<Vec<&'static str>> {
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let chosen = choose(&owned(only), &owned(skip))?;
        Ok(chosen.iter().map(|step| step.name).collect())
    }

    #[test]
    fn steps_are_chosen_by_name_and_kept_in_order() {
        assert_eq!(names(&[], &[]).expect("all").len(), STEPS.len());
        assert_eq!(
            names(&["page", "lints"], &[]).expect("two"),
            ["lints", "page"]
        );
        assert!(!names(&[], &["docs"]).expect("the rest").contains(&"docs"));
    }

    #[test]
    fn a_wrong_name_and_an_empty_choice_are_refused() {
        let error = names(&["lint"], &[])
            .expect_err("there is no such step")
            .to_string();
        assert!(
            error.contains("no step lint") && error.contains("page-tests"),
            "{error}"
        );
        assert!(names(&["docs"], &["docs"]).is_err());
    }
}
