//! What is wrong with a command line is named, with etcd's exit codes.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use crate::support::tools::{QUORATE, QUORATECTL, QUORATEUTL};

fn run(line: &str) -> (i32, String) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(QUORATE)
        .args(line.split_whitespace())
        .current_dir(folder.path())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(text).unwrap(),
    )
}

#[test]
fn bad_flags_end_with_two_and_a_message_that_names_them() {
    for (line, message) in [
        (
            "--nmae x",
            "flag provided but not defined: --nmae; did you mean --name?",
        ),
        (
            "-listen-clients-urls=x",
            "did you mean --listen-client-urls?",
        ),
        (
            "--heartbeat-interval ten",
            "invalid value \"ten\" for flag --heartbeat-interval",
        ),
        (
            "--cert-file a.pem",
            "--cert-file is not supported yet by quorate",
        ),
        (
            "--etcd-version 4.0.0",
            "invalid value \"4.0.0\" for flag --etcd-version: parse error, use a version of etcd 3",
        ),
        (
            "--feature-gates InitialCorruptCheck",
            "missing bool value for InitialCorruptCheck",
        ),
        (
            "--listen-peer-urls https://127.0.0.1:1",
            "TLS is not supported yet",
        ),
        (
            "--log-level loud",
            "invalid value \"loud\" for flag --log-level",
        ),
    ] {
        let (code, text) = run(line);
        assert!(text.contains(message), "{line}: {text}");
        assert_eq!(code, 2, "{line}");
    }
}

#[test]
fn flags_that_do_not_go_together_end_with_one() {
    for (line, message) in [
        (
            "--auto-compaction-mode=daily",
            "unknown auto-compaction-mode \\\"daily\\\"",
        ),
        (
            "--auto-compaction-retention=5x",
            "error parsing CompactionRetention: time: unknown unit \\\"x\\\" in duration",
        ),
        (
            "--heartbeat-interval 300",
            "--election-timeout[1000ms] should be at least as 5 times as \
             --heartbeat-interval[300ms]",
        ),
        ("--logger capnslog", "--logger=capnslog is removed in v3.5"),
        (
            "--log-outputs systemd/journal,stderr",
            "running with systemd/journal but other '--log-outputs' values",
        ),
        (
            "--config-file a.yaml",
            "open a.yaml: no such file or directory",
        ),
        (
            "--experimental-max-learners 2 --max-learners 2",
            "cannot set --experimental-max-learners and --max-learners at the same time, please \
             use --max-learners only",
        ),
        (
            "--listen-client-urls http://127.0.0.1:1",
            "--advertise-client-urls is required when --listen-client-urls is set explicitly",
        ),
        (
            "--initial-cluster-state existing",
            "cannot fetch cluster info from peer urls: could not retrieve cluster information from \
             the given URLs",
        ),
        (
            "--name a --initial-cluster b=http://127.0.0.1:1",
            "couldn't find local name \\\"a\\\" in the initial cluster configuration",
        ),
        (
            "--name=",
            "couldn't find local name \\\"\\\" in the initial cluster configuration",
        ),
        ("foo", "'foo' is not a valid flag"),
        (
            "--config-file /dev/zero",
            "/dev/zero: a configuration file may have 1048576 bytes, and this has more",
        ),
        ("check disk", "missing argument <DIR>"),
    ] {
        let (code, text) = run(line);
        assert!(text.contains(message), "{line}: {text}");
        assert_eq!(code, 1, "{line}");
    }
}

#[test]
fn configuration_files_that_are_none_are_refused_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.yaml");
    for (content, message) in [
        (
            "[".repeat(100_000).into_bytes(),
            "a configuration may have 100 brackets open at once, and this has 100000",
        ),
        (
            vec![b'a'; 2_000_000],
            "may have 1048576 bytes, and this has more",
        ),
        (
            b"name: a\ndata-dir: \xff\n".to_vec(),
            "yaml: line 2: invalid UTF-8",
        ),
        (
            "- ".repeat(500_000).into_bytes(),
            "recursion limit exceeded",
        ),
    ] {
        std::fs::write(&path, content).unwrap();
        let (code, text) = run(&format!("--config-file {}", path.display()));
        assert!(text.contains(message), "{text}");
        assert_eq!(code, 1);
    }
}

#[test]
fn version_and_help_are_no_errors() {
    let (code, text) = run("--version");
    assert_eq!(code, 0);
    assert!(text.starts_with("etcd Version: 3.6."), "{text}");
    let (code, text) = run("--help");
    assert_eq!(code, 0);
    assert!(
        text.contains("--initial-cluster-token 'etcd-cluster'"),
        "{text}"
    );
}

#[test]
fn an_argument_that_is_no_text_is_named() {
    for program in [QUORATE, QUORATECTL, QUORATEUTL] {
        let output = Command::new(program)
            .arg(OsStr::from_bytes(b"--n\xffme"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(
            output
                .status
                .code()
                .is_some_and(|code| code != 0 && code != 101),
            "{output:?}"
        );
        assert!(text.contains("--n"), "{program}: {text}");
    }
    let output = Command::new(QUORATE)
        .arg(OsStr::from_bytes(b"--n\xffme"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        text.contains("the argument \"--n\\xFFme\" is not valid UTF-8"),
        "{text}"
    );
}
