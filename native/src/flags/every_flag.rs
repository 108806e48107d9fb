//! What holds for each flag there is: it can be given in each of the ways, by the same name and
//! with the same outcome, and `--help` tells of it.

use std::fs;

use super::definition::{Flag, Kind, Support};
use super::environment::variable_name;
use super::{Request, Values, all, gather, help_text, parse};

/// A value that is not the flag's default.
fn another_value(flag: &Flag) -> &'static str {
    match flag.kind {
        Kind::Bool if flag.default == "true" => "false",
        Kind::Bool => "true",
        Kind::Unsigned | Kind::Signed => "17",
        Kind::Duration => "17s",
        Kind::Urls => "http://127.0.0.1:17,http://127.0.0.1:18",
        Kind::FeatureGates => "CompactHashCheck=true",
        Kind::Version => "3.5.17",
        Kind::Text => "seventeen",
        Kind::OneOf(choices) => choices
            .iter()
            .find(|choice| **choice != flag.default && !choice.is_empty())
            .expect("a choice is between two at least"),
    }
}

fn by_line(flag: &Flag, value: &str) -> Result<Values, String> {
    match parse(&[format!("--{}={value}", flag.name)]) {
        Ok(Request::Serve(line)) => gather(line, &[]).values.map_err(|error| error.to_string()),
        Ok(other) => panic!("--{}: {other:?}", flag.name),
        Err(error) => Err(error.to_string()),
    }
}

fn by_environment(flag: &Flag, value: &str) -> Result<Values, String> {
    let environment = [(variable_name(flag.name), value.to_owned())];
    let gathered = gather(Values::default(), &environment);
    gathered.values.map_err(|error| error.to_string())
}

fn by_file(flag: &Flag, value: &str) -> Result<Values, String> {
    let folder = tempfile::tempdir().expect("a directory");
    let path = folder.path().join("quorate.yml");
    let text = match section_of(flag.name) {
        Some((section, key)) => format!("{section}:\n  {key}: {value}\n"),
        None => format!("{}: {value}\n", flag.name),
    };
    fs::write(&path, text).expect("written");
    let line = parse(&["--config-file".to_owned(), path.display().to_string()]);
    let Ok(Request::Serve(line)) = line else {
        panic!("a good line");
    };
    gather(line, &[]).values.map_err(|error| error.to_string())
}

/// Where etcd's file has what is a flag elsewhere.
fn section_of(name: &str) -> Option<(&'static str, &'static str)> {
    Some(match name {
        "cert-file" => ("client-transport-security", "cert-file"),
        "client-cert-allowed-hostname" => ("client-transport-security", "allowed-hostname"),
        "peer-cert-file" => ("peer-transport-security", "cert-file"),
        "peer-cert-allowed-cn" => ("peer-transport-security", "allowed-cn"),
        "socket-reuse-port" => ("socket-options", "reuse-port"),
        "socket-reuse-address" => ("socket-options", "reuse-address"),
        "discovery-token" => ("discovery-config", "token"),
        _ => return None,
    })
}

/// The flag under which a value arrives.
fn arrives_at(flag: &Flag) -> &'static str {
    match flag.support {
        Support::Renamed(now) => now,
        Support::Gate(_) => "feature-gates",
        _ => flag.name,
    }
}

#[test]
fn a_value_arrives_by_each_way_or_is_refused_by_each() {
    for flag in all().filter(|flag| flag.name != "config-file") {
        let value = another_value(flag);
        let line = by_line(flag, value);
        let environment = by_environment(flag, value);
        let arrived = arrives_at(flag);
        match (&line, &environment) {
            (Ok(line), Ok(environment)) => {
                assert_eq!(line, environment, "--{}", flag.name);
                let shown = line.text(arrived);
                assert!(
                    shown == value || arrived == "feature-gates",
                    "--{}: {shown}",
                    flag.name
                );
            }
            (Err(line), Err(environment)) => {
                assert!(line.contains(&format!("--{}", flag.name)), "{line}");
                let variable = variable_name(flag.name);
                assert!(environment.contains(&variable), "{environment}");
                let reason = "is not supported yet by quorate";
                assert!(
                    line.contains(reason) && environment.contains(reason),
                    "{line}"
                );
            }
            _ => panic!("--{}: {line:?} but {environment:?}", flag.name),
        }
        let is_of_files = flag.support != Support::Ignored
            && !["discovery-fallback", "proxy"].contains(&flag.name);
        match (by_file(flag, value), line) {
            (Ok(file), Ok(_)) if is_of_files => {
                assert_eq!(
                    file.text(arrived),
                    by_line(flag, value).expect("good").text(arrived)
                );
            }
            (Ok(file), _) if !is_of_files => assert_eq!(file.names().count(), 0, "{}", flag.name),
            (Err(file), Err(_)) => {
                let key = section_of(flag.name).map_or(flag.name, |(_, key)| key);
                assert!(file.contains("quorate.yml: "), "{file}");
                assert!(file.contains(key), "{file}");
            }
            (file, line) => panic!("{}: {file:?} but {line:?}", flag.name),
        }
    }
}

#[test]
fn a_bad_value_is_refused_by_each_way_with_what_would_be_right() {
    for flag in all() {
        if matches!(flag.kind, Kind::Text) || flag.support == Support::Ignored {
            continue;
        }
        let bad = "no such value";
        let wanted = match flag.kind {
            Kind::Bool | Kind::Unsigned | Kind::Signed | Kind::Duration | Kind::Version => {
                flag.kind.wanted()
            }
            Kind::Urls => "URL scheme must be http",
            Kind::FeatureGates => "missing bool value",
            Kind::OneOf(_) | Kind::Text => "use one of",
        };
        for refused in [by_line(flag, bad), by_environment(flag, bad)] {
            let refused = refused.expect_err(flag.name);
            assert!(refused.contains(wanted), "{refused}");
        }
        if !["discovery-fallback", "proxy"].contains(&flag.name) {
            let refused = by_file(flag, bad).expect_err(flag.name);
            assert!(refused.contains(wanted), "{refused}");
        }
    }
}

#[test]
fn help_tells_of_each() {
    let text = help_text();
    for flag in all().filter(|flag| flag.support != Support::Ignored) {
        assert!(
            text.contains(&format!("--{} ", flag.name)),
            "--{}",
            flag.name
        );
        let is_told =
            !flag.help.is_empty() || matches!(flag.support, Support::Renamed(_) | Support::Gate(_));
        assert!(is_told, "--{}", flag.name);
    }
}
