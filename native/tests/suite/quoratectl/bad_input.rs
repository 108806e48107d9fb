//! What is wrong with a command line or its surroundings is named, with etcdctl's exit codes.

use std::process::Command;

use crate::support::program::{run, run_command};
use crate::support::tools::QUORATECTL;

/// No server is asked: each of these is found wrong before.
#[test]
fn wrong_command_lines_are_named() {
    for (line, code, message) in [
        (
            "get foo --limti 3",
            1,
            "unknown flag: --limti; did you mean --limit?",
        ),
        ("get foo -x", 1, "unknown shorthand flag: 'x' in -x"),
        (
            "get foo --limit x",
            1,
            "invalid argument \"x\" for \"--limit\" flag: strconv.ParseInt: parsing \"x\": \
             invalid syntax",
        ),
        ("get foo --limit", 1, "flag needs an argument: --limit"),
        (
            "get foo --command-timeout=5",
            1,
            "invalid argument \"5\" for \"--command-timeout\" flag: time: missing unit in \
             duration \"5\"",
        ),
        (
            "get foo --prefix=maybe",
            1,
            "invalid argument \"maybe\" for \"--prefix\" flag: strconv.ParseBool: parsing \
             \"maybe\": invalid syntax",
        ),
        (
            "gett foo",
            1,
            "unknown command \"gett\" for \"quoratectl\"; did you mean get?",
        ),
        (
            "de foo",
            1,
            "unknown command \"de\" for \"quoratectl\"; did you mean del or defrag?",
        ),
        ("zz foo", 1, "unknown command \"zz\" for \"quoratectl\"\n"),
        (
            "m l",
            1,
            "did you mean member, make-mirror or move-leader?\nRun 'quoratectl --help' for usage.",
        ),
        (
            "endpoint health --limit 3",
            1,
            "Run 'quoratectl endpoint health --help' for usage.",
        ),
        (
            "get foo --limit --prefix",
            1,
            "invalid argument \"--prefix\" for \"--limit\" flag: strconv.ParseInt",
        ),
        (
            "make-mirror x --max-txn-ops=-1",
            1,
            "invalid argument \"-1\" for \"--max-txn-ops\" flag: strconv.ParseUint: parsing \
             \"-1\": invalid syntax",
        ),
        ("defrag x", 1, "unexpected argument \"x\""),
    ] {
        check(line, code, message);
    }
}

/// No server is asked here either.
#[test]
fn wrong_arguments_are_named() {
    for (line, code, message) in [
        ("get", 128, "get command needs one argument as key"),
        (
            "put foo bar --lease zz",
            128,
            "bad lease ID (strconv.ParseInt: parsing \"zz\"",
        ),
        ("lease revoke xyz", 128, "bad lease ID arg"),
        ("member remove xyz", 128, "bad member ID arg"),
        ("get foo -w xml", 4, "unsupported output format"),
        (
            "get foo --cacert ca.pem",
            4,
            "--cacert is not supported yet by quoratectl",
        ),
        (
            "get foo --cert=",
            128,
            "empty string is passed to --cert option",
        ),
        (
            "get foo --user root:x",
            4,
            "--user is not supported yet by quoratectl",
        ),
        (
            "get foo --endpoints https://127.0.0.1:1",
            128,
            "endpoint https://127.0.0.1:1: TLS is not supported yet",
        ),
        (
            "get foo --endpoints ftp://127.0.0.1:1",
            128,
            "endpoint ftp://127.0.0.1:1: the scheme ftp is not supported",
        ),
        (
            "snapshot save x --endpoints 127.0.0.1:1,127.0.0.1:2",
            5,
            "snapshot must be requested to one selected node, not multiple \
             [127.0.0.1:1 127.0.0.1:2]",
        ),
        (
            "snapshot save /no/such/folder/x",
            5,
            "could not open /no/such/folder/x.part (open /no/such/folder/x.part: no such file \
             or directory)",
        ),
        ("completion tcsh", 1, "bash, zsh, fish or powershell"),
    ] {
        check(line, code, message);
    }
}

/// As cobra: a group of commands has nothing to do but to show its help.
#[test]
fn groups_show_their_help() {
    for line in [
        "lease foo",
        "check foo",
        "--endpoints x endpoint -w json foo",
    ] {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ran = run(QUORATECTL, &words, "");
        assert_eq!((ran.code, ran.complaints.as_str()), (Some(0), ""), "{line}");
        assert!(ran.output.contains("Usage: quoratectl "), "{line}: {ran:?}");
    }
    let help = run(QUORATECTL, &["--help"], "").output;
    for part in [
        "\n  lease keep-alive ",
        "\n  get ",
        "Keeps leases alive (renew)",
        "[default: 5s]",
        "ETCDCTL_ENDPOINTS",
    ] {
        assert!(help.contains(part), "{part}: {help}");
    }
    assert_eq!(run(QUORATECTL, &["version", "x"], "").code, Some(0));
}

fn check(line: &str, code: i32, message: &str) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let ran = run(QUORATECTL, &words, "");
    assert!(ran.complaints.contains(message), "{line}: {ran:?}");
    assert_eq!(ran.code, Some(code), "{line}: {ran:?}");
    assert_eq!(ran.output, "", "{line}");
}

#[test]
fn a_flag_and_its_variable_must_not_both_be_set() {
    let mut command = Command::new(QUORATECTL);
    command
        .args(["get", "foo", "--dial-timeout", "1s"])
        .env("ETCDCTL_DIAL_TIMEOUT", "2s");
    let ran = run_command(command, "");
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.log.contains(
            "conflicting environment variable is shadowed by corresponding command-line flag \
             (either unset environment variable or disable flag))"
        ) && ran
            .log
            .contains("\"environment-variable\":\"ETCDCTL_DIAL_TIMEOUT\""),
        "{ran:?}"
    );
}

#[test]
fn variables_stand_for_flags() {
    let ran = |variables: &[(&str, &str)], arguments: &[&str]| {
        let mut command = Command::new(QUORATECTL);
        command.args(arguments).envs(variables.iter().copied());
        run_command(command, "")
    };
    let wrong = ran(&[("ETCDCTL_WRITE_OUT", "xml")], &["get", "foo"]);
    assert!(wrong.complaints.contains("unsupported output format"));
    let bad = ran(&[("ETCDCTL_HEX", "maybe")], &["get", "foo"]);
    assert!(
        bad.complaints
            .contains("invalid argument \"maybe\" for \"--hex\" flag"),
        "{bad:?}"
    );
    // The notes set it everywhere.
    let version = ran(&[("ETCDCTL_API", "3")], &["version"]);
    assert_eq!((version.code, version.log.as_str()), (Some(0), ""));
    let old = ran(&[("ETCDCTL_API", "2")], &["get", "foo"]);
    assert!(
        old.complaints.contains("the v2 API is not offered"),
        "{old:?}"
    );
    let unknown = ran(&[("ETCDCTL_FOO", "1")], &["version"]);
    assert!(
        unknown.log.contains("unrecognized environment variable"),
        "{unknown:?}"
    );
    let half = ran(&[("ETCDCTL_WATCH_RANGE_END", "b")], &["watch"]);
    assert_eq!(half.code, Some(128));
    assert!(
        half.complaints.contains("ETCDCTL_WATCH_KEY is empty"),
        "{half:?}"
    );
}

#[test]
fn each_of_etcdctls_variables_is_read() {
    let run = |variable: &str, value: &str, arguments: &[&str]| {
        let mut command = Command::new(QUORATECTL);
        command.args(arguments).env(variable, value);
        run_command(command, "")
    };
    // Those with a kind refuse what is none of it, and so prove that they were read.
    for (name, flag) in [
        ("COMMAND_TIMEOUT", "command-timeout"),
        ("DEBUG", "debug"),
        ("DIAL_TIMEOUT", "dial-timeout"),
        ("HEX", "hex"),
        ("INSECURE_DISCOVERY", "insecure-discovery"),
        ("INSECURE_SKIP_TLS_VERIFY", "insecure-skip-tls-verify"),
        ("INSECURE_TRANSPORT", "insecure-transport"),
        ("KEEPALIVE_TIME", "keepalive-time"),
        ("KEEPALIVE_TIMEOUT", "keepalive-timeout"),
        ("MAX_RECV_BYTES", "max-recv-bytes"),
        ("MAX_REQUEST_BYTES", "max-request-bytes"),
    ] {
        let ran = run(&format!("ETCDCTL_{name}"), "seventeen", &["get", "foo"]);
        let wanted = format!("invalid argument \"seventeen\" for \"--{flag}\" flag");
        assert!(ran.complaints.contains(&wanted), "{name}: {ran:?}");
    }
    // What is not there yet is refused by the flag's name.
    for (name, flag) in [
        ("AUTH_JWT_TOKEN", "auth-jwt-token"),
        ("CACERT", "cacert"),
        ("CERT", "cert"),
        ("DISCOVERY_SRV", "discovery-srv"),
        ("DISCOVERY_SRV_NAME", "discovery-srv-name"),
        ("KEY", "key"),
        ("PASSWORD", "password"),
        ("USER", "user"),
    ] {
        let ran = run(&format!("ETCDCTL_{name}"), "seventeen", &["get", "foo"]);
        let wanted = format!("--{flag} is not supported yet");
        assert!(ran.complaints.contains(&wanted), "{name}: {ran:?}");
    }
    let nowhere = run(
        "ETCDCTL_ENDPOINTS",
        "127.0.0.1:1",
        &["get", "foo", "--command-timeout=1s"],
    );
    assert!(nowhere.log.contains("127.0.0.1:1"), "{nowhere:?}");
}

#[test]
fn help_version_and_completion_need_no_server() {
    for (line, part) in [
        ("", "Usage: quoratectl"),
        ("--help", "make-mirror"),
        ("member", "promote"),
        ("help get", "--print-value-only"),
        ("version", "API version: 3.6"),
        ("completion bash", "_quoratectl()"),
        ("completion zsh", "#compdef quoratectl"),
        ("completion fish", "complete -c quoratectl"),
        ("completion powershell", "Register-ArgumentCompleter"),
    ] {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ran = run(QUORATECTL, &words, "");
        assert_eq!(ran.code, Some(0), "{line}: {ran:?}");
        assert!(ran.output.contains(part), "{line}: {}", ran.output);
    }
}
