//! The same script by etcdctl 3.5.1 and by quoratectl, each against an etcd 3.5.1 of its own.

use std::path::Path;

use crate::support::ports::free_ports;
use crate::support::program::{Ran, run};
use crate::support::real_etcd::RealEtcd;
use crate::support::tools::{QUORATECTL, etcdctl};

const SCRIPT: &str = include_str!("../../golden/etcdctl-script.txt");

#[test]
fn quoratectl_answers_as_etcdctl() {
    // One after the other at the same ports, so that ids are the same.
    let ports = free_ports(2);
    let theirs = run_script(&etcdctl(), &ports);
    let ours = run_script(Path::new(QUORATECTL), &ports);
    let mut problems = Vec::new();
    for (step, (expected, found)) in steps().iter().zip(theirs.iter().zip(&ours)) {
        let line = step.line;
        match step.wanted_difference {
            None if expected != found => problems.push(format!(
                "{line}\n  etcdctl    {expected:?}\n  quoratectl {found:?}"
            )),
            Some(reason) if expected == found => {
                problems.push(format!("{line}: no difference any more ({reason})"));
            }
            _ => {}
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// A line of the script that is a command.
struct Step {
    line: &'static str,
    input: String,
    wanted_difference: Option<&'static str>,
}

fn steps() -> Vec<Step> {
    let mut steps = Vec::new();
    let mut input = String::new();
    let mut wanted_difference = None;
    for line in SCRIPT.lines() {
        if let Some(text) = line.strip_prefix("< ") {
            input = text.replace("\\n", "\n");
        } else if let Some(reason) = line.strip_prefix("differs ") {
            wanted_difference = Some(reason);
        } else if !line.is_empty() && !line.starts_with('#') {
            steps.push(Step {
                line,
                input: std::mem::take(&mut input),
                wanted_difference: wanted_difference.take(),
            });
        }
    }
    steps
}

/// Exit code, output, and complaints line by line.
type Answer = (Option<i32>, String, Vec<String>);

fn run_script(program: &Path, ports: &[u16]) -> Vec<Answer> {
    let _etcd = RealEtcd::start_at(ports);
    let endpoint = format!("--endpoints=127.0.0.1:{}", ports[0]);
    let mut lease = String::new();
    let answer = |step: Step| {
        let line = step.line.replace("{lease}", &lease);
        let words = words(&line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let ran = run(
            program,
            &[&[endpoint.as_str()], &words[..]].concat(),
            &step.input,
        );
        if line.starts_with("lease grant") && ran.code == Some(0) {
            lease = ran.output.split(' ').nth(1).unwrap_or_default().to_owned();
        }
        neutral(program, &lease, ran)
    };
    steps().into_iter().map(answer).collect()
}

/// Leases and programs have names of their own, and how to use a program is told in other words.
fn neutral(program: &Path, lease: &str, ran: Ran) -> Answer {
    let name = program.file_name().and_then(|name| name.to_str()).unwrap();
    let neutral = |text: &str| {
        let text = text.replace(name, "PROGRAM");
        if lease.is_empty() {
            return text;
        }
        text.replace(lease, "LEASE")
    };
    let output = match ran.code {
        Some(1) if ran.output.starts_with("NAME:") => String::new(),
        _ => neutral(&ran.output),
    };
    let complaints = ran
        .complaints
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("Run '"))
        .map(neutral)
        .collect();
    (ran.code, output, complaints)
}

/// Words between spaces; single quotation marks hold one together.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (number, part) in line.split('\'').enumerate() {
        if number % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn words_are_what_they_seem() {
    assert_eq!(words("put foo 'a b' c"), ["put", "foo", "a b", "c"]);
    assert_eq!(words("get '' -w json"), ["get", "", "-w", "json"]);
    assert!(Path::new(QUORATECTL).is_absolute());
}
