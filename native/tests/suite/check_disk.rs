//! `quorate check disk`: measures, judges, tidies up.

use std::fs;

use crate::support::program::run;
use crate::support::tools::QUORATE;

#[test]
fn a_disk_is_measured_and_judged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let ran = run(QUORATE, &["check", "disk", "--size-mib=1", path], "");
    // Whether it is quick enough is the machine's business.
    let verdict = match ran.code {
        Some(0) => "PASS: 99th percentile under 10 ms (it is ",
        Some(1) => "FAIL: 99th percentile under 10 ms (it is ",
        code => panic!("{code:?}: {ran:?}"),
    };
    let last = ran.output.lines().last().unwrap();
    assert!(last.starts_with(verdict), "{ran:?}");
    for part in [
        ": 456 writes of 2300 bytes, each synced, 1.0 MB in ",
        "   99.9% in ",
        "|∎",
    ] {
        assert!(ran.output.contains(part), "{part}: {}", ran.output);
    }
    assert_eq!(ran.complaints, "");
    assert_eq!(
        fs::read_dir(folder.path()).unwrap().count(),
        0,
        "its file is gone"
    );
}

#[test]
fn directories_that_cannot_be_measured_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, b"").unwrap();
    let missing = folder.path().join("missing");
    let (file, missing) = (file.to_str().unwrap(), missing.to_str().unwrap());
    for (directory, message) in [
        (
            missing,
            format!("cannot use {missing}: no such file or directory"),
        ),
        (file, format!("{file} is no directory")),
        ("/proc", "cannot write to /proc: ".to_owned()),
    ] {
        let ran = run(QUORATE, &["check", "disk", directory], "");
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.complaints.contains(&message), "{ran:?}");
    }
    let ran = run(QUORATE, &["check", "disk", "--size-mib=0", file], "");
    assert_ne!(ran.code, Some(0), "{ran:?}");
}
