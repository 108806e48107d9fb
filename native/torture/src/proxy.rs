//! What stands between the members: one proxy before each, which all others dial.
//!
//! A member's peers know it by its proxy's address. Who dials says so in the first lines of the
//! connection, so each connection belongs to one way between two members; and since a member
//! writes only to streams that it dialled itself, to hold a connection back is to cut one way.

mod head;
mod links;
mod pump;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

pub(crate) use links::{Effect, Links, Way};

/// The pause after a connection could not be accepted.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_millis(20);

/// Which member a dialler is, by what it calls itself.
pub(crate) type NodeOf = Arc<dyn Fn(u64) -> Option<usize> + Send + Sync>;

/// Listens for one member's peers until it is dropped.
pub(crate) struct Proxy {
    _tasks: JoinSet<()>,
}

impl Proxy {
    /// Begins to listen at `port` for what is meant for the member `to`, which listens at `behind`.
    pub(crate) async fn start(
        to: usize,
        port: u16,
        behind: u16,
        links: Links,
        node_of: NodeOf,
    ) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .with_context(|| format!("cannot listen on 127.0.0.1:{port}"))?;
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, to, behind, links, node_of));
        Ok(Self { _tasks: tasks })
    }
}

async fn accept(listener: TcpListener, to: usize, behind: u16, links: Links, node_of: NodeOf) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((dialler, _)) => {
                    let (links, node_of) = (links.clone(), node_of.clone());
                    connections.spawn(async move {
                        // A connection that breaks is what a network does.
                        let _ = carry(dialler, to, behind, &links, &node_of).await;
                    });
                }
                Err(_) => sleep(PAUSE_AFTER_FAILURE).await,
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn carry(
    mut dialler: TcpStream,
    to: usize,
    behind: u16,
    links: &Links,
    node_of: &NodeOf,
) -> std::io::Result<()> {
    dialler.set_nodelay(true)?;
    let head = head::read(&mut dialler).await?;
    let way = head::from(&head)
        .and_then(|id| node_of(id))
        .map(|from| Way { from, to });
    let mut forth = links.follow(way);
    if !forth.passes().await {
        return Ok(());
    }
    let mut member = TcpStream::connect(("127.0.0.1", behind)).await?;
    member.set_nodelay(true)?;
    member.write_all(&head).await?;
    let back = links.follow(way.map(Way::reversed));
    let (from_dialler, to_dialler) = dialler.split();
    let (from_member, to_member) = member.split();
    tokio::select! {
        end = pump::run(from_dialler, to_member, forth) => end,
        end = pump::run(from_member, to_dialler, back) => end,
    }
}
