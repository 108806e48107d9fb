//! quorateutl: what is done with a member's files while it does not run.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::cluster::Cluster;
use crate::support::program::{Ran, run};
use crate::support::real_etcd::RealEtcd;
use crate::support::tools::{QUORATECTL, QUORATEUTL};
use crate::support::wait::wait_for;

fn utl(arguments: &[&str]) -> Ran {
    run(QUORATEUTL, arguments, "")
}

fn ok(arguments: &[&str]) -> String {
    let ran = utl(arguments);
    assert_eq!(ran.code, Some(0), "{arguments:?}: {ran:?}");
    ran.output
}

/// A member that wrote snapshots and has stopped; its data directory.
fn data_directory(cluster: &mut Cluster) -> PathBuf {
    let etcdctl = cluster.etcdctl();
    for number in 0..12 {
        etcdctl.ok(&["put", &format!("k{}", number % 4), &format!("v{number}")]);
    }
    etcdctl.ok(&["del", "k0"]);
    let directory = cluster.folder().join("infra1.etcd");
    // One that has all keys in it.
    wait_for("a snapshot", || {
        etcdctl.ok(&["put", "again", "x"]);
        let path = newest_snapshot(&directory)?;
        let keys = utl(&["snapshot", "dump", path.to_str()?]);
        keys.output.contains("\"again\"").then_some(())
    });
    cluster.crash(0);
    directory
}

fn newest_snapshot(directory: &Path) -> Option<PathBuf> {
    let newest = snapshots(directory).pop()?;
    Some(directory.join("member/snap").join(newest))
}

/// The names of a member's snapshots, oldest first.
fn snapshots(directory: &Path) -> Vec<String> {
    let files = fs::read_dir(directory.join("member/snap")).unwrap();
    let names = files.flatten().map(|entry| entry.file_name());
    let mut names: Vec<String> = names
        .filter_map(|name| name.into_string().ok())
        .filter(|name| name.ends_with(".snap"))
        .collect();
    names.sort();
    names
}

/// Whether the log says of a snapshot that it counts.
fn is_marked(directory: &Path, snapshot: &str) -> bool {
    let dump = ok(&["wal", "dump", directory.to_str().unwrap(), "-w", "json"]);
    let lines: Vec<serde_json::Value> = serde_json::from_str(&dump).unwrap();
    lines.iter().any(|line| {
        let number = |name: &str| line[name].as_u64().unwrap_or_default();
        let name = format!("{:016x}-{:016x}.snap", number("term"), number("index"));
        line["kind"] == "snapshot" && name == snapshot
    })
}

#[test]
fn three_servers_start_from_one_snapshot() {
    let mut old = Cluster::start(1, &["--snapshot-count=5"]);
    let directory = data_directory(&mut old);
    let snapshot = newest_snapshot(&directory).unwrap();
    let snapshot = snapshot.to_str().unwrap();
    let hash = ok(&["hashkv", snapshot]);
    let mut new = Cluster::stopped(3, &[]);
    for member in 0..3 {
        let flags = new.flags(member);
        let mut arguments = vec!["snapshot", "restore", snapshot, "--skip-hash-check"];
        let wanted = [
            "--name",
            "--initial-cluster",
            "--initial-cluster-token",
            "--initial-advertise-peer-urls",
        ];
        for pair in flags
            .windows(2)
            .filter(|pair| wanted.contains(&pair[0].as_str()))
        {
            arguments.extend([pair[0].as_str(), pair[1].as_str()]);
        }
        let target = new.folder().join(format!("infra{}.etcd", member + 1));
        let target = format!("--data-dir={}", target.display());
        arguments.push(&target);
        let done = utl(&arguments);
        assert_eq!(done.code, Some(0), "{done:?}");
        for (message, count) in [
            ("restoring snapshot", 1),
            ("added member", 3),
            ("restored snapshot", 1),
        ] {
            let part = format!("\"msg\":\"{message}\"");
            assert_eq!(done.log.matches(&part).count(), count, "{done:?}");
        }
        let again = utl(&arguments);
        assert_eq!(again.code, Some(1));
        assert!(
            again.complaints.contains("not empty or could not be read"),
            "{again:?}"
        );
    }
    new.start_all();
    let etcdctl = new.etcdctl();
    assert_eq!(
        etcdctl.ok(&["get", "k", "--prefix"]),
        "k1\nv9\nk2\nv10\nk3\nv11\n"
    );
    let expected = hash.split(',').next().unwrap().to_owned();
    assert_eq!(new.wait_for_same_hash().to_string(), expected);
    assert_eq!(etcdctl.ok(&["put", "new", "1"]), "OK\n");
    new.wait_for_same_hash();
}

#[test]
fn a_bumped_revision_tells_watchers_that_they_missed_something() {
    let mut old = Cluster::start(1, &["--snapshot-count=5"]);
    let directory = data_directory(&mut old);
    let snapshot = newest_snapshot(&directory).unwrap();
    let mut new = Cluster::stopped(1, &[]);
    let flags = new.flags(0);
    let flag = |name: &str| {
        let at = flags.iter().position(|flag| flag == name).unwrap();
        format!("{name}={}", flags[at + 1])
    };
    let target = format!("--data-dir={}", new.folder().join("infra1.etcd").display());
    // The server finds it without being told.
    let log_folder = new.folder().join("log");
    let log = format!("--wal-dir={}", log_folder.display());
    ok(&[
        "snapshot",
        "restore",
        snapshot.to_str().unwrap(),
        "--skip-hash-check",
        "--bump-revision=1000",
        "--mark-compacted",
        "--initial-memory-map-size=1024",
        &log,
        &flag("--name"),
        &flag("--initial-cluster"),
        &flag("--initial-cluster-token"),
        &flag("--initial-advertise-peer-urls"),
        &target,
    ]);
    assert!(fs::read_dir(&log_folder).unwrap().next().is_some());
    new.start_all();
    let etcdctl = new.etcdctl();
    let found = etcdctl.json(&["get", "k1"]);
    assert!(
        found["header"]["revision"].as_i64().unwrap() > 1_000,
        "{found}"
    );
    let endpoint = format!("--endpoints=127.0.0.1:{}", new.client_port(0));
    let watch = run(QUORATECTL, &[&endpoint, "watch", "k1", "--rev=5"], "");
    assert!(
        watch
            .complaints
            .contains("required revision has been compacted"),
        "{watch:?}"
    );
    // It starts from its own files again, too.
    new.crash(0);
    new.start_all();
    assert_eq!(new.etcdctl().ok(&["get", "k1"]), "k1\nv9\n");
}

#[test]
fn files_are_shown_to_a_person() {
    let mut cluster = Cluster::start(1, &["--snapshot-count=5"]);
    let directory = data_directory(&mut cluster);
    let snapshot = newest_snapshot(&directory).unwrap();
    let snapshot = snapshot.to_str().unwrap();
    let status = ok(&["snapshot", "status", snapshot, "-w", "json"]);
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["totalKey"], 4, "{status}");
    assert_eq!(status["version"], "3.6.0");
    let size_bytes = fs::metadata(snapshot).unwrap().len();
    assert_eq!(status["totalSize"], size_bytes);
    let table = ok(&["snapshot", "status", "-w", "table", snapshot]);
    assert!(
        table.contains("| REVISION | TOTAL KEYS | TOTAL SIZE | VERSION |"),
        "{table}"
    );
    let fields = ok(&["snapshot", "status", "-w", "fields", snapshot]);
    assert!(fields.contains("\n\"Keys\" : 4\n"), "{fields}");
    let dump = ok(&["snapshot", "dump", snapshot]);
    for part in ["compacted at  -1", "\"k0\"", "(deleted)", "\"v11\""] {
        assert!(dump.contains(part), "{part}: {dump}");
    }
    let log = ok(&["wal", "dump", directory.to_str().unwrap()]);
    for part in [
        "head",
        "add member",
        "put k1=v1",
        "del k0",
        "name infra1",
        "snapshot",
    ] {
        assert!(log.contains(part), "{part}: {log}");
    }
    let lines = ok(&["wal", "dump", directory.to_str().unwrap(), "-w", "json"]);
    let lines: Vec<serde_json::Value> = serde_json::from_str(&lines).unwrap();
    assert!(
        lines
            .iter()
            .any(|line| line["kind"] == "entry" && line["index"] == 2)
    );
}

#[test]
fn a_defragmented_member_has_what_it_had() {
    let mut cluster = Cluster::start(1, &["--snapshot-count=5"]);
    let running = cluster.folder().join("infra1.etcd");
    let busy = utl(&["defrag", "--data-dir", running.to_str().unwrap()]);
    assert_eq!(busy.code, Some(1));
    assert!(
        busy.complaints.contains("is in use by another server"),
        "{busy:?}"
    );
    let directory = data_directory(&mut cluster);
    let text = directory.to_str().unwrap();
    let done = ok(&["defrag", "--data-dir", text]);
    assert!(
        done.starts_with(&format!("Finished defragmenting directory {text}: ")),
        "{done}"
    );
    // One that the member had just taken when it was killed may have no marker in the log. Then
    // nobody counts on it, and it is passed over.
    let counted: Vec<String> = snapshots(&directory)
        .into_iter()
        .filter(|name| is_marked(&directory, name))
        .collect();
    assert_eq!(
        counted.len(),
        1,
        "{counted:?} of {:?}",
        snapshots(&directory)
    );
    cluster.start_all();
    let etcdctl = cluster.etcdctl();
    assert_eq!(
        etcdctl.ok(&["get", "k", "--prefix"]),
        "k1\nv9\nk2\nv10\nk3\nv11\n"
    );
    assert_eq!(etcdctl.ok(&["put", "new", "1"]), "OK\n");
}

#[test]
#[expect(clippy::too_many_lines, reason = "a list, one refusal after the other")]
fn what_cannot_be_done_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let (junk, empty, missing) = (path("junk"), path("empty"), path("missing"));
    fs::write(&junk, vec![7; 544]).unwrap();
    fs::write(&empty, b"").unwrap();
    let etcds = path("data/member/snap/db");
    let etcd = RealEtcd::start();
    let endpoint = format!("--endpoints=127.0.0.1:{}", etcd.client_port);
    let bolt = path("bolt");
    let saved = run(QUORATECTL, &[&endpoint, "snapshot", "save", &bolt], "");
    assert_eq!(saved.code, Some(0), "{saved:?}");
    let film = path("film");
    fs::write(&film, b"\x1a\x45\xdf\xa3 no snapshot").unwrap();
    // More than any machine has memory for; a file with a hole takes none of the disk.
    let file = fs::File::options().write(true).open(&film).unwrap();
    file.set_len(1 << 40).unwrap();
    let reel = path("0.wal");
    fs::rename(&film, &reel).unwrap();
    std::os::unix::fs::symlink(&reel, &film).unwrap();
    for (arguments, code, message) in [
        (
            &["snapshot", "status", &film][..],
            1,
            "film: this is no snapshot: snapshot: broken at byte 0",
        ),
        (
            &["wal", "dump", &reel],
            1,
            "0.wal: no segment of a log is so large",
        ),
        (
            &["snapshot", "status"][..],
            128,
            "snapshot status requires exactly one argument",
        ),
        (
            &["snapshot", "status", &missing],
            1,
            "missing: no such file or directory",
        ),
        (
            &["snapshot", "status", &empty],
            1,
            "snapshot: broken at byte 0: incomplete header",
        ),
        (
            &["snapshot", "status", &junk],
            1,
            "junk: expected sha256 [7, 7,",
        ),
        (
            &["snapshot", "status", &bolt],
            1,
            "is a database of etcd's (bbolt)",
        ),
        (
            &["snapshot", "status", &etcds],
            1,
            "its snapshots are files of their own",
        ),
        (
            &["snapshot", "status", "/dev/zero"],
            1,
            "/dev/zero is not a regular file",
        ),
        (&["hashkv", "/dev/zero"], 1, "is not a regular file"),
        (
            &["snapshot", "restore", &junk, "--bump-revision", "-5"],
            1,
            "invalid argument \"-5\" for \"--bump-revision\" flag: strconv.ParseUint: parsing \
             \"-5\": invalid syntax",
        ),
        (
            &[
                "snapshot",
                "restore",
                &junk,
                "--bump-revision=99999999999999999999",
            ],
            1,
            "strconv.ParseUint: parsing \"99999999999999999999\": value out of range",
        ),
        (
            &["snapshot", "restore", &empty],
            1,
            "missing hash but --skip-hash-check=false",
        ),
        (
            &["snapshot", "restore", &junk, "--mark-compacted"],
            128,
            "--mark-compacted required",
        ),
        (
            &[
                "snapshot",
                "restore",
                &junk,
                "--initial-cluster=a=http://127.0.0.1:1",
            ],
            1,
            "couldn't find local name \"default\" in the initial cluster configuration",
        ),
        (
            &[
                "snapshot",
                "restore",
                &junk,
                "--initial-advertise-peer-urls=nonsense",
            ],
            1,
            "invalid value \"nonsense\" for flag --initial-advertise-peer-urls",
        ),
        (&["hashkv"], 1, "accepts 1 arg(s), received 0"),
        (&["defrag"], 1, "required flag(s) \"data-dir\" not set"),
        (
            &["defrag", "--data-dir", &missing],
            1,
            "no such file or directory",
        ),
        (&["wal", "dump", &empty], 1, "there is no segment of a log"),
        (
            &["snapshot", "status", &junk, "-w", "xml"],
            4,
            "unsupported output format",
        ),
        (
            &["migrate"],
            1,
            "unknown command \"migrate\" for \"quorateutl\"",
        ),
    ] {
        let ran = utl(arguments);
        assert!(ran.complaints.contains(message), "{arguments:?}: {ran:?}");
        assert_eq!(ran.code, Some(code), "{arguments:?}: {ran:?}");
    }
    assert!(!Path::new(&missing).exists());
    assert!(!Path::new("default.etcd").exists());
    assert!(ok(&["version"]).contains("quorateutl version"));
    assert!(ok(&["completion", "bash"]).contains("_quorateutl()"));
}

/// Whoever pipes a dump into a full disk must hear of it, and so must whoever asks for what is not
/// there.
#[test]
fn what_cannot_be_printed_is_a_failure() {
    let mut cluster = Cluster::start(1, &["--snapshot-count=5"]);
    let endpoint = format!("--endpoints=127.0.0.1:{}", cluster.client_port(0));
    cluster.etcdctl().ok(&["put", "k", "v"]);
    let full = |program: &str, arguments: &[&str]| {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = std::process::Command::new(program)
            .args(arguments)
            .env_remove("ETCDCTL_ENDPOINTS")
            .stdout(full)
            .output()
            .unwrap();
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), complaint)
    };
    for arguments in [
        &["get", "k"][..],
        &["get", "k", "-w", "json"],
        &["member", "list", "-w", "table"],
        &["endpoint", "status"],
        &["lease", "list"],
        &["version"],
        &["completion", "bash"],
        &["--help"],
    ] {
        let arguments = [&[endpoint.as_str()], arguments].concat();
        let (code, complaint) = full(QUORATECTL, &arguments);
        assert_eq!(code, Some(1), "{arguments:?}: {complaint}");
        assert!(
            complaint.to_lowercase().contains("no space left"),
            "{arguments:?}: {complaint}"
        );
    }
    let directory = data_directory(&mut cluster);
    let snapshot = newest_snapshot(&directory).unwrap();
    let (directory, snapshot) = (directory.to_str().unwrap(), snapshot.to_str().unwrap());
    for arguments in [
        &["snapshot", "status", snapshot][..],
        &["snapshot", "dump", snapshot],
        &["hashkv", snapshot],
        &["wal", "dump", directory],
        &["version"],
    ] {
        let (code, complaint) = full(QUORATEUTL, arguments);
        assert_eq!(code, Some(1), "{arguments:?}: {complaint}");
        assert!(
            complaint.to_lowercase().contains("no space left"),
            "{arguments:?}: {complaint}"
        );
    }
}

/// A log that has lost its end reads as one that a crash tore. The member's own snapshot knows of
/// more, so neither the server nor the tool goes on with it.
#[test]
fn a_log_that_was_cut_short_is_refused_by_all() {
    let mut cluster = Cluster::start(1, &["--snapshot-count=5"]);
    let directory = data_directory(&mut cluster);
    let log = fs::read_dir(directory.join("member/wal")).unwrap();
    let mut segments: Vec<PathBuf> = log.map(|entry| entry.unwrap().path()).collect();
    segments.sort();
    // To what the first segment begins with: the frame that says whose log it is.
    let first = segments.remove(0);
    let dump = ok(&["wal", "dump", first.to_str().unwrap(), "-w", "json"]);
    let lines: Vec<serde_json::Value> = serde_json::from_str(&dump).unwrap();
    let end_bytes = lines.iter().find_map(|line| {
        let at_bytes = line["at_bytes"].as_u64()?;
        (at_bytes > 0).then_some(at_bytes)
    });
    let file = fs::File::options().write(true).open(&first).unwrap();
    file.set_len(end_bytes.unwrap()).unwrap();
    for segment in segments {
        fs::remove_file(segment).unwrap();
    }
    let before = fs::read(&first).unwrap();
    let text = directory.to_str().unwrap();
    // Whichever of its snapshots is looked at first: the log of none is there.
    let reason = ".snap is a snapshot, but the log that belongs to it is missing";
    let defragmented = utl(&["defrag", "--data-dir", text]);
    assert_eq!(defragmented.code, Some(1), "{defragmented:?}");
    assert!(defragmented.complaints.contains(reason), "{defragmented:?}");
    assert_eq!(fs::read(&first).unwrap(), before, "it was written to");
    cluster.start_one(0);
    let server = cluster.server(0);
    assert_eq!(server.wait().code(), Some(1));
    let log = server.log();
    let told = log.iter().any(|line| line.to_string().contains(reason));
    assert!(told, "{log:?}");
    assert_eq!(fs::read(&first).unwrap(), before, "it was written to");
}
