//! `watch`: shows what happens to keys, and runs a command for each event.

mod arguments;
mod events;
mod interactive;

use std::env;
use std::ffi::OsString;

use clap::Args;

use self::arguments::{WatchArguments, WatchFlags};
use self::events::show;
use super::client::Watch;
use super::context::Context;
use super::failure::{Exit, Failure};

/// Watches events stream on keys or prefixes
#[derive(Args, Clone, Debug)]
pub(crate) struct WatchCommand {
    /// Interactive mode: reads `watch <key> [range_end] [-- command]` and `progress`
    #[arg(short, long)]
    interactive: bool,
    #[command(flatten)]
    flags: WatchFlags,
    /// The key or prefix, and the end of a range of keys
    #[arg(value_names = ["KEY", "RANGE_END"])]
    keys: Vec<OsString>,
    /// A command to run for each event
    #[arg(last = true, value_name = "COMMAND")]
    command: Option<Vec<OsString>>,
}

impl WatchCommand {
    /// Watches until it is interrupted or the server ends it.
    pub(crate) async fn run(self, context: &Context) -> Result<(), Failure> {
        let from_environment = KeysOfEnvironment::read()?;
        if self.interactive {
            return interactive::run(context, from_environment).await;
        }
        // What separates, and separates nothing, is not shown by clap.
        let ends_in_separator = env::args_os().next_back().is_some_and(|last| last == "--");
        let arguments = WatchArguments {
            flags: self.flags,
            keys: self.keys,
            command: self.command.or(ends_in_separator.then(Vec::new)),
        };
        let (options, command) = arguments
            .options(&from_environment)
            .map_err(Failure::arguments)?;
        let client = context.patient_client()?;
        let mut watch = Watch::start(&client, options);
        while let Some(news) = watch.next().await {
            show(&context.printer, news, &command).await?;
        }
        let text = "watch is canceled by the server";
        Err(Failure::new(Exit::Interrupted, text))
    }
}

/// `ETCDCTL_WATCH_KEY` and `ETCDCTL_WATCH_RANGE_END`.
#[derive(Clone, Debug, Default)]
pub(crate) struct KeysOfEnvironment {
    /// Empty when there is none.
    keys: Vec<OsString>,
}

impl KeysOfEnvironment {
    fn read() -> Result<Self, Failure> {
        let read = |name| env::var_os(name).filter(|value| !value.is_empty());
        let key = read("ETCDCTL_WATCH_KEY");
        let end = read("ETCDCTL_WATCH_RANGE_END");
        if let (None, Some(end)) = (&key, &end) {
            return Err(Failure::arguments(format!(
                "ETCDCTL_WATCH_KEY is empty but got ETCDCTL_WATCH_RANGE_END={end:?}"
            )));
        }
        Ok(Self {
            keys: key.into_iter().chain(end).collect(),
        })
    }
}
