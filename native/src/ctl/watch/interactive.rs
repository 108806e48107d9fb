//! `watch -i`: watches as they are typed.

use std::ffi::OsString;
use std::io::{self, BufRead, Write};
use std::os::unix::ffi::OsStringExt;

use clap::Parser;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::KeysOfEnvironment;
use super::arguments::{WatchArguments, WatchFlags};
use super::events::show;
use crate::cobra;
use crate::ctl::client::{Watch, WatchNews};
use crate::ctl::context::Context;
use crate::ctl::failure::{Exit, Failure};
use crate::ctl::txn::words;

/// A typed line behind `watch`.
#[derive(Debug, Parser)]
#[command(name = "watch")]
struct Line {
    #[command(flatten)]
    flags: WatchFlags,
    keys: Vec<OsString>,
    #[arg(last = true)]
    command: Option<Vec<OsString>>,
}

/// Reads lines until there are no more; what all watches bring is printed as it comes.
pub(super) async fn run(context: &Context, environment: KeysOfEnvironment) -> Result<(), Failure> {
    let client = context.patient_client()?;
    let (sender, mut lines) = mpsc::channel(1);
    std::thread::spawn(move || read_lines(&sender));
    let mut progress: Vec<mpsc::Sender<()>> = Vec::new();
    let (news, mut all_news) = mpsc::channel::<(WatchNews, Vec<OsString>)>(NEWS_MAX);
    let mut watches = JoinSet::new();
    loop {
        tokio::select! {
            Some((one, command)) = all_news.recv() => {
                show(&context.printer, one, &command).await?;
            }
            line = lines.recv() => match understand(line, &environment)? {
                Wish::Watch(arguments) => {
                    let (options, command) = arguments;
                    let mut watch = Watch::start(&client, options);
                    progress.push(watch.progress_sender());
                    let news = news.clone();
                    watches.spawn(async move {
                        while let Some(one) = watch.next().await {
                            if news.send((one, command.clone())).await.is_err() {
                                return;
                            }
                        }
                    });
                }
                Wish::Progress => {
                    for watch in &progress {
                        // One that is over has no progress.
                        let _ = watch.try_send(());
                    }
                }
                Wish::Nothing => {}
            },
        }
    }
}

/// What a line asks for.
enum Wish {
    Watch((crate::ctl::client::WatchOptions, Vec<OsString>)),
    Progress,
    /// It was wrong, and that has been said.
    Nothing,
}

fn understand(
    line: Option<io::Result<String>>,
    environment: &KeysOfEnvironment,
) -> Result<Wish, Failure> {
    let line = match line {
        Some(Ok(line)) => line,
        Some(Err(error)) => return Err(no_line(&error.to_string())),
        None => return Err(no_line("EOF")),
    };
    let line = line.trim_end_matches('\n');
    let mut words = words(line)?.into_iter().map(OsString::from_vec);
    let Some(first) = words.next() else {
        return complain(&format!(
            "Invalid command: {line} (watch and progress supported)"
        ));
    };
    match first.to_str() {
        Some("watch") => {}
        Some("progress") => return Ok(Wish::Progress),
        _ => return complain(&format!("Invalid command {line} (only support watch)")),
    }
    let rest: Vec<OsString> = words.collect();
    if rest.is_empty() && environment.keys.is_empty() {
        return complain(&format!(
            "Invalid command {line} (command type or key is not provided)"
        ));
    }
    let Some(parsed) = cobra::parse_quietly::<Line>(&rest) else {
        return Err(Failure::arguments(format!("invalid watch: {line}")));
    };
    let ends_in_separator = rest.last().is_some_and(|last| last == "--");
    let arguments = WatchArguments {
        flags: parsed.flags,
        keys: parsed.keys,
        command: parsed.command.or(ends_in_separator.then(Vec::new)),
    };
    match arguments.options(environment) {
        Ok(options) => Ok(Wish::Watch(options)),
        Err(error) => complain(&format!("Invalid command {line} ({error})")),
    }
}

fn complain(text: &str) -> Result<Wish, Failure> {
    // Whoever cannot be told sees nothing happen.
    let _ = writeln!(io::stderr(), "{text}");
    Ok(Wish::Nothing)
}

fn no_line(reason: &str) -> Failure {
    let text = format!("error reading watch request line: {reason}");
    Failure::new(Exit::InvalidInput, text)
}

/// On a thread of its own: a terminal cannot be waited for otherwise.
fn read_lines(lines: &mpsc::Sender<io::Result<String>>) {
    let mut input = io::stdin().lock();
    loop {
        let mut line = String::new();
        let read = match input.read_line(&mut line) {
            // A line that does not end was not asked for.
            Ok(_) if !line.ends_with('\n') => return,
            Ok(_) => Ok(line),
            Err(error) => Err(error),
        };
        let is_over = read.is_err();
        if lines.blocking_send(read).is_err() || is_over {
            return;
        }
    }
}

/// News that wait to be printed.
const NEWS_MAX: usize = 128;
