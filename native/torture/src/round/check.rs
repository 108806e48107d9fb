//! What must hold when a round is over and all members run.

use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use quorate_core::audit::{Clocks, LeaseTiming, Outcome, audit};
use quorate_core::command::{Command, HashKv, Put, Range, RangeReply, Reply, ReplyHeader};
use quorate_core::id::Revision;
use tokio::time::sleep;

use super::settle;
use crate::client::Client;
use crate::cluster::{Cluster, name};
use crate::failure::{Failure, NO_VERDICT};
use crate::figures::Figures;
use crate::load::{all_keys, leased_keys};
use crate::recorder::Recorder;

/// The number of the client that asks here.
const INSPECTOR: u64 = 0;
/// By how much a second is shorter whose first tick came at once: 20 ms.
const TICK_OF_SHORTEST_LEASE_PER_MILLE: u64 = 21;
/// How long one answer is waited for.
const ANSWER_LIMIT: Duration = Duration::from_secs(7);
/// The pause before what failed is asked again.
const PAUSE: Duration = Duration::from_millis(30);
/// The pause between two looks at what hangs on leases.
const LEASE_PAUSE: Duration = Duration::from_millis(200);

/// Has each member carry out a write, and sees that all hold the same store and answer the same;
/// answers its revision.
pub(super) async fn stores(cluster: &mut Cluster, recorder: &Recorder) -> Result<Revision> {
    for node in 0..cluster.size() {
        write(cluster, node, recorder).await?;
    }
    same_stores(cluster, recorder).await
}

/// Sees that nobody has seen anything that a single correct server would not have shown.
pub(super) fn history(recorder: &Recorder, figures: &mut Figures) -> Result<()> {
    // All members have the clock of this machine, and count whole ticks. When a lease ends that
    // nobody keeps alive is looked at by [`leases_end`], for a busy machine promises nothing
    // about time.
    let leases = LeaseTiming {
        units_per_second: 1_000_000,
        clocks: Clocks::AheadPerMille(TICK_OF_SHORTEST_LEASE_PER_MILLE),
        whole_since: None,
        slack: 0,
    };
    let linearized = recorder.look(|history| {
        figures.see(history);
        audit(history, Some(&leases), None).map_err(Failure::from)
    })?;
    figures.see_verdict(&linearized);
    if linearized.model.is_none() {
        let text = "the checker has not found out whether the history is linearizable";
        return Err(Failure::new(NO_VERDICT, "quorate_core::audit", text.to_owned()).into());
    }
    Ok(())
}

/// Waits until no key hangs on a lease: nobody keeps one alive any longer. Answers the store's
/// revision then.
pub(super) async fn leases_end(cluster: &mut Cluster, recorder: &Recorder) -> Result<Revision> {
    let patience = cluster.patience.clone();
    let wait = patience.wait_for("the end of leases that nobody keeps alive");
    loop {
        let (header, reply) = ask(cluster, 0, Command::Range(leased_keys()), recorder).await?;
        match reply {
            Reply::Range(range) if range.count == 0 => return Ok(header.revision),
            _ => {}
        }
        let seen = format!("{reply:?}");
        wait.check("a lease's time", "etcd api_guarantees.md, Lease", &seen)?;
        sleep(LEASE_PAUSE).await;
    }
}

async fn write(cluster: &mut Cluster, node: usize, recorder: &Recorder) -> Result<()> {
    let begun = recorder.look(|history| history.operations.len());
    let put = Put {
        key: Bytes::from_static(b"inspected"),
        value: Bytes::from(format!("{INSPECTOR}.{begun}")),
        ..Put::default()
    };
    ask(cluster, node, Command::Put(put), recorder).await?;
    Ok(())
}

/// Reads all of every member's store, linearizably and as it is, and compares their hashes.
async fn same_stores(cluster: &mut Cluster, recorder: &Recorder) -> Result<Revision> {
    let patience = cluster.patience.clone();
    let wait = patience.wait_for("a store that is left alone");
    loop {
        let revision = settle::same_revision(cluster).await?;
        let mut seen = Vec::new();
        for node in 0..cluster.size() {
            seen.push(read(cluster, node, revision, recorder).await?);
        }
        // A write that its client has given up may have come in between, or the end of a lease.
        let all: Vec<Seen> = seen.into_iter().flatten().collect();
        if all.len() == cluster.size() {
            same(&all)?;
            return Ok(revision);
        }
        wait.check("liveness", "no client asks", "its revision moves on")?;
    }
}

/// What one member's store holds.
struct Seen {
    node: usize,
    linearizable: RangeReply,
    serializable: RangeReply,
    hash: u32,
    compacted: Revision,
}

/// Reads a member's store; nothing when it is at another revision by now.
async fn read(
    cluster: &mut Cluster,
    node: usize,
    revision: Revision,
    recorder: &Recorder,
) -> Result<Option<Seen>> {
    let mut ranges = Vec::new();
    for serializable in [false, true] {
        let range = Range {
            serializable,
            ..all_keys()
        };
        let (header, reply) = ask(cluster, node, Command::Range(range), recorder).await?;
        let Reply::Range(range) = reply else {
            return Ok(None);
        };
        if header.revision != revision {
            return Ok(None);
        }
        ranges.push(range);
    }
    let hash = Command::HashKv(HashKv { revision });
    let (_, reply) = ask(cluster, node, hash, recorder).await?;
    let (Reply::HashKv(hash), Some(serializable), Some(linearizable)) =
        (reply, ranges.pop(), ranges.pop())
    else {
        return Ok(None);
    };
    Ok(Some(Seen {
        node,
        linearizable,
        serializable,
        hash: hash.hash,
        compacted: hash.compact_revision,
    }))
}

fn same(all: &[Seen]) -> Result<()> {
    let Some((first, others)) = all.split_first() else {
        return Ok(());
    };
    let broken = |text: String| Failure::new("state machine safety", "Raft paper §5.4.3", text);
    if first.linearizable != first.serializable {
        let text = format!(
            "{} answers two reads of one revision differently",
            name(first.node)
        );
        return Err(broken(text).into());
    }
    for other in others {
        let (one, two) = (name(first.node), name(other.node));
        if other.linearizable != first.linearizable || other.serializable != first.serializable {
            return Err(broken(format!("{one} and {two} hold different keys")).into());
        }
        if (other.hash, other.compacted) != (first.hash, first.compacted) {
            let text = format!(
                "{one} has hash {:08x}, compacted at {}, and {two} {:08x}, compacted at {}",
                first.hash, first.compacted, other.hash, other.compacted
            );
            return Err(broken(text).into());
        }
    }
    Ok(())
}

/// Asks a member of a whole cluster until it answers.
async fn ask(
    cluster: &mut Cluster,
    node: usize,
    command: Command,
    recorder: &Recorder,
) -> Result<(ReplyHeader, Reply)> {
    let patience = cluster.patience.clone();
    let wait = patience.wait_for(&format!("an answer of {} to {command:?}", name(node)));
    let mut last = "it takes no connection".to_owned();
    loop {
        cluster.presences()?;
        if let Some(client) = Client::connect(cluster.client_ports[node]).await {
            let asked = recorder.ask(INSPECTOR, node, command.clone());
            let outcome = client.ask(&command, ANSWER_LIMIT).await;
            recorder.answer(asked, outcome.clone());
            match outcome {
                Outcome::Done { header, reply } => return Ok((header, reply)),
                Outcome::Failed(said) | Outcome::Unknown(said) => last = said,
            }
        }
        wait.check("liveness", "Raft paper §5.6", &last)?;
        sleep(PAUSE).await;
    }
}
