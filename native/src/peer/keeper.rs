//! Travels the ways to the others: a dialler and a prober for each, for as long as it is wanted.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use quorate_core::Input;
use quorate_core::id::MemberId;
use serde_json::json;
use tokio::task::{Id, JoinSet};
use tokio::time::sleep;

use super::roster::NewWay;
use super::{Context, dialler, prober};

/// The pause before the way of one that panicked is travelled again.
const PAUSE_AFTER_PANIC: Duration = Duration::from_secs(1);

/// Runs until it is dropped, and all diallers with it.
pub(super) async fn run(context: Context) {
    let shared = context.clone();
    keep(&context, move |way| travel(way, shared.clone())).await;
}

async fn keep<T>(context: &Context, travel: impl Fn(NewWay) -> T)
where
    T: Future<Output = ()> + Send + 'static,
{
    let mut travellers = JoinSet::new();
    let mut ways: BTreeMap<Id, (MemberId, u64)> = BTreeMap::new();
    loop {
        tokio::select! {
            new = context.roster.new_ways() => {
                for way in new {
                    let name = (way.peer, way.generation);
                    ways.insert(travellers.spawn(travel(way)).id(), name);
                }
            }
            Some(ended) = travellers.join_next_with_id() => {
                let id = match &ended {
                    Ok((id, ())) => *id,
                    Err(error) => error.id(),
                };
                let Some((peer, generation)) = ways.remove(&id) else { continue };
                if ended.is_ok() {
                    context.roster.close(peer, generation);
                } else {
                    tell(peer, context).await;
                    // One that ends after a while, and whose way is opened anew then.
                    let pause = travellers.spawn(sleep(PAUSE_AFTER_PANIC));
                    ways.insert(pause.id(), (peer, generation));
                }
            }
        }
    }
}

/// Whoever travels a way and panics leaves its member believing in a connection.
async fn tell(peer: MemberId, context: &Context) {
    context.logger.error(
        "the connection to a remote peer panicked; trying again",
        &[
            ("local-member-id", json!(context.own.id.to_string())),
            ("remote-peer-id", json!(peer.to_string())),
        ],
    );
    // A member that is gone need not be told.
    context.member.send(Input::PeerUnreachable { peer }).await;
}

async fn travel(way: NewWay, context: Context) {
    let NewWay {
        peer,
        generation: _,
        target,
        queue,
    } = way;
    // Ends with this function.
    let mut prober = JoinSet::new();
    let metrics = queue.metrics().clone();
    prober.spawn(prober::run(peer, target.clone(), metrics, context.clone()));
    dialler::run(peer, target, queue, context).await;
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use quorate_core::id::ClusterId;
    use quorate_core::version::ServerVersion;
    use tokio::sync::mpsc;

    use super::super::roster::Roster;
    use super::super::{Identity, Peer};
    use super::*;
    use crate::flags::Endpoint;
    use crate::log::Logger;
    use crate::member_thread;
    use crate::metrics::{Facts, Metrics};

    #[tokio::test(start_paused = true)]
    async fn the_way_of_one_that_panics_is_travelled_again() {
        let own = MemberId(1);
        let other = Peer {
            id: MemberId(2),
            urls: Endpoint::parse_list("http://127.0.0.1:2").expect("a URL"),
        };
        let metrics = Metrics::new(&Facts::of_test(own));
        let (member, mut inbox) = member_thread::channel();
        let (failures, _failed) = mpsc::channel(1);
        let context = Context {
            own: Identity {
                id: own,
                cluster: ClusterId(9),
                version: ServerVersion::CLAIMED,
            },
            local: None,
            urls: Arc::default(),
            member,
            logger: Logger::silent(),
            roster: Arc::new(Roster::new(own, vec![other], Vec::new(), metrics)),
            failures,
        };
        let (told, mut travelled) = mpsc::unbounded_channel();
        let keeper = tokio::spawn(async move {
            let travel = move |way: NewWay| {
                let told = told.clone();
                async move {
                    let generation = way.generation;
                    told.send(generation).expect("the test listens");
                    assert!(generation > 0, "on purpose");
                    std::future::pending().await
                }
            };
            keep(&context, travel).await;
        });
        assert_eq!(travelled.recv().await, Some(0));
        let told = inbox.next_input().await;
        let unreachable = Input::PeerUnreachable { peer: MemberId(2) };
        assert_eq!(told, Some(unreachable));
        assert_eq!(travelled.recv().await, Some(1));
        keeper.abort();
    }
}
