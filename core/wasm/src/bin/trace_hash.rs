//! `trace-hash --seeds 0..20 --members 3,5`: one line `seed members hash` for each run.

use std::io::Write;
use std::process::ExitCode;

use quorate_trace::run;

/// What to run.
struct Arguments {
    seeds: std::ops::Range<u64>,
    members: Vec<u32>,
}

fn main() -> ExitCode {
    let arguments = match parse(std::env::args().skip(1)) {
        Ok(arguments) => arguments,
        Err(reason) => {
            eprintln!("trace-hash: {reason}\nusage: trace-hash --seeds A..B --members 3,5");
            return ExitCode::from(2);
        }
    };
    let mut out = std::io::stdout().lock();
    for seed in arguments.seeds {
        for &members in &arguments.members {
            let line = writeln!(out, "{seed} {members} {:016x}", run(seed, members));
            if line.is_err() {
                // The reader has seen enough.
                return ExitCode::SUCCESS;
            }
        }
    }
    ExitCode::SUCCESS
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut arguments = Arguments {
        seeds: 0..20,
        members: vec![3, 5],
    };
    while let Some(flag) = words.next() {
        let value = words.next().ok_or(format!("{flag} has no value"))?;
        match flag.as_str() {
            "--seeds" => {
                let (first, end) = value
                    .split_once("..")
                    .ok_or(format!("--seeds {value}: not A..B"))?;
                arguments.seeds = number(&flag, first)?..number(&flag, end)?;
            }
            "--members" => {
                arguments.members = value
                    .split(',')
                    .map(|word| number(&flag, word))
                    .collect::<Result<_, _>>()?;
            }
            _ => return Err(format!("unknown flag {flag}")),
        }
    }
    Ok(arguments)
}

fn number<T: std::str::FromStr>(flag: &str, word: &str) -> Result<T, String> {
    word.parse()
        .map_err(|_| format!("{flag}: {word} is not a number"))
}
