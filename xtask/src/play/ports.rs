//! Before a start: are the ports free, and if not, who has them?

use std::fs;
use std::io::ErrorKind;
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;

use anyhow::{Result, bail};

use crate::play::member::MemberSpec;

/// Refuses to start when any port of any member is taken, and names all that are.
pub(super) fn check_free(specs: &[MemberSpec]) -> Result<()> {
    let ports = specs.iter().flat_map(|spec| {
        [
            (spec.name, "clients", spec.client_port),
            (spec.name, "peers", spec.peer_port),
        ]
    });
    let mut taken = Vec::new();
    for (name, whom, port) in ports {
        if let Err(error) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            let by = match error.kind() {
                ErrorKind::AddrInUse => format!("is taken by {}", holder(port)),
                _ => format!("cannot be used: {error}"),
            };
            taken.push(format!("  port {port} ({name}, for {whom}) {by}"));
        }
    }
    if !taken.is_empty() {
        bail!(
            "the cluster's ports are not free:\n{}\nend what holds them (`kill PID`), then try \
             again; perhaps another `cargo xtask play` or an etcd still runs",
            taken.join("\n")
        );
    }
    Ok(())
}

/// The program that listens on a port, as far as Linux tells us.
fn holder(port: u16) -> String {
    let Some(inode) = ["/proc/net/tcp", "/proc/net/tcp6"]
        .iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .find_map(|table| listening_inode(&table, port))
    else {
        return "another program".to_owned();
    };
    process_with_socket(&inode).unwrap_or_else(|| "a program of another user".to_owned())
}

/// The inode of the socket that listens on `port`, from the text of `/proc/net/tcp`.
///
/// Its columns: number, local address, remote address, state, queues, timer, retransmits, user,
/// timeout, inode. The port is the hexadecimal end of the local address; state 0A is listening.
fn listening_inode(table: &str, port: u16) -> Option<String> {
    let ending = format!(":{port:04X}");
    table.lines().skip(1).find_map(|line| {
        let columns: Vec<_> = line.split_whitespace().collect();
        let listens = columns.get(1)?.ends_with(&ending) && *columns.get(3)? == "0A";
        listens.then(|| columns.get(9).map(|inode| (*inode).to_owned()))?
    })
}

/// The process that has the socket open: `etcd (PID 4711)`.
fn process_with_socket(inode: &str) -> Option<String> {
    let link = format!("socket:[{inode}]");
    let processes = fs::read_dir("/proc").ok()?;
    for process in processes.flatten() {
        let id = process.file_name().to_string_lossy().into_owned();
        // `/proc/self` and `/proc/thread-self` are this process under other names.
        if id.parse::<u32>().is_err() {
            continue;
        }
        let Ok(files) = fs::read_dir(process.path().join("fd")) else {
            continue;
        };
        let has_it = files
            .flatten()
            .any(|file| fs::read_link(file.path()).is_ok_and(|to| to == Path::new(&link)));
        if has_it {
            let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
            return Some(format!("{} (PID {id})", name.trim()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_named_with_its_holder() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("bound").port();
        let specs = [MemberSpec {
            name: "m9",
            client_port: port,
            peer_port: 0,
        }];
        let text = check_free(&specs).expect_err("it is taken").to_string();
        let who = format!("(PID {})", std::process::id());
        assert!(
            text.contains(&format!("port {port} (m9, for clients) is taken by")),
            "{text}"
        );
        assert!(text.contains(&who), "{text}");
    }

    #[test]
    fn free_ports_pass() {
        // Port 0 is any free one: a number of our own could be taken by a test beside this one.
        let free = MemberSpec {
            name: "m9",
            client_port: 0,
            peer_port: 0,
        };
        check_free(&[free]).expect("free");
    }

    #[test]
    fn the_inode_is_read_from_the_line_that_listens() {
        let table = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when\n\
            0: 0100007F:094B 0100007F:C000 01 0:0 00:0 0 0 0 111 1\n\
            1: 0100007F:094B 00000000:0000 0A 0:0 00:0 0 0 0 222 1\n";
        assert_eq!(listening_inode(table, 2379).as_deref(), Some("222"));
        assert_eq!(listening_inode(table, 2380), None);
    }
}
