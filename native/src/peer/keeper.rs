//! Travels the ways to the others: a dialler and a prober for each, for as long as it is wanted.

use quorate_core::id::MemberId;
use tokio::task::JoinSet;

use super::roster::NewWay;
use super::{Context, dialler, prober};

/// Runs until it is dropped, and all diallers with it.
pub(super) async fn run(context: Context) {
    let mut travellers = JoinSet::new();
    loop {
        tokio::select! {
            ways = context.roster.new_ways() => {
                for way in ways {
                    travellers.spawn(travel(way, context.clone()));
                }
            }
            Some(ended) = travellers.join_next() => {
                // One that panicked has said so on standard error; its way stays closed.
                if let Ok(peer) = ended {
                    context.roster.close(peer);
                }
            }
        }
    }
}

async fn travel(way: NewWay, context: Context) -> MemberId {
    let NewWay {
        peer,
        target,
        queue,
    } = way;
    // Ends with this function.
    let mut prober = JoinSet::new();
    let metrics = queue.metrics().clone();
    prober.spawn(prober::run(peer, target.clone(), metrics, context.clone()));
    dialler::run(peer, target, queue, context).await;
    peer
}
