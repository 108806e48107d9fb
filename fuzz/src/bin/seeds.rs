//! Writes the first inputs of each target into `corpus/`, made by the code itself: what a fuzzer
//! changes bit by bit should be good to begin with.
//!
//! Built with `--cfg fuzzing`, so that checksums are what the targets take them for.

use std::error::Error;
use std::fs;
use std::path::Path;

use quorate_core::Input;
use quorate_core::command::{Command, Compact, LeaseGrant, MemberAdd, Put};
use quorate_core::consensus::frame::HEADER_SIZE_BYTES;
use quorate_core::id::{LeaseId, MemberId, RequestId, Revision};
use quorate_core::sim::{Action, Fault, History, Node, Scenario, WorldConfig};
use quorate_fuzz::{Bench, piece};

fn main() -> Result<(), Box<dyn Error>> {
    let alone = busy(1);
    let mut log = Vec::new();
    for (path, bytes) in &alone.disk.files {
        let Some(name) = path.strip_prefix("member/wal/") else {
            save("snapshot", bytes)?;
            continue;
        };
        let number = |digits: &str| u8::from_str_radix(digits, 16).unwrap_or(0);
        let mut segment = vec![number(&name[14..16]), number(&name[31..33])];
        segment.extend_from_slice(bytes);
        piece(&mut log, &segment);
    }
    save("wal", &log)?;
    let mut all = vec![2];
    for frame in &busy(3).sent {
        save("peer_frame", frame)?;
        let mut from_two = vec![2];
        from_two.extend_from_slice(&frame[HEADER_SIZE_BYTES..]);
        piece(&mut all, &from_two);
        let mut one = vec![2];
        piece(&mut one, &from_two);
        save("peer_member", &one)?;
    }
    all.truncate(60_000);
    save("peer_member", &all)?;
    golden_frames()?;
    texts()
}

/// A member that has been asked much, so that there is something of everything.
fn busy(members: u64) -> Bench {
    let mut bench = Bench::new(members);
    for tick in 0..60 {
        bench.step(Input::Tick);
        if tick % 2 == 0 {
            let id = RequestId(tick);
            let command = command(tick / 2);
            bench.step(Input::Request { id, command });
        }
    }
    bench
}

fn command(number: u64) -> Command {
    match number % 6 {
        0 => Command::LeaseGrant(LeaseGrant {
            id: LeaseId(7 + number as i64),
            ttl_seconds: 60,
        }),
        1 => Command::Compact(Compact {
            revision: Revision(number as i64 / 3),
            physical: true,
        }),
        2 => Command::MemberAdd(MemberAdd {
            peer_urls: vec![format!("http://a:{number}")],
            is_learner: true,
            added_at_seconds: 7,
        }),
        3 => Command::MemberRemove(MemberId(3)),
        _ => Command::Put(Put {
            key: format!("k{}", number % 3).into(),
            value: "value".into(),
            ..Put::default()
        }),
    }
}

/// Frames of every kind that there ever was.
fn golden_frames() -> Result<(), Box<dyn Error>> {
    for version in 1..=3 {
        let path = format!("../core/tests/golden/frames_{version}.hex");
        for line in fs::read_to_string(path)?.lines() {
            let mut bytes = unhex(line)?;
            // Its checksum, and its cluster.
            bytes[12..16].fill(0);
            bytes[16..24].copy_from_slice(&quorate_fuzz::CLUSTER.0.to_le_bytes());
            save("peer_frame", &bytes)?;
            let mut input = vec![2];
            let mut from_two = vec![2];
            from_two.extend_from_slice(&bytes[HEADER_SIZE_BYTES..]);
            piece(&mut input, &from_two);
            save("peer_member", &input)?;
        }
    }
    Ok(())
}

fn unhex(line: &str) -> Result<Vec<u8>, std::num::ParseIntError> {
    let digits: Vec<&str> = (0..line.len() / 2)
        .map(|at| &line[at * 2..at * 2 + 2])
        .collect();
    digits
        .into_iter()
        .map(|pair| u8::from_str_radix(pair, 16))
        .collect()
}

fn texts() -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir("../core/tests/golden/sim")? {
        let text = fs::read_to_string(entry?.path())?;
        let steps: Vec<&str> = text
            .lines()
            .filter_map(|line| line.strip_prefix("> "))
            .collect();
        save("scenario", steps.join("\n").as_bytes())?;
        for step in steps {
            save("scenario", step.as_bytes())?;
        }
    }
    let config = WorldConfig::default();
    let mut history = History::new(config.clone());
    history.act_after(5, Action::Crash { node: Node(1) });
    history.act_after(9, "put k=v at n2".parse()?);
    history.act_after(
        12,
        Action::Fault("cut n1->n2".parse::<Action>().map(fault)??),
    );
    save("history", serde_json::to_string(&history)?.as_bytes())?;
    let world = Scenario::world_text(&config)
        .replace(' ', "%20")
        .replace('=', "%3D");
    for query in [
        "?members=3&seed=42&at=137&do=12:crash:1,40:put:2:x:1,41:heal,43:cut:1:3",
        "?at=5&do=12:say:cut%20n1-%3En2",
        &format!("?world={world}&at=2"),
    ] {
        save("permalink", query.as_bytes())?;
    }
    for lines in [
        "--name\na\n--initial-cluster=a=http://127.0.0.1:2380\n--heartbeat-interval=100",
        "--listen-client-urls=http://[::1]:1\n--advertise-client-urls=http://a:1\n--pre-vote",
        "-initial-cluster-state\nexisting\n-grpc-keepalive-timeout=1h2m3.5s\n--cors=*,a",
    ] {
        save("flags", lines.as_bytes())?;
    }
    for text in [
        "name: a\ndata-dir: /tmp/a\ninitial-cluster: a=http://127.0.0.1:2380\nheartbeat-interval: 100\n",
        "{\"name\": \"a\", \"listen-client-urls\": \"http://127.0.0.1:1,unix://a:1\", \"enable-pprof\": true}",
        "a: &a [1, 2]\nb: *a\nclient-transport-security:\n  cert-file: x\nquota-backend-bytes: 0x10\n",
        "--- # two documents\nname: !!str 5\n---\nname: b\nelection-timeout: 1e3\n",
    ] {
        save("config", text.as_bytes())?;
    }
    for line in [
        "put \"a\\x00\\u1234\\101\" 'b c' --lease=1f",
        "mod(\"k\") > \"0\"",
        "`raw` 1m",
    ] {
        save("words", line.as_bytes())?;
    }
    for (kind, text) in [
        (
            0,
            r#"{"key":"YQ==","rangeEnd":"AA==","limit":"2","sort_order":"DESCEND"}"#,
        ),
        (
            1,
            r#"{"key":"YQ==","value":"Yg==","lease":7,"prev_kv":true}"#,
        ),
        (
            3,
            r#"{"compare":[{"target":"VALUE","key":"YQ==","value":"Yg=="}],"success":[{"request_txn":{"failure":[{"requestPut":{"key":"YQ=="}}]}}]}"#,
        ),
        (
            15,
            r#"{"create_request":{"key":"YQ==","filters":["NOPUT"]}} {"cancel_request":{"watch_id":"1"}}{"progress_request":{}}"#,
        ),
    ] {
        let mut input = vec![kind];
        input.extend_from_slice(text.as_bytes());
        save("gateway_json", &input)?;
    }
    let mut stream = Vec::new();
    for part in [
        &b"9"[..],
        b"2",
        b"1",
        b"quorate-peer-1",
        b"\x03\0\0\0one\0\0",
        b"\0\0\x01\0\0\0x",
    ] {
        piece(&mut stream, part);
    }
    save("peer_stream", &stream)?;
    Ok(())
}

fn fault(action: Action) -> Result<Fault, Box<dyn Error>> {
    match action {
        Action::Fault(fault) => Ok(fault),
        other => Err(format!("no fault: {other}").into()),
    }
}

/// Saves an input; its name is its content's, so that the same is there once.
fn save(target: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let folder = Path::new("corpus").join(target);
    fs::create_dir_all(&folder)?;
    let mut name = 0xcbf2_9ce4_8422_2325_u64;
    for byte in bytes {
        name = (name ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    fs::write(folder.join(format!("{name:016x}")), bytes)?;
    Ok(())
}
