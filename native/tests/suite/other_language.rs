//! The two Go programs of notes 003 and 004, line by line, with a client in another language.
//!
//! They are in `tests/python`, for aetcd: it shares nothing with our own clients, and neither its
//! HTTP/2 nor its protobuf is Rust's or Go's.

use std::process::Command;

use crate::support::cluster::Cluster;
use crate::support::talking::Talking;
use crate::support::tools;

/// A Python program, for the members on these ports.
fn python(program: &str, ports: &[u16]) -> Talking {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python");
    Talking::start(
        Command::new("python3")
            .arg(format!("{folder}/{program}"))
            .args(ports.iter().map(u16::to_string))
            .env("PYTHONPATH", tools::python_packages())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONUTF8", "1"),
    )
}

#[test]
fn the_program_of_note_003_does_its_work() {
    let cluster = Cluster::start(1, &[]);
    let etcdctl = cluster.etcdctl();
    let mut program = python("note_003.py", &[cluster.client_port(0)]);
    assert_eq!(program.line(), "/test/hello => do.......");
    // "xyz" is greater than "abc", and "XYZ" is not greater than "abc>".
    assert_eq!(program.line(), "True XYZ");
    assert_eq!(program.line(), "False ABC>");
    assert_eq!(etcdctl.ok(&["get", "key"]), "key\nABC>\n");
    assert_eq!(program.line(), "watching");
    etcdctl.ok(&["put", "/test/hello", "again"]);
    etcdctl.ok(&["put", "/test/other", "unheard"]);
    etcdctl.ok(&["put", "/test/hello/below", "a>b"]);
    etcdctl.ok(&["del", "/test/hello"]);
    assert_eq!(program.line(), "PUT \"/test/hello\":\"again\"");
    assert_eq!(program.line(), "PUT \"/test/hello/below\":\"a>b\"");
    assert_eq!(program.line(), "DELETE \"/test/hello\":\"\"");
}

#[test]
fn the_program_of_note_004_does_its_work() {
    let mut cluster = Cluster::start(3, &[]);
    cluster.wait_for_leader();
    let ports = [0, 1, 2].map(|member| cluster.client_port(member));
    // With all members, and with one of its addresses dead.
    for round in 0..2 {
        let mut program = python("note_004.py", &ports);
        assert_eq!(program.line(), "connect success");
        for begin in ["put耗时 ", "get 耗时: "] {
            let line = program.line();
            let took_s = line.strip_prefix(begin).expect(&line);
            assert!(took_s.parse::<f64>().is_ok(), "{line}");
        }
        assert_eq!(program.line(), "name : chris");
        assert!(program.wait().success());
        if round == 0 {
            cluster.crash(0);
            cluster.wait_for_leader();
        }
    }
}
